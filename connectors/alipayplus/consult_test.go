package alipayplus_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/money"
)

// option is a way to pay as a network lists it.
func option(enabled string, wallets ...string) string {
	return `{"paymentMethodType":"CONNECT_WALLET","enabled":"` + enabled +
		`","paymentOptionDetail":{"connectWallet":{"supportWallets":[` + strings.Join(wallets, ",") + `]}}}`
}

func listed(name, brand, region string) string {
	return fmt.Sprintf(`{"walletName":%q,"walletBrandName":%q,"walletRegion":%q,"news":[1]}`, name, brand, region)
}

// TestConsultNetwork: a network is asked as by an acquirer; of what it lists those are read
// that can be named, once each; a refusal is none and anything else is no word.
func TestConsultNetwork(t *testing.T) {
	lotus, luzon := listed("TH-LOTUS", "Lotus Pay", "TH"), listed("PH-LUZON", "", "PH")
	unnamed := strings.Join([]string{
		listed("", "Nobody", "TH"), listed("A/B", "Far away", "TH"), listed("TH-X", "Nowhere", "Thailand"),
		listed(strings.Repeat("W", 65), "Long", "TH"), lotus,
	}, ",")
	for body, want := range map[string]struct {
		decision connectors.Decision
		wallets  string
	}{
		saidYes + `,"paymentOptions":[` + option("true", lotus, luzon) + `]}`: {connectors.Accepted,
			"TH-LOTUS Lotus Pay TH, PH-LUZON PH-LUZON PH"},
		saidYes + `,"paymentOptions":[` + option("true", lotus, unnamed) + `,` + option("true", luzon) + `]}`: {
			connectors.Accepted, "TH-LOTUS Lotus Pay TH, PH-LUZON PH-LUZON PH",
		},
		saidYes + `,"paymentOptions":[` + option("false", lotus) + `,{"paymentMethodType":"CARD"}]}`: {
			connectors.Accepted, "",
		},
		saidYes + `}`: {connectors.Accepted, ""},
		`{"resultCode":"UNAVAILABLE_PAYMENT_METHOD","resultStatus":"F"}}`: {connectors.Declined, ""},
		`{"resultCode":"NO_INTERFACE_DEF","resultStatus":"F"}}`:           {connectors.Undecided, ""},
		`{"resultCode":"UNKNOWN_EXCEPTION","resultStatus":"U"}}`:          {connectors.Undecided, ""},
		saidYes + `,"paymentOptions":"none"}`:                             {connectors.Undecided, ""},
	} {
		to, heard := asked(t, wallet, `{"result":`+body)
		got, answer := newClient(t, time.Second).Member().Consult(t.Context(), to, connectors.ConsultRequest{
			Amount: money.New(0, "JPY"), Regions: []string{"TH", "PH"},
		})
		var wallets []string
		for _, w := range got {
			wallets = append(wallets, w.ID+" "+w.Name+" "+w.Country)
		}
		difference := cmp.Diff(want.wallets, strings.Join(wallets, ", "))
		if difference != "" || answer.Decision != want.decision {
			t.Errorf("%s: %+v, %s", body, answer, difference)
		}
		expect(t, *heard, map[string]any{"paymentAmount.currency": "JPY", "paymentAmount.value": "0", "paymentFactor": nil})
		if regions := fmt.Sprint((*heard)["allowedPspRegions"]); regions != "[TH PH]" {
			t.Errorf("asked for %s", regions)
		}
	}
}
