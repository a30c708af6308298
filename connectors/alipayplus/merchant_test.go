package alipayplus_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/connectortest"
	"github.com/causeway-pay/causeway/internal/reason"
)

// register is a desk that remembers and answers what it is told.
type register struct {
	taken []connectors.MerchantRegistration
	err   error
}

func (r *register) Register(_ context.Context, _ connectors.Participant, m connectors.MerchantRegistration) error {
	r.taken = append(r.taken, m)
	return r.err
}

func (r *register) RegistrationStatus(
	_ context.Context, _ connectors.Participant, requestID string,
) ([]connectors.WalletRegistration, error) {
	if len(r.taken) == 0 || r.taken[0].RequestID != requestID {
		return nil, reason.New(reason.NotFound, "test", "")
	}
	return []connectors.WalletRegistration{
		{WalletID: "HK-WALLET", Status: connectors.MerchantRegistered},
		{WalletID: "KR-WALLET", Status: connectors.MerchantRefused, Why: "no licence"},
	}, nil
}

const tea = `"merchantInfo":{"referenceMerchantId":"M-1","merchantDisplayName":"Tea House","merchantMCC":"5814",
	"logo":{"logoName":"x","logoUrl":"https://tea.example/logo"},"websites":[{"url":"https://tea.example"}],
	"registrationDetail":{"legalName":"Tea K.K.","registrationNo":"7","registrationAddress":{"region":"JP"}}}`

// TestRegistration: what an acquirer says reaches the desk, a merchant or a store of
// it; what is missing is refused before; and only acquirers register.
func TestRegistration(t *testing.T) {
	desk := &register{}
	b := bench{connectortest.NewHub(), serve(t, alipayplus.ServerConfig{
		Gate: gateConfig(t), Hub: connectortest.NewHub(), Merchants: desk,
	})}
	result := func(code string) map[string]any { return map[string]any{"result.resultCode": code} }
	expect(t, b.post(t, acquirer, alipayplus.PathRegistration, `{"registrationRequestId":"R-1",`+tea+`}`), result("SUCCESS"))
	expect(t, b.post(t, acquirer, alipayplus.PathRegistration, `{"registrationRequestId":"R-2",`+tea+
		`,"storeInfo":{"referenceStoreId":"S-1","storeName":"Ginza","storeMCC":"5814"}}`), result("SUCCESS"))
	if len(desk.taken) != 2 || desk.taken[0].MerchantID != "M-1" || desk.taken[0].StoreID != "" ||
		desk.taken[1].StoreID != "S-1" || desk.taken[0].CheckedFields == desk.taken[1].CheckedFields {
		t.Errorf("%+v", desk.taken)
	}
	if diff := cmp.Diff([][]string{{"Tea House", "Tea K.K."}, {"Ginza", "Tea House", "Tea K.K."}},
		[][]string{desk.taken[0].Names, desk.taken[1].Names}); diff != "" {
		t.Error(diff)
	}
	for _, body := range []string{
		`{}`, `{"registrationRequestId":"R-3"}`, `{` + tea + `}`, `{"registrationRequestId":"R-3","merchantInfo":{}}`,
		`{"registrationRequestId":"` + fmt.Sprintf("%065d", 1) + `",` + tea + `}`,
		`{"registrationRequestId":"R-3",` + tea + `,"storeInfo":{"storeName":"Ginza"}}`,
	} {
		expect(t, b.post(t, acquirer, alipayplus.PathRegistration, body), result("PARAM_ILLEGAL"))
	}
	expect(t, b.post(t, wallet, alipayplus.PathRegistration, `{"registrationRequestId":"R-3",`+tea+`}`), result("ACCESS_DENIED"))
	if len(desk.taken) != 2 {
		t.Errorf("%d reached the desk", len(desk.taken))
	}
	answer := b.post(t, acquirer, alipayplus.PathRegistrationStatus, `{"registrationRequestId":"R-1"}`)
	all, _ := answer["registrationResults"].([]any)
	if len(all) != 2 {
		t.Fatalf("%v", answer)
	}
	expect(t, all[0].(map[string]any), map[string]any{"pspId": "HK-WALLET", "registrationStatus": "REGISTERED"})
	expect(t, all[1].(map[string]any), map[string]any{"registrationStatus": "REFUSED", "reason": "no licence"})
	expect(t, b.post(t, acquirer, alipayplus.PathRegistrationStatus, `{"registrationRequestId":"R-9"}`),
		result("ORDER_NOT_EXIST"))
	desk.err = reason.New(reason.Failed, "test", "")
	expect(t, b.post(t, acquirer, alipayplus.PathRegistration, `{"registrationRequestId":"R-4",`+tea+`}`), result("PROCESS_FAIL"))
}
