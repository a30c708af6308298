package sandbox_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/reason"
)

var (
	mei = sandbox.Customer{ID: "C-1", Name: "Mei Example", Balance: 100_000}
	lin = sandbox.Customer{ID: "C-2", Name: "Lin Example", Balance: 100_000}
)

func prepared(reference string) string {
	return `{"acquirerId":"JP-ACQ","pspId":"HK-WALLET","authClientId":"M-1","referenceAgreementId":"` + reference +
		`","authState":"S-1"}`
}

func byCode(code string) string {
	return `{"authClientId":"M-1","grantType":"AUTHORIZATION_CODE","authCode":"` + code + `"}`
}

func byRefresh(token string) string {
	return `{"authClientId":"M-1","grantType":"REFRESH_TOKEN","refreshToken":"` + token + `"}`
}

func byToken(token string) string { return `,"paymentMethodId":"` + token + `"` }

// consented is the tokens of an agreement to which a customer has consented.
func (l *line) consented(reference, customer string) (code string, tokens alipayplus.TokenAnswer) {
	l.t.Helper()
	if got := send[alipayplus.PrepareAnswer](l, alipayplus.PathPrepare, prepared(reference)); got.Result.Status != "S" {
		l.t.Fatalf("prepare: %+v", got)
	}
	agreed := must[sandbox.Agreed](l.t)(l.Agree(ctx, sandbox.AgreeOrder{
		AuthClientID: "M-1", ReferenceAgreementID: reference, Customer: customer,
	}))
	tokens = send[alipayplus.TokenAnswer](l, alipayplus.PathApplyToken, byCode(agreed.AuthCode))
	if tokens.Result.Status != "S" || tokens.AccessToken == "" || tokens.RefreshToken == "" ||
		tokens.CustomerID != customer {
		l.t.Fatalf("tokens: %+v", tokens)
	}
	return agreed.AuthCode, tokens
}

// A wallet tells the switch of a consent, gives tokens for its code, the same for the
// same code, and pays by them out of the balance of who has consented.
func TestConsents(t *testing.T) {
	l := newLine(t, sandbox.RoleWallet, mei, lin)
	code, tokens := l.consented("A-1", "C-2")
	notices := told[alipayplus.AuthNotice](l, alipayplus.PathAuthNotify)
	want := []alipayplus.AuthNotice{{
		Type: "AUTHCODE_CREATED", AcquirerID: "JP-ACQ", AuthClientID: "M-1", ReferenceAgreementID: "A-1",
		AuthCode: code, AuthState: "S-1",
	}}
	if difference := cmp.Diff(want, notices); difference != "" {
		t.Errorf("the switch was told (-want +got):\n%s", difference)
	}
	again := send[alipayplus.TokenAnswer](l, alipayplus.PathApplyToken, byCode(code))
	if again != tokens {
		t.Errorf("the same code: %+v, before %+v", again, tokens)
	}
	ends, err := time.Parse(time.RFC3339Nano, tokens.AccessTokenExpiryTime)
	if left := time.Until(ends); err != nil || left < 59*time.Minute || left > time.Hour {
		t.Errorf("the token is good for %v, %v", left, err)
	}
	for range 2 {
		if got := l.result(alipayplus.PathPay, spend("P-1", byToken(tokens.AccessToken))); got != "SUCCESS" {
			t.Errorf("pay by token: %s", got)
		}
	}
	if difference := cmp.Diff([]int64{100_000, 92_500}, l.balances()); difference != "" {
		t.Error(difference)
	}
	if got := l.result(alipayplus.PathPay, spend("P-2", byToken("WT-unknown"))); got != "INVALID_TOKEN" {
		t.Errorf("pay by another token: %s", got)
	}
	renewed := send[alipayplus.TokenAnswer](l, alipayplus.PathApplyToken, byRefresh(tokens.RefreshToken))
	if renewed.Result.Status != "S" || renewed.AccessToken == tokens.AccessToken || renewed.CustomerID != "C-2" {
		t.Errorf("renewed: %+v", renewed)
	}
	for token, want := range map[string]string{tokens.AccessToken: "INVALID_TOKEN", renewed.AccessToken: "SUCCESS"} {
		if got := l.result(alipayplus.PathPay, spend("P-3", byToken(token))); got != want {
			t.Errorf("after the renewal: %s, want %s", got, want)
		}
	}
}

