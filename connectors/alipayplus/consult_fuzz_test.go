package alipayplus

import (
	"strings"
	"testing"
)

// Whatever a network answers, the wallets that are read from it can be named and are few.
func FuzzConsultAnswer(f *testing.F) {
	f.Add([]byte(`{"result":{"resultCode":"SUCCESS","resultStatus":"S"},"paymentOptions":[{"enabled":"true",
		"paymentOptionDetail":{"connectWallet":{"supportWallets":[{"walletName":"W","walletRegion":"TH"}]}}}]}`))
	f.Add([]byte(`{"result":{},"paymentOptions":[{"paymentOptionDetail":{}},{"paymentOptionDetail":{"connectWallet":{
		"supportWallets":[{"walletName":"A/B","walletRegion":"TH"},{},null]}}}]}`))
	f.Add([]byte(`{"paymentOptions":[` + strings.Repeat(`{},`, 40) + `null]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var answer ConsultAnswer
		if Decode(body, &answer) != nil {
			return
		}
		seen := map[string]bool{}
		for _, option := range answer.wallets() {
			if option.ID == "" || strings.Contains(option.ID, "/") || option.Name == "" || len(option.Country) != 2 ||
				seen[option.ID] || len(seen) >= walletsMost {
				t.Errorf("%q became %+v", body, option)
			}
			seen[option.ID] = true
		}
	})
}
