package alipayplus_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/connectortest"
	"github.com/causeway-pay/causeway/internal/clock"
)

func TestAcceptance(t *testing.T) {
	connectortest.Run(t, connectortest.Protocol{
		Acquirer: acquirer, Stranger: stranger, Wallet: wallet,
		Serve: func(t *testing.T, hub connectors.Hub) string {
			server := serve(t, alipayplus.ServerConfig{
				Gate: gateConfig(t), Hub: hub, Agreements: hub.(connectors.Agreements),
				Customs: hub.(connectors.Customs),
			})
			return server.Listener.Addr().String()
		},
		Request: genuineRequest, Sign: signRequest, Forge: forge, Equivalent: equivalent, Read: readOutcome,
		Connect: connect,
		ConnectAgreements: func(t *testing.T, within time.Duration) (
			connectors.AgreementWallet, connectors.AgreementAcquirer,
		) {
			ways := newClient(t, within).Agreements()
			return ways, ways
		},
		ConnectCustoms: func(t *testing.T, within time.Duration) connectors.CustomsWallet {
			return newClient(t, within).Customs()
		},
		Script: script, BodyMost: alipayplus.BodyMost,
	})
}

var requestTime = now.Format(time.RFC3339Nano)

func genuineRequest(
	t *testing.T, from connectors.Participant, verb connectortest.Verb, about connectortest.Subject,
) connectortest.Request {
	path, body := message(verb, about)
	return signRequest(t, from, connectortest.Request{Method: http.MethodPost, Target: path, Body: body})
}

func message(verb connectortest.Verb, about connectortest.Subject) (path string, body []byte) {
	named := fmt.Appendf(nil, `{"paymentRequestId":%q}`, about.Key)
	switch verb {
	case connectortest.Pay:
		return alipayplus.PathPay, payBody(about.Key, about.Minor)
	case connectortest.Inquire:
		return alipayplus.PathInquiryPayment, named
	case connectortest.Cancel:
		return alipayplus.PathCancelPayment, named
	case connectortest.Return:
		return alipayplus.PathRefund, fmt.Appendf(nil,
			`{"refundRequestId":%q,"paymentRequestId":%q,"refundAmount":{"currency":"JPY","value":"%d"}}`,
			about.Key, about.Payment, about.Minor)
	case connectortest.IssueCodes:
		return alipayplus.PathGetPaymentCode, fmt.Appendf(nil, `{"region":"HK","customerId":%q}`, about.Key)
	case connectortest.ConfirmPush:
		return alipayplus.PathNotifyPush, []byte(`{"paymentId":"6b1b36cf-9f0c-4f8e-8a0a-0d8f5c8b7a11",
			"paymentResult":{"resultCode":"SUCCESS","resultStatus":"S"},"paymentTime":"2026-01-02T11:04:07+08:00"}`)
	case connectortest.Prepare:
		return alipayplus.PathPrepare, fmt.Appendf(nil,
			`{"pspId":"HK-WALLET","authClientId":"M-1","referenceAgreementId":%q}`, about.Key)
	case connectortest.Told:
		return alipayplus.PathAuthNotify, fmt.Appendf(nil, `{"authorizationNotifyType":"AUTHCODE_CREATED",
			"authClientId":"M-1","referenceAgreementId":%q,"authCode":"C-1"}`, about.Key)
	case connectortest.Apply:
		return alipayplus.PathApplyToken, []byte(`{"authClientId":"M-1","grantType":"AUTHORIZATION_CODE","authCode":"C-1"}`)
	case connectortest.Revoke:
		return alipayplus.PathCancelToken, []byte(`{"accessToken":"T-1"}`)
	case connectortest.Declare:
		return alipayplus.PathDeclare, fmt.Appendf(nil, `{"paymentRequestId":%q,"customsDeclarationRequestId":%q,
			"customs":{"customsCode":"ZONGSHU","region":"CN"},"isSplit":"false",
			"merchantCustomsInfo":{"merchantCustomsCode":"M-9","merchantCustomsName":"Tea House"},
			"declarationAmount":{"currency":"CNY","value":"%d"}}`, about.Payment, about.Key, about.Minor)
	case connectortest.Declarations:
		return alipayplus.PathDeclarations, fmt.Appendf(nil, `{"declarationRequestIds":[%q]}`, about.Key)
	case connectortest.Price:
		return alipayplus.PathExchangeRate, []byte(`{"sellCurrency":"USD","buyCurrency":"JPY"}`)
	case connectortest.Identify:
		return alipayplus.PathIdentifyCode, fmt.Appendf(nil, `{"codeValue":%q}`, about.Key)
	case connectortest.Consult:
		return alipayplus.PathConsultPayment, fmt.Appendf(nil,
			`{"paymentAmount":{"currency":"JPY","value":"%d"},"allowedPspRegions":["HK","KR"]}`, about.Minor)
	case connectortest.Scanned:
		return alipayplus.PathUserInitiatedPay, fmt.Appendf(nil, `{"codeValue":%q,"customerId":"payer"}`, about.Key)
	default:
		return alipayplus.PathNotifyPayment, fmt.Appendf(nil,
			`{"paymentRequestId":%q,"paymentResult":{"resultCode":"SUCCESS","resultStatus":"S"},
			"payToAmount":{"currency":"HKD","value":"%d"}}`, about.Key, about.Minor)
	}
}

