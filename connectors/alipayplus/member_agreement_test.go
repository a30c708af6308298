package alipayplus_test

import (
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/connectortest"
	"github.com/causeway-pay/causeway/internal/reason"
)

// TestMemberPrepares: a network is asked for a wallet of its own, and the payer is sent to
// that wallet's page if it is one that a payer may be sent to.
func TestMemberPrepares(t *testing.T) {
	for address, sent := range map[string]bool{
		"https://lotus.example/agree": true, "http://127.0.0.1:1/agree": true, "http://lotus.example/agree": false,
		"javascript:alert(1)": false, "https://lotus.example@evil.example/": false, "": false, "/agree": false,
		"HTTPS://LOTUS.EXAMPLE/AGREE": true, "ftp://127.0.0.1/agree": false, "%zz": false,
	} {
		to, heard := asked(t, payerNetwork, `{"result":`+saidYes+`,"authUrl":"`+address+`"}`)
		page, answer := newClient(t, time.Second).Member().Agreements().Prepare(t.Context(), to, connectors.PrepareRequest{
			WalletID: "TH-LOTUS", ClientID: "M-1", ReferenceID: "A-1",
		})
		if (page == address && address != "") != sent || (answer.Decision == connectors.Accepted) != sent {
			t.Errorf("%q: sent to %q, %+v", address, page, answer)
		}
		expect(t, *heard, map[string]any{"pspId": "TH-LOTUS", "authClientId": "M-1", "referenceAgreementId": "A-1"})
	}
}

// TestMemberDebits: a payment by agreement goes to the network with the token, which is
// nowhere on record, and without one goes nowhere.
func TestMemberDebits(t *testing.T) {
	to, heard := asked(t, payerNetwork, `{"result":`+saidYes+`,"customerId":"payer"}`)
	payment := forwarded()
	payment.Mode, payment.PaymentCode = connectors.AutoDebit, ""
	payment.Grant = connectors.Grant{Token: "WT-secret", ClientID: "M-1"}
	answer := newClient(t, time.Second).Member().Pay(t.Context(), to, payment)
	if answer.Decision != connectors.Accepted || strings.Contains(string(answer.Sent), "WT-secret") || len(answer.Sent) == 0 {
		t.Errorf("%+v, recorded %s", answer, answer.Sent)
	}
	expect(t, *heard, map[string]any{
		"paymentMethod.paymentMethodId": "WT-secret", "paymentMethod.paymentMethodMetaData.authClientId": "M-1",
		"paymentFactor.isAgreementPayment": "true",
	})
	*heard, payment.Grant = map[string]any{}, connectors.Grant{}
	answer = newClient(t, time.Second).Member().Pay(t.Context(), to, payment)
	if answer.Decision != connectors.Declined || answer.Reason != reason.ExpiredToken || len(*heard) != 0 {
		t.Errorf("without a token: %+v, heard %v", answer, *heard)
	}
}

// TestNetworksTellOfAgreements: what a network that stands for payers says about an
// agreement reaches the hub; one that stands for merchants has nothing to say.
func TestNetworksTellOfAgreements(t *testing.T) {
	hub := connectortest.NewHub()
	b := bench{hub, serve(t, alipayplus.ServerConfig{Gate: gateConfig(t), Hub: hub, Agreements: hub})}
	body := `{"authorizationNotifyType":"AUTHCODE_CREATED","acquirerId":"HOME","authClientId":"M-1",
		"referenceAgreementId":"A-1","authCode":"C-1"}`
	expect(t, b.post(t, payerNetwork, alipayplus.PathAuthNotify, body), map[string]any{"result.resultCode": "SUCCESS"})
	if notice, is := b.last(t).(connectors.AgreementNotice); !is || notice.Code != "C-1" || notice.ReferenceID != "A-1" {
		t.Errorf("%+v", b.last(t))
	}
	expect(t, b.post(t, merchantNetwork, alipayplus.PathAuthNotify, body),
		map[string]any{"result.resultCode": "ACCESS_DENIED"})
	expect(t, b.post(t, merchantNetwork, alipayplus.PathPrepare, `{}`), map[string]any{"result.resultCode": "NO_INTERFACE_DEF"})
}
