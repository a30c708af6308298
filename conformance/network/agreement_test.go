package network_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/payment"
)

const merchantClient = "MERCHANT-7"

// consent prepares an agreement of a merchant at home with a payer of a wallet away, who
// consents, and returns both hubs' ids of it and the code.
func (w world) consent(t *testing.T, wallet string) (reference, away, code string) {
	t.Helper()
	reference = "AG-" + ids.New().String()
	order := sandbox.PrepareOrder{
		PspID: wallet, AuthClientID: merchantClient, ReferenceAgreementID: reference,
		AuthRedirectURL: "https://shop.example/agreed", AuthState: "state-1", Scopes: []string{"AGREEMENT_PAY"},
	}
	for range 2 {
		prepared := stagetest.Must[sandbox.PrepareOutcome](t)(w.home.Control(sakura).Prepare(t.Context(), order))
		if prepared.Answer.Result.Code != "SUCCESS" {
			t.Fatalf("prepare: %+v", prepared)
		}
		page, found := strings.CutPrefix(prepared.Answer.AuthURL, w.away.PartnerURL(lotus)+"/agree/")
		if away = page; !found {
			t.Fatalf("the payer is sent to %s", prepared.Answer.AuthURL)
		}
	}
	agreed := stagetest.Must[sandbox.Agreed](t)(w.away.Control(lotus).Agree(t.Context(), sandbox.AgreeOrder{
		AuthClientID: merchantClient, ReferenceAgreementID: away, Customer: stage.Regular + "-6",
	}))
	if agreed.NotifyError != "" {
		t.Fatalf("authNotify: %+v", agreed)
	}
	return reference, away, agreed.AuthCode
}

// told is what the acquirer at home was told last about agreements.
func (w world) told(t *testing.T) alipayplus.AuthNotice {
	t.Helper()
	all := stagetest.Must[[]alipayplus.AuthNotice](t)(w.home.Control(sakura).Consents(t.Context()))
	if len(all) == 0 {
		t.Fatal("the acquirer was told nothing")
	}
	return all[len(all)-1]
}

func (w world) exchange(t *testing.T, order sandbox.TokenOrder) alipayplus.TokenAnswer {
	t.Helper()
	order.AuthClientID = merchantClient
	outcome := stagetest.Must[sandbox.TokenOutcome](t)(w.home.Control(sakura).Token(t.Context(), order))
	if outcome.Error != "" {
		t.Fatal(outcome.Error)
	}
	return outcome.Answer
}

func (w world) debit(t *testing.T, token string) sandbox.PayOutcome {
	t.Helper()
	return w.home.Pay(t, sakura, sandbox.PayOrder{
		RequestID: "PR-" + ids.New().String(), Token: token, AuthClientID: merchantClient, Amount: amount, Currency: "JPY",
	})
}