// An agreement that was ended, by either side, is over: nothing is paid by it and no
// tokens are given for it any more. The others go on.
func TestConsentsEnd(t *testing.T) {
	l := newLine(t, sandbox.RoleWallet, mei, lin)
	firstCode, first := l.consented("A-1", "C-1")
	secondCode, second := l.consented("A-2", "C-2")
	_, third := l.consented("A-3", "C-1")
	if got := l.result(alipayplus.PathCancelToken, `{"accessToken":"`+first.AccessToken+`"}`); got != "SUCCESS" {
		t.Errorf("cancelled: %s", got)
	}
	if got := l.result(alipayplus.PathCancelToken, `{"accessToken":"WT-unknown"}`); got != "INVALID_TOKEN" {
		t.Errorf("cancelled what is not known: %s", got)
	}
	ended := must[sandbox.Agreed](t)(l.Unbind(ctx, sandbox.UnbindOrder{AccessToken: second.AccessToken}))
	notices := told[alipayplus.AuthNotice](l, alipayplus.PathAuthNotify)
	want := alipayplus.AuthNotice{Type: "TOKEN_CANCELED", AccessToken: second.AccessToken}
	if ended.NotifyError != "" || notices[len(notices)-1] != want {
		t.Errorf("unbound: %+v, the switch was told %+v", ended, notices)
	}
	for i, over := range []struct {
		code   string
		tokens alipayplus.TokenAnswer
	}{{firstCode, first}, {secondCode, second}} {
		for what, got := range map[string]string{
			"pay":     l.result(alipayplus.PathPay, spend("P-1", byToken(over.tokens.AccessToken))),
			"refresh": l.result(alipayplus.PathApplyToken, byRefresh(over.tokens.RefreshToken)),
			"code":    l.result(alipayplus.PathApplyToken, byCode(over.code)),
		} {
			if got != "INVALID_TOKEN" {
				t.Errorf("agreement %d after its end, %s: %s", i+1, what, got)
			}
		}
	}
	if got := l.result(alipayplus.PathPay, spend("P-2", byToken(third.AccessToken))); got != "SUCCESS" {
		t.Errorf("the agreement beside them: %s", got)
	}
}

