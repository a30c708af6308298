package modes_test

import (
	"os"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/ids"
)

const merchantClient = "MERCHANT-7"

// consent prepares an agreement and lets the payer agree.
func (w world) consent(t *testing.T, lifeMillis int) (reference string, agreed sandbox.Agreed) {
	t.Helper()
	reference = "AG-" + ids.New().String()
	order := sandbox.PrepareOrder{
		PspID: harbour, AuthClientID: merchantClient, ReferenceAgreementID: reference,
		AuthRedirectURL: w.PartnerURL(sakura) + "/agreed", AuthState: "state-1", Scopes: []string{"AGREEMENT_PAY"},
	}
	for range 2 {
		prepared := stagetest.Must[sandbox.PrepareOutcome](t)(w.Control(sakura).Prepare(t.Context(), order))
		if prepared.Answer.Result.Code != "SUCCESS" || prepared.Answer.AuthURL != w.PartnerURL(harbour)+"/agree/"+reference {
			t.Fatalf("prepare: %+v", prepared)
		}
	}
	agreed = stagetest.Must[sandbox.Agreed](t)(w.Control(harbour).Agree(t.Context(), sandbox.AgreeOrder{
		AuthClientID: merchantClient, ReferenceAgreementID: reference, Customer: payer, LifeMillis: lifeMillis,
	}))
	if agreed.NotifyError != "" {
		t.Fatalf("authNotify: %+v", agreed)
	}
	return reference, agreed
}

func (w world) token(t *testing.T, lifeMillis int) alipayplus.TokenAnswer {
	t.Helper()
	_, agreed := w.consent(t, lifeMillis)
	got := w.exchange(t, sakura, sandbox.TokenOrder{
		AuthClientID: merchantClient, GrantType: "AUTHORIZATION_CODE", AuthCode: agreed.AuthCode,
	})
	if got.Result.Code != "SUCCESS" || got.AccessToken == "" || got.CustomerID != payer {
		t.Fatalf("applyToken: %+v", got)
	}
	return got
}

func (w world) exchange(t *testing.T, acquirer string, order sandbox.TokenOrder) alipayplus.TokenAnswer {
	t.Helper()
	outcome := stagetest.Must[sandbox.TokenOutcome](t)(w.Control(acquirer).Token(t.Context(), order))
	if outcome.Error != "" {
		t.Fatalf("applyToken: %s", outcome.Error)
	}
	return outcome.Answer
}

func (w world) debit(t *testing.T, acquirer, token string) sandbox.PayOutcome {
	t.Helper()
	return w.Pay(t, acquirer, sandbox.PayOrder{
		Token: token, AuthClientID: merchantClient, Amount: "1500",
		Currency: map[string]string{sakura: "JPY", merlion: "SGD"}[acquirer],
	})
}