func signRequest(
	t *testing.T, from connectors.Participant, request connectortest.Request,
) connectortest.Request {
	return signAs(t, from.ID, from.ClientID, requestTime, request)
}

func signAs(t *testing.T, owner, clientID, at string, request connectortest.Request) connectortest.Request {
	request.Headers = []connectortest.Header{
		{Name: "Client-Id", Value: clientID}, {Name: "Request-Time", Value: at},
		{Name: "Signature", Value: sign(t, owner, request.Method, request.Target, clientID, at, request.Body)},
	}
	return request
}

func forge(
	t *testing.T, from connectors.Participant, request connectortest.Request, forgery connectortest.Forgery,
) connectortest.Request {
	switch forgery {
	case connectortest.OtherKey:
		return signAs(t, "intruder", from.ClientID, requestTime, request)
	case connectortest.OtherVersion:
		return request.With("Signature", strings.Replace(request.Get("Signature"), "keyVersion=1", "keyVersion=9", 1))
	case connectortest.OtherClient:
		return signAs(t, "intruder", "SANDBOX_NOBODY", requestTime, request)
	case connectortest.OldTime:
		return signAs(t, from.ID, from.ClientID, now.Add(-6*time.Minute).Format(time.RFC3339), request)
	default:
		request.Headers = request.Headers[:2]
		return request
	}
}

// equivalent: the letters of percent-escapes and of the algorithm's name may be
// of either case without another meaning.
func equivalent(a, b connectortest.Request) bool {
	one, err := alipayplus.ParseSignature(a.Get("Signature"))
	if err != nil {
		return false
	}
	two, err := alipayplus.ParseSignature(b.Get("Signature"))
	return err == nil && one.KeyVersion == two.KeyVersion && bytes.Equal(one.Value, two.Value) &&
		a.Target == b.Target && bytes.Equal(a.Body, b.Body) &&
		a.Get("Client-Id") == b.Get("Client-Id") && a.Get("Request-Time") == b.Get("Request-Time")
}

func readOutcome(
	t *testing.T, to connectortest.Request, response *http.Response, body []byte,
) connectortest.Outcome {
	var answer alipayplus.Answer
	if response.StatusCode != http.StatusOK || json.Unmarshal(body, &answer) != nil {
		return connectortest.Outcome{}
	}
	outcome := connectortest.Outcome{Code: answer.Result.Code, Accepted: answer.Result.Status != "F"}
	signature, err := alipayplus.ParseSignature(response.Header.Get("Signature"))
	if err != nil {
		return outcome
	}
	signed := alipayplus.SigningString(to.Method, to.Target, response.Header.Get("Client-Id"),
		response.Header.Get("Response-Time"), body)
	err = keysOf(t).verifier.Verify(context.Background(), hubName, signature.KeyVersion, signed, signature.Value)
	outcome.Genuine = err == nil
	return outcome
}

func connect(t *testing.T, within time.Duration) (connectors.Wallet, connectors.Acquirer) {
	client := newClient(t, within)
	return client, client
}

