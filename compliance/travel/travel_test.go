package travel_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/travel"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// full is a payment of which everything is known.
func full() travel.Payment {
	return travel.Payment{
		PayerCountry: "HK", MerchantCountry: "JP", Product: "PaymentCode", Worth: money.New(950_00, "EUR"),
		Debtor: travel.Party{
			Name: "Example Mei", Account: "W-1", Town: "Hong Kong", Country: "HK",
			BirthDate: "1990-01-02", BirthTown: "Hong Kong", BirthCountry: "HK", Identifier: "C-1",
		},
		Creditor: travel.Party{Name: "Tea House", Account: "M-1", Town: "Tokyo", Country: "JP", Identifier: "L-1"},
	}
}

// forget is how each item can be unknown.
var forget = map[travel.Item]func(p *travel.Payment){
	travel.DebtorName:         func(p *travel.Payment) { p.Debtor.Name = "" },
	travel.DebtorAccount:      func(p *travel.Payment) { p.Debtor.Account = "" },
	travel.DebtorAddress:      func(p *travel.Payment) { p.Debtor.Town = "" },
	travel.DebtorCountry:      func(p *travel.Payment) { p.Debtor.Country = "" },
	travel.DebtorBirth:        func(p *travel.Payment) { p.Debtor.BirthTown = "" },
	travel.DebtorIdentifier:   func(p *travel.Payment) { p.Debtor.Identifier = "" },
	travel.CreditorName:       func(p *travel.Payment) { p.Creditor.Name = "" },
	travel.CreditorAccount:    func(p *travel.Payment) { p.Creditor.Account = "" },
	travel.CreditorAddress:    func(p *travel.Payment) { p.Creditor.Town = "" },
	travel.CreditorCountry:    func(p *travel.Payment) { p.Creditor.Country = "" },
	travel.CreditorIdentifier: func(p *travel.Payment) { p.Creditor.Identifier = "" },
}

// wanted is the ISO 20022 reason of each item, as the external code set defines
// RR01, RR02 and RR03.
var wanted = map[travel.Item]string{
	travel.DebtorName: "RR02", travel.DebtorAccount: "RR01", travel.DebtorAddress: "RR02", travel.DebtorCountry: "RR02",
	travel.DebtorBirth: "RR02", travel.DebtorIdentifier: "RR01", travel.CreditorName: "RR03", travel.CreditorAccount: "RR03",
	travel.CreditorAddress: "RR03", travel.CreditorCountry: "RR03", travel.CreditorIdentifier: "RR03",
}

func TestEachItem(t *testing.T) {
	if len(forget) != len(wanted) {
		t.Fatal("the tables differ")
	}
	for item, drop := range forget {
		rules := travel.Rules{{Name: "one", Need: [][]travel.Item{{item}}}}
		if err := rules.Check(); err != nil {
			t.Errorf("%s: %v", item, err)
		}
		if f := rules.Apply(full()); f.Reason() != reason.None || f.Rule != "one" {
			t.Errorf("%s is there: %+v", item, f)
		}
		p := full()
		drop(&p)
		if f := rules.Apply(p); f.Reason().Codes().ISO != wanted[item] {
			t.Errorf("%s is missing: %+v, %s", item, f, f.Reason().Codes().ISO)
		}
	}
}

// What is filled in so that something is there is missing; what looks strange and names
// somebody is not.
func TestFilledWithNothing(t *testing.T) {
	rules := travel.Rules{{Name: "one", Need: [][]travel.Item{{travel.DebtorName}}}}
	for name, missing := range map[string]bool{
		" ": true, ".": true, "-": true, "***": true, "\u200b": true, "NOTPROVIDED": true, " not provided ": true, "n/a": true,
		"Unknown": true, "null": true,
		"Na": false, "1010": false, "王": false, "Ⅶ": false, "Unknown Brewery": false, "O": false, "N/A Trading": false,
	} {
		p := full()
		p.Debtor.Name = name
		if f := rules.Apply(p); (f.Reason() != reason.None) != missing {
			t.Errorf("%q: %+v", name, f)
		}
	}
}

// The rules of a country that keeps to the revised recommendation, which knows
// two sets of data, and of payments of merchants, which need less.
var corridor = travel.Rules{
	{Name: "merchant", Product: "PaymentCode", Merchant: "JP", Need: [][]travel.Item{{travel.CreditorName}}},
	{Name: "person above 1,000", Above: 1_000_00, Need: [][]travel.Item{
		{travel.DebtorName}, {travel.DebtorAccount}, {travel.DebtorAddress}, {travel.DebtorBirth, travel.DebtorIdentifier},
		{travel.CreditorName}, {travel.CreditorAccount}, {travel.CreditorAddress},
	}},
	{Name: "person", Payer: "HK", Need: [][]travel.Item{
		{travel.DebtorName}, {travel.DebtorAccount}, {travel.CreditorName}, {travel.CreditorAccount},
	}},
}

