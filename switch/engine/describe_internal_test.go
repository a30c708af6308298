package engine

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/report"
)

// Whatever texts and rates the details of a payment have, what a report picks out of them
// is what decoding them as a whole gives.
func TestDescribe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var detail Detail
		transfer := &detail.Transfer
		transfer.Creditor.OtherID = rapid.String().Draw(t, "merchant")
		transfer.Creditor.Name = rapid.String().Draw(t, "name")
		transfer.MerchantCategory = rapid.StringMatching(`[0-9]{4}|`).Draw(t, "category")
		detail.PayerName = rapid.SampledFrom([]string{`","Merchant":{"QuoteID":"`, `Payer`, `\`, ``}).Draw(t, "payer")
		for name, leg := range map[string]*Priced{"Payer": &detail.Payer, "Merchant": &detail.Merchant} {
			if rapid.Bool().Draw(t, name) {
				leg.QuoteID = ids.New()
				leg.Price.Rate = money.Rate{
					Base: "HKD", Quote: "JPY", Mantissa: rapid.Int64Min(1).Draw(t, "mantissa"),
					Scale: rapid.Uint8Range(0, 18).Draw(t, "scale"),
				}
			}
			leg.Price.Sponsor = rapid.String().Draw(t, "sponsor")
		}
		encoded, err := json.Marshal(detail)
		if err != nil {
			t.Fatal(err)
		}
		var whole Detail
		if err := json.Unmarshal(encoded, &whole); err != nil {
			t.Fatal(err)
		}
		for name, leg := range map[string]Priced{"Payer": whole.Payer, "Merchant": whole.Merchant} {
			want := report.Item{
				MerchantID: whole.Transfer.Creditor.OtherID, MerchantCategory: whole.Transfer.MerchantCategory,
				QuoteID: leg.QuoteID, Rate: leg.Price.Rate,
			}
			var got report.Item
			if err := describe(&got, encoded, name); err != nil || got != want {
				t.Errorf("%s: %+v, want %+v, %v", name, got, want, err)
			}
		}
	})
}

// TestDescribeDamaged: details that say nothing of a leg make no item.
func TestDescribeDamaged(t *testing.T) {
	quote := `"QuoteID":"8be4592c-660d-4d9f-a2a0-fa0957a9e8df"`
	for name, detail := range map[string]string{
		"empty": ``, "no object": `[]`, "no leg": `{"Merchant":{}}`, "leg without quote": `{"Payer":{"Price":{}}}`,
		"quote is no id": `{"Payer":{"QuoteID":"7"}}`, "quote without rate": `{"Payer":{` + quote + `}}`,
		"rate is none": `{"Payer":{"Price":{"Rate":"1.5"},` + quote + `}}`,
	} {
		var item report.Item
		if err := describe(&item, []byte(detail), "Payer"); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