func newClient(t *testing.T, within time.Duration) *alipayplus.Client {
	h := keysOf(t)
	client := alipayplus.NewClient(alipayplus.ClientConfig{
		PublicURL: "https://switch.example",
		Caller: alipayplus.CallerConfig{
			Signer: h.signers[hubName], Verifier: h.verifier, Clock: &clock.Fixed{At: now}, CallWithin: within,
		},
	})
	t.Cleanup(client.Close)
	return client
}

const (
	saidYes  = `{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}`
	saidNo   = `{"resultCode":"USER_BALANCE_NOT_ENOUGH","resultStatus":"F","resultMessage":"balance"}`
	saidOpen = `{"resultCode":"PAYMENT_IN_PROCESS","resultStatus":"U","resultMessage":"wait"}`
)

// ownOrder is the order behind an acquirer's own code.
const ownOrder = `"codeType":"ORDER_CODE","paymentRequestId":"PR-1","amount":{"currency":"JPY","value":"1500"},
	"order":{"referenceOrderId":"ORD-1","orderDescription":"Coffee","orderAmount":{"currency":"JPY","value":"1500"},
	"merchant":{"referenceMerchantId":"M-77","merchantName":"Test Shop"}}`

// scripted is the body of a verdict. An inquiry has a second result.
func scripted(path string, verdict connectortest.Verdict) string {
	both := func(result string) string {
		if path == alipayplus.PathUserInitiatedPay && result == saidYes {
			return `{"result":` + saidYes + `,` + ownOrder + `}`
		}
		if result == saidYes && (path == alipayplus.PathPrepare || path == alipayplus.PathApplyToken) {
			return `{"result":` + saidYes + `,"authUrl":"https://wallet.example/agree","accessToken":"T-1",
				"accessTokenExpiryTime":"2026-01-03T00:00:00Z","customerId":"C-1"}`
		}
		if result == saidYes && (path == alipayplus.PathDeclare || path == alipayplus.PathDeclarations) {
			return `{"result":` + saidYes + `,"pspDeclarationRequestId":"WD-1","declarationRecords":[
				{"customsDeclarationRequestId":"D-1","declarationRequestStatus":"SUCCESS"}]}`
		}
		if path == alipayplus.PathInquiryPayment || path == alipayplus.PathInquiryPush {
			return `{"result":` + saidYes + `,"paymentResult":` + result + `}`
		}
		return `{"result":` + result + `}`
	}
	switch verdict {
	case connectortest.No:
		return both(saidNo)
	case connectortest.Open:
		return both(saidOpen)
	case connectortest.NeverHeard:
		return `{"result":{"resultCode":"ORDER_NOT_EXIST","resultStatus":"F"}}`
	case connectortest.Garbled:
		return `{"result":`
	case connectortest.Contradictory:
		return both(`{"resultCode":"USER_BALANCE_NOT_ENOUGH","resultStatus":"S"}`)
	case connectortest.Huge:
		return both(saidYes) + strings.Repeat(" ", 2*alipayplus.BodyMost)
	default:
		return both(saidYes)
	}
}

func script(t *testing.T, as connectors.Participant, verdict connectortest.Verdict) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			t.Error(err)
		}
		owner, at, body := as.ID, now.Format(time.RFC3339), []byte(scripted(r.URL.Path, verdict))
		switch verdict {
		case connectortest.Forged:
			owner = "intruder"
		case connectortest.Stale:
			at = now.Add(-time.Hour).Format(time.RFC3339)
		case connectortest.Late:
			<-r.Context().Done()
		case connectortest.HungUp:
			panic(http.ErrAbortHandler)
		case connectortest.Elsewhere:
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
			return
		case connectortest.CutOff:
			w.Header().Set("Content-Length", fmt.Sprint(len(body)+10))
		}
		w.Header().Set("Client-Id", r.Header.Get("Client-Id"))
		w.Header().Set("Response-Time", at)
		if verdict != connectortest.Unsigned {
			w.Header().Set("Signature", sign(t, owner, r.Method, r.URL.Path, r.Header.Get("Client-Id"), at, body))
		}
		if verdict == connectortest.Broken {
			w.WriteHeader(http.StatusBadGateway)
		}
		_, _ = w.Write(body)
	}
}