// autoDebit: the payer agrees once, and is debited as often as the merchant asks.
func (w world) autoDebit(t *testing.T) {
	reference, agreed := w.consent(t, 0)
	told := stagetest.Must[[]alipayplus.AuthNotice](t)(w.Control(sakura).Consents(t.Context()))
	last := told[len(told)-1]
	if last.Type != "AUTHCODE_CREATED" || last.AuthCode != agreed.AuthCode || last.ReferenceAgreementID != reference ||
		last.AuthState != "state-1" || last.PspID != harbour {
		t.Errorf("the acquirer was told %+v", last)
	}
	order := sandbox.TokenOrder{AuthClientID: merchantClient, GrantType: "AUTHORIZATION_CODE", AuthCode: agreed.AuthCode}
	first, again := w.exchange(t, sakura, order), w.exchange(t, sakura, order)
	if first.Result.Code != "SUCCESS" || first.AccessToken != again.AccessToken {
		t.Errorf("the same code gave %+v and %+v", first, again)
	}
	for range 2 {
		paid := w.debit(t, sakura, first.AccessToken)
		if paid.Answer.Result.Code != "SUCCESS" || paid.Answer.CustomerID != payer {
			t.Errorf("debit: %+v", paid.Answer)
		}
		if !same(w.movements(t, harbour, paid.Answer.PaymentID), "debit pay") {
			t.Errorf("moved %v", w.movements(t, harbour, paid.Answer.PaymentID))
		}
		w.undo(t, paid)
	}
	renewed := w.exchange(t, sakura, sandbox.TokenOrder{
		AuthClientID: merchantClient, GrantType: "REFRESH_TOKEN", RefreshToken: first.RefreshToken,
	})
	if renewed.Result.Code != "SUCCESS" || renewed.AccessToken == first.AccessToken {
		t.Errorf("refresh: %+v", renewed)
	}
	if old := w.debit(t, sakura, first.AccessToken).Answer.Result; old.Code != "INVALID_TOKEN" || old.Status != "F" {
		t.Errorf("a token that was replaced: %+v", old)
	}
	if paid := w.debit(t, sakura, renewed.AccessToken); paid.Answer.Result.Code != "SUCCESS" {
		t.Errorf("the new token: %+v", paid.Answer.Result)
	}
}