// What a customer or a merchant asks about an agreement that is not there is refused,
// and ends no other.
func TestConsentsThatAreNotThere(t *testing.T) {
	l := newLine(t, sandbox.RoleWallet, mei)
	if got := l.result(alipayplus.PathPrepare, prepared("A-0")); got != "SUCCESS" {
		t.Fatalf("prepare: %s", got)
	}
	if _, err := l.Unbind(ctx, sandbox.UnbindOrder{}); err == nil {
		t.Error("nobody's agreement was ended")
	}
	for _, order := range []sandbox.AgreeOrder{
		{AuthClientID: "M-1", ReferenceAgreementID: "A-9", Customer: "C-1"},
		{AuthClientID: "M-9", ReferenceAgreementID: "A-0", Customer: "C-1"},
		{AuthClientID: "M-1", ReferenceAgreementID: "A-0", Customer: "C-9"},
	} {
		if _, err := l.Agree(ctx, order); err == nil {
			t.Errorf("%+v agreed", order)
		}
	}
	for _, message := range []string{byCode(""), byCode("WC-unknown"), byRefresh(""), byRefresh("WR-unknown")} {
		if got := l.result(alipayplus.PathApplyToken, message); got != "INVALID_TOKEN" {
			t.Errorf("%s: %s", message, got)
		}
	}
	if notices := told[alipayplus.AuthNotice](l, alipayplus.PathAuthNotify); len(notices) != 0 {
		t.Errorf("the switch was told %+v", notices)
	}
	// What was prepared can still be agreed to, and twice is once.
	if got := l.result(alipayplus.PathPrepare, prepared("A-0")); got != "SUCCESS" {
		t.Errorf("prepared again: %s", got)
	}
	order := sandbox.AgreeOrder{AuthClientID: "M-1", ReferenceAgreementID: "A-0", Customer: "C-1", LifeMillis: 1500}
	agreed := must[sandbox.Agreed](t)(l.Agree(ctx, order))
	if again := must[sandbox.Agreed](t)(l.Agree(ctx, order)); again != agreed {
		t.Errorf("agreed again: %+v, before %+v", again, agreed)
	}
	tokens := send[alipayplus.TokenAnswer](l, alipayplus.PathApplyToken, byCode(agreed.AuthCode))
	ends, err := time.Parse(time.RFC3339Nano, tokens.AccessTokenExpiryTime)
	if err != nil || time.Until(ends) > 1500*time.Millisecond {
		t.Errorf("%+v, %v", tokens, err)
	}
	l.says(alipayplus.Answer{Result: alipayplus.ResultOf(reason.Unknown)})
	if deaf := must[sandbox.Agreed](t)(l.Agree(ctx, order)); deaf.NotifyError == "" || deaf.AuthCode != agreed.AuthCode {
		t.Errorf("a switch that does not confirm: %+v", deaf)
	}
}

// An acquirer asks for consents, tokens and ends in the words of the protocol, and
// keeps what it is told of them.
func TestAcquirersAskAboutAgreements(t *testing.T) {
	l := newLine(t, sandbox.RoleAcquirer)
	order := sandbox.PrepareOrder{PspID: "HK-WALLET", AuthClientID: "M-1", ReferenceAgreementID: "A-1"}
	if got := must[sandbox.PrepareOutcome](t)(l.Prepare(ctx, order)); got.Error != "" {
		t.Error(got.Error)
	}
	exchange := sandbox.TokenOrder{AuthClientID: "M-1", GrantType: "AUTHORIZATION_CODE", AuthCode: "WC-1"}
	if got := must[sandbox.TokenOutcome](t)(l.Token(ctx, exchange)); got.Error != "" {
		t.Error(got.Error)
	}
	if got := must[sandbox.RevokeOutcome](t)(l.Revoke(ctx, sandbox.RevokeOrder{AccessToken: "WT-1"})); got.Error != "" {
		t.Error(got.Error)
	}
	if got := told[sandbox.PrepareOrder](l, alipayplus.PathPrepare); !cmp.Equal(got, []sandbox.PrepareOrder{order}) {
		t.Errorf("%+v", got)
	}
	if got := told[sandbox.TokenOrder](l, alipayplus.PathApplyToken); !cmp.Equal(got, []sandbox.TokenOrder{exchange}) {
		t.Errorf("%+v", got)
	}
	revoked := told[sandbox.RevokeOrder](l, alipayplus.PathCancelToken)
	if len(revoked) != 1 || revoked[0].AccessToken != "WT-1" {
		t.Errorf("%+v", revoked)
	}
	notice := `{"authorizationNotifyType":"AUTHCODE_CREATED","authCode":"WC-1"}`
	if got := l.result(alipayplus.PathAuthNotify, notice); got != "SUCCESS" {
		t.Errorf("told of a consent: %s", got)
	}
	if got := l.result(alipayplus.PathAuthNotify, `{}`); got != "PARAM_ILLEGAL" {
		t.Errorf("told of nothing: %s", got)
	}
	if kept := must[[]alipayplus.AuthNotice](t)(l.Consents(ctx)); len(kept) != 1 || kept[0].AuthCode != "WC-1" {
		t.Errorf("%+v", kept)
	}
}