// agreements: a merchant at home debits a payer of a wallet away who has agreed to it,
// until one of them ends it; and each hub knows the token by its hash alone.
func (w world) agreements(t *testing.T) {
	reference, away, code := w.consent(t, payersAway+"/"+lotus)
	if told := w.told(t); told.Type != "AUTHCODE_CREATED" || told.AuthCode != code || told.AuthState != "state-1" ||
		told.ReferenceAgreementID != reference || told.PspID != payersAway || reference == away {
		t.Errorf("the acquirer was told %+v", told)
	}
	byCode := sandbox.TokenOrder{GrantType: "AUTHORIZATION_CODE", AuthCode: code}
	tokens, again := w.exchange(t, byCode), w.exchange(t, byCode)
	if tokens.Result.Code != "SUCCESS" || tokens.AccessToken == "" || tokens.AccessToken != again.AccessToken {
		t.Fatalf("applyToken: %+v, then %+v", tokens, again)
	}
	y := w.ways()["as an acquirer"]
	paid := w.debit(t, tokens.AccessToken)
	if paid.Answer.Result.Code != "SUCCESS" || paid.Answer.PspID != payersAway {
		t.Fatalf("pay: %+v", paid.Answer)
	}
	y.states(t, paid.RequestID, payment.Posted)
	y.debits(t, paid.RequestID, "debit")
	if got := w.home.refund(t, sakura, paid.RequestID, "RF-"+ids.New().String(), "500", "JPY"); got != "SUCCESS" {
		t.Errorf("refund: %s", got)
	}
	renewed := w.exchange(t, sandbox.TokenOrder{GrantType: "REFRESH_TOKEN", RefreshToken: tokens.RefreshToken})
	if old := w.debit(t, tokens.AccessToken).Answer.Result.Code; old != "INVALID_TOKEN" {
		t.Errorf("a token that was replaced: %s", old)
	}
	if paid := w.debit(t, renewed.AccessToken).Answer.Result.Code; paid != "SUCCESS" {
		t.Errorf("the new token: %s", paid)
	}
	for range 2 {
		ended := stagetest.Must[sandbox.RevokeOutcome](t)(
			w.home.Control(sakura).Revoke(t.Context(), sandbox.RevokeOrder{AccessToken: renewed.AccessToken}))
		if ended.Answer.Result.Code != "SUCCESS" {
			t.Errorf("cancelToken: %+v", ended.Answer.Result)
		}
	}
	if after := w.debit(t, renewed.AccessToken).Answer.Result.Code; after != "INVALID_TOKEN" {
		t.Errorf("after cancelToken: %s", after)
	}
	for _, h := range []hub{w.home, w.away} {
		if states := stagetest.Texts(t, h.Stage, `SELECT state FROM agreement`); !slices.Contains(states, "CANCELLED") {
			t.Errorf("agreements are %v", states)
		}
		for _, body := range stagetest.Opened(t, h.Stage, `SELECT body FROM message_record`) {
			if strings.Contains(body, tokens.AccessToken) || strings.Contains(body, renewed.AccessToken) {
				t.Errorf("on record: %s", body)
			}
		}
	}
	w.agreementEnds(t)
	w.agreementRefusals(t)
}

// agreementEnds: the payer ends it in the wallet, and the merchant is told.
func (w world) agreementEnds(t *testing.T) {
	_, _, code := w.consent(t, payersAway+"/"+lotus)
	tokens := w.exchange(t, sandbox.TokenOrder{GrantType: "AUTHORIZATION_CODE", AuthCode: code})
	ended := stagetest.Must[sandbox.Agreed](t)(
		w.away.Control(lotus).Unbind(t.Context(), sandbox.UnbindOrder{AccessToken: tokens.AccessToken}))
	if ended.NotifyError != "" {
		t.Errorf("authNotify: %+v", ended)
	}
	if told := w.told(t); told.Type != "TOKEN_CANCELED" || told.AccessToken != tokens.AccessToken {
		t.Errorf("the acquirer was told %+v", told)
	}
	if after := w.debit(t, tokens.AccessToken).Answer.Result.Code; after != "INVALID_TOKEN" {
		t.Errorf("after the payer has ended it: %s", after)
	}
}

// agreementRefusals: who is not named as a wallet of the network is nobody.
func (w world) agreementRefusals(t *testing.T) {
	for wallet, want := range map[string]string{
		payersAway: "BUSINESS_NOT_SUPPORT", payersAway + "/": "BUSINESS_NOT_SUPPORT", harbour + "/" + lotus: "BUSINESS_NOT_SUPPORT",
		payersAway + "/NOBODY": "BUSINESS_NOT_SUPPORT", lotus: "BUSINESS_NOT_SUPPORT", "/" + lotus: "BUSINESS_NOT_SUPPORT",
		payersAway + "/" + payersAway + "/" + lotus: "BUSINESS_NOT_SUPPORT",
	} {
		refused := stagetest.Must[sandbox.PrepareOutcome](t)(w.home.Control(sakura).Prepare(t.Context(), sandbox.PrepareOrder{
			PspID: wallet, AuthClientID: merchantClient, ReferenceAgreementID: "AG-" + ids.New().String(),
		}))
		if refused.Answer.Result.Code != want || refused.Answer.AuthURL != "" {
			t.Errorf("%s: %+v", wallet, refused.Answer)
		}
	}
}