func (w world) autoDebitRefusals(t *testing.T) {
	good := w.token(t, 0)
	short := w.token(t, 1)
	for name, c := range map[string]struct{ acquirer, token, code string }{
		"nobody's token":         {sakura, "WT-nobody", "INVALID_TOKEN"},
		"another's token":        {merlion, good.AccessToken, "INVALID_TOKEN"},
		"a refresh token":        {sakura, good.RefreshToken, "INVALID_TOKEN"},
		"a token that has ended": {sakura, short.AccessToken, "EXPIRED_ACCESS_TOKEN"},
	} {
		if got := w.debit(t, c.acquirer, c.token).Answer.Result; got.Code != c.code || got.Status != "F" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	code := func(value string) sandbox.TokenOrder {
		return sandbox.TokenOrder{GrantType: "AUTHORIZATION_CODE", AuthCode: value}
	}
	refresh := func(value string) sandbox.TokenOrder {
		return sandbox.TokenOrder{GrantType: "REFRESH_TOKEN", RefreshToken: value}
	}
	for name, c := range map[string]struct {
		acquirer string
		order    sandbox.TokenOrder
		code     string
	}{
		"an unknown code":     {sakura, code("nobody"), "INVALID_CODE"},
		"an unknown refresh":  {sakura, refresh("x"), "INVALID_TOKEN"},
		"an ended refresh":    {sakura, refresh(short.RefreshToken), "EXPIRED_ACCESS_TOKEN"},
		"another's refresh":   {merlion, refresh(good.RefreshToken), "INVALID_TOKEN"},
		"no grant":            {sakura, refresh(""), "PARAM_ILLEGAL"},
		"an unknown grant":    {sakura, sandbox.TokenOrder{GrantType: "PASSWORD", AuthCode: "x"}, "PARAM_ILLEGAL"},
		"the code of another": {merlion, code(w.code(t)), "INVALID_CODE"},
	} {
		c.order.AuthClientID = merchantClient
		if got := w.exchange(t, c.acquirer, c.order).Result; got.Code != c.code || got.Status != "F" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	other := sandbox.PrepareOrder{PspID: "NO-WALLET", AuthClientID: merchantClient, ReferenceAgreementID: "AG-1"}
	refused := stagetest.Must[sandbox.PrepareOutcome](t)(w.Control(sakura).Prepare(t.Context(), other))
	if refused.Answer.Result.Code != "BUSINESS_NOT_SUPPORT" {
		t.Errorf("an unknown wallet: %+v", refused.Answer.Result)
	}
	reference, _ := w.consent(t, 0)
	changed := sandbox.PrepareOrder{PspID: luzon, AuthClientID: merchantClient, ReferenceAgreementID: reference}
	refused = stagetest.Must[sandbox.PrepareOutcome](t)(w.Control(sakura).Prepare(t.Context(), changed))
	if refused.Answer.Result.Code != "REPEAT_REQ_INCONSISTENT" {
		t.Errorf("the same key for another wallet: %+v", refused.Answer.Result)
	}
}

func (w world) code(t *testing.T) string {
	t.Helper()
	_, agreed := w.consent(t, 0)
	return agreed.AuthCode
}

// agreementEnds: either side ends an agreement, for ever.
func (w world) agreementEnds(t *testing.T) {
	byMerchant := w.token(t, 0)
	for range 2 {
		revoked := stagetest.Must[sandbox.RevokeOutcome](t)(
			w.Control(sakura).Revoke(t.Context(), sandbox.RevokeOrder{AccessToken: byMerchant.AccessToken}))
		if revoked.Answer.Result.Code != "SUCCESS" {
			t.Errorf("cancelToken: %+v", revoked)
		}
	}
	byPayer := w.token(t, 0)
	foreign := stagetest.Must[sandbox.RevokeOutcome](t)(
		w.Control(merlion).Revoke(t.Context(), sandbox.RevokeOrder{AccessToken: byPayer.AccessToken}))
	if foreign.Answer.Result.Code != "INVALID_TOKEN" {
		t.Errorf("cancelToken by another acquirer: %+v", foreign.Answer.Result)
	}
	for range 2 {
		ended := stagetest.Must[sandbox.Agreed](t)(
			w.Control(harbour).Unbind(t.Context(), sandbox.UnbindOrder{AccessToken: byPayer.AccessToken}))
		if ended.NotifyError != "" {
			t.Errorf("authNotify: %+v", ended)
		}
	}
	told := stagetest.Must[[]alipayplus.AuthNotice](t)(w.Control(sakura).Consents(t.Context()))
	if last := told[len(told)-1]; last.Type != "TOKEN_CANCELED" || last.AccessToken != byPayer.AccessToken {
		t.Errorf("the acquirer was told %+v", last)
	}
	for _, token := range []alipayplus.TokenAnswer{byMerchant, byPayer} {
		if got := w.debit(t, sakura, token.AccessToken).Answer.Result; got.Code != "INVALID_TOKEN" {
			t.Errorf("a debit after the end: %+v", got)
		}
		renewed := w.exchange(t, sakura, sandbox.TokenOrder{
			AuthClientID: merchantClient, GrantType: "REFRESH_TOKEN", RefreshToken: token.RefreshToken,
		})
		if renewed.Result.Code != "INVALID_TOKEN" {
			t.Errorf("a refresh after the end: %+v", renewed.Result)
		}
	}
}

// tokensAreNotKept: whoever reads the hub's database or log cannot debit anybody.
func (w world) tokensAreNotKept(t *testing.T) {
	token := w.token(t, 0)
	if paid := w.debit(t, sakura, token.AccessToken); paid.Answer.Result.Code != "SUCCESS" {
		t.Fatalf("debit: %+v", paid.Answer)
	}
	bodies := stagetest.Opened(t, w.Stage, `SELECT body FROM message_record WHERE name LIKE 'alipayplus.pay%'`)
	masked := false
	for _, body := range bodies {
		masked = masked || strings.Contains(body, `"paymentMethodId":"sha256:`)
		if strings.Contains(body, token.AccessToken) {
			t.Errorf("on record: %s", body)
		}
	}
	details := stagetest.Opened(t, w.Stage, `SELECT detail FROM payment WHERE mode = 'AutoDebit'`)
	log, err := os.ReadFile(w.HubLog())
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range append(details, string(log)) {
		if strings.Contains(text, token.AccessToken) || strings.Contains(text, token.RefreshToken) {
			t.Errorf("a token in %.200s", text)
		}
	}
	if !masked || len(details) == 0 {
		t.Error("nothing was looked at")
	}
}