func TestCorridor(t *testing.T) {
	person := func(worth int64, change func(p *travel.Payment)) travel.Payment {
		p := full()
		p.Product, p.Worth = "Transfer", money.New(worth, "EUR")
		change(&p)
		return p
	}
	noBirth := func(p *travel.Payment) { p.Debtor.BirthDate = "" }
	for name, c := range map[string]struct {
		payment travel.Payment
		rule    string
		reason  reason.Kind
		missing int
	}{
		"merchant":               {full(), "merchant", reason.None, 0},
		"at the threshold":       {person(1_000_00, noBirth), "person", reason.None, 0},
		"above, by identifier":   {person(1_000_01, noBirth), "person above 1,000", reason.None, 0},
		"above, without either":  {person(1_000_01, func(p *travel.Payment) { noBirth(p); p.Debtor.Identifier = "" }), "person above 1,000", reason.DebtorMissing, 1},
		"above, without address": {person(5_000_00, func(p *travel.Payment) { p.Creditor.Country = "" }), "person above 1,000", reason.CreditorMissing, 1},
		"nobody is known": {person(5_000_00, func(p *travel.Payment) { p.Debtor, p.Creditor = travel.Party{}, travel.Party{} }),
			"person above 1,000", reason.DebtorMissing, 7},
		"an account is missing": {person(1, func(p *travel.Payment) { p.Debtor.Account = "" }), "person", reason.DebtorAccountMissing, 1},
		"no rule":               {person(1, func(p *travel.Payment) { p.PayerCountry = "SG" }), "", reason.None, 0},
	} {
		f := corridor.Apply(c.payment)
		if f.Rule != c.rule || f.Reason() != c.reason || len(f.Missing) != c.missing {
			t.Errorf("%s: %+v (%s), want %s (%s)", name, f, f.Reason(), c.rule, c.reason)
		}
	}
}

func TestStandard(t *testing.T) {
	if err := travel.Standard().Check(); err != nil {
		t.Fatal(err)
	}
	if f := travel.Standard().Apply(full()); f.Reason() != reason.None {
		t.Errorf("%+v", f)
	}
	if f := travel.Standard().Apply(travel.Payment{Worth: money.New(1, "EUR")}); len(f.Missing) != 3 {
		t.Errorf("%+v", f)
	}
}

func TestCheck(t *testing.T) {
	need := [][]travel.Item{{travel.DebtorName}}
	for name, rules := range map[string]travel.Rules{
		"no name":       {{Need: need}},
		"a negative":    {{Name: "x", Above: -1, Need: need}},
		"an empty":      {{Name: "x", Need: [][]travel.Item{{}}}},
		"an unknown":    {{Name: "x", Need: [][]travel.Item{{"debtor.shoe"}}}},
		"too many rule": slices.Repeat(travel.Rules{{Name: "x", Need: need}}, 501),
		"too many need": {{Name: "x", Need: slices.Repeat(need, 21)}},
	} {
		if err := rules.Check(); err == nil || !strings.HasPrefix(err.Error(), "travel: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// More knowledge never makes a payment worse, and what is missing is only what
// the rule asks for.
func TestMoreKnowledgeNeverHurts(t *testing.T) {
	items := make([]travel.Item, 0, len(forget))
	for item := range forget {
		items = append(items, item)
	}
	slices.Sort(items)
	rapid.Check(t, func(t *rapid.T) {
		group := rapid.SliceOfN(rapid.SampledFrom(items), 1, 4)
		rules := travel.Rules{{Name: "r", Need: rapid.SliceOfN(group, 0, 5).Draw(t, "need")}}
		dropped := rapid.SliceOfDistinct(rapid.SampledFrom(items), rapid.ID).Draw(t, "dropped")
		p := full()
		before := 0
		for i := range dropped {
			forget[dropped[i]](&p)
			f := rules.Apply(p)
			if len(f.Missing) < before {
				t.Fatalf("without %v less is missing: %+v", dropped[:i+1], f)
			}
			before = len(f.Missing)
			for _, missing := range f.Missing {
				if !slices.ContainsFunc(rules[0].Need, func(g []travel.Item) bool { return slices.Equal(g, missing) }) {
					t.Fatalf("nobody asked for %v", missing)
				}
			}
		}
	})
}
