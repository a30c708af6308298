package limits_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/compliance/limits"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// tea is a payment of JPY 1,500, HKD 73.79 for the payer, worth EUR 8.20.
func tea(change ...func(p *limits.Payment)) limits.Payment {
	p := limits.Payment{
		ID: ids.New(), Region: "asia-1", At: noon, PayerCountry: "HK", MerchantCountry: "JP", Product: "PaymentCode",
		WalletID: "HK-WALLET", AcquirerID: "JP-ACQUIRER", PayerReference: "payer-1", MerchantReference: "shop-1",
		DeviceID: "phone-1", Amount: money.New(1500, "JPY"), PayerAmount: money.New(7379, "HKD"), Worth: money.New(820, "EUR"),
	}
	for _, c := range change {
		c(&p)
	}
	return p
}

func payer(reference string) func(p *limits.Payment) {
	return func(p *limits.Payment) { p.PayerReference = reference }
}

func at(t time.Time) func(p *limits.Payment) { return func(p *limits.Payment) { p.At = t } }

func worth(minor int64) func(p *limits.Payment) {
	return func(p *limits.Payment) { p.Worth.Minor = minor }
}

func TestCheck(t *testing.T) {
	good := limits.Rule{Name: "x", Scope: limits.Payer, Period: limits.Day, Zone: "Asia/Tokyo", Currency: "JPY", Amount: 1}
	if err := (limits.Rules{good}).Check(); err != nil {
		t.Fatal(err)
	}
	for want, spoil := range map[string]func(r *limits.Rule){
		"no name":          func(r *limits.Rule) { r.Name = "" },
		"scope":            func(r *limits.Rule) { r.Scope = "planet" },
		"period":           func(r *limits.Rule) { r.Period = "year" },
		"zone":             func(r *limits.Rule) { r.Zone = "Asia/Atlantis" },
		"within_minutes":   func(r *limits.Rule) { r.Period = limits.Rolling },
		"for a rolling":    func(r *limits.Rule) { r.WithinMinutes = 5 },
		"44640":            func(r *limits.Rule) { r.Period, r.WithinMinutes = limits.Rolling, 44641 },
		"unknown currency": func(r *limits.Rule) { r.Currency = "XQX" },
		"above zero":       func(r *limits.Rule) { r.Amount = 0 },
		"an amount or":     func(r *limits.Rule) { r.Amount = -1 },
		"single payment":   func(r *limits.Rule) { r.Period, r.Count = limits.Once, 3 },
	} {
		bad := good
		spoil(&bad)
		if err := (limits.Rules{bad}).Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if (limits.Rules{good, good}).Check() == nil || slices.Repeat(limits.Rules{good}, 201).Check() == nil {
		t.Error("a rule twice, or too many")
	}
}

// Which payments a rule is about, and what of them it counts.
func TestUses(t *testing.T) {
	rule := func(change func(r *limits.Rule)) limits.Rules {
		r := limits.Rule{Name: "x", Scope: limits.Payer, Period: limits.Day, Amount: 10_000}
		change(&r)
		return limits.Rules{r}
	}
	for name, c := range map[string]struct {
		rules  limits.Rules
		amount int64 // -1 for no use
	}{
		"worth":                 {rule(func(r *limits.Rule) {}), 820},
		"payer's currency":      {rule(func(r *limits.Rule) { r.Currency = "HKD" }), 7379},
		"merchant's currency":   {rule(func(r *limits.Rule) { r.Currency = "JPY" }), 1500},
		"another currency":      {rule(func(r *limits.Rule) { r.Currency = "THB" }), -1},
		"count only":            {rule(func(r *limits.Rule) { r.Amount, r.Count = 0, 3 }), 0},
		"corridor":              {rule(func(r *limits.Rule) { r.Scope, r.Payer, r.Merchant = limits.Corridor, "HK", "JP" }), 820},
		"another corridor":      {rule(func(r *limits.Rule) { r.Payer = "SG" }), -1},
		"another merchant land": {rule(func(r *limits.Rule) { r.Merchant = "SG" }), -1},
		"another product":       {rule(func(r *limits.Rule) { r.Product = "OrderCode" }), -1},
		"one payment":           {rule(func(r *limits.Rule) { r.Period = limits.Once }), -1},
	} {
		uses, err := c.rules.Uses(tea())
		switch {
		case err != nil, c.amount < 0 && len(uses) != 0, c.amount >= 0 && (len(uses) != 1 || uses[0].Amount != c.amount):
			t.Errorf("%s: %+v, %v", name, uses, err)
		}
	}
	for scope, unknown := range map[limits.Scope]func(p *limits.Payment){
		limits.Payer:    payer(""),
		limits.Merchant: func(p *limits.Payment) { p.MerchantReference = "" },
		limits.Device:   func(p *limits.Payment) { p.DeviceID = "" },
	} {
		rules := rule(func(r *limits.Rule) { r.Scope = scope })
		if uses, err := rules.Uses(tea(unknown)); err != nil || len(uses) != 0 {
			t.Errorf("%s is not known: %+v, %v", scope, uses, err)
		}
	}
}

// Two owners never share a counter, whatever they are called, and one owner has
// one for each rule.
func TestCounters(t *testing.T) {
	rules := limits.Rules{
		{Name: "a", Scope: limits.Payer, Period: limits.Day, Count: 1}, {Name: "b", Scope: limits.Payer, Period: limits.Day, Count: 1},
		{Name: "c", Scope: limits.Merchant, Period: limits.Day, Count: 1}, {Name: "d", Scope: limits.Device, Period: limits.Day, Count: 1},
		{Name: "e", Scope: limits.Wallet, Period: limits.Day, Count: 1}, {Name: "f", Scope: limits.Acquirer, Period: limits.Day, Count: 1},
		{Name: "g", Scope: limits.Corridor, Period: limits.Day, Count: 1},
	}
	seen := map[[32]byte]string{}
	for _, p := range []limits.Payment{
		tea(), tea(payer("payer-2")), tea(payer("1"), func(p *limits.Payment) { p.WalletID = "HK-WALLETpayer-" }),
		tea(payer("x\"\n\"y")), tea(payer("x")),
	} {
		uses, err := rules.Uses(p)
		if err != nil || len(uses) != len(rules) {
			t.Fatal(len(uses), err)
		}
		if !slices.IsSortedFunc(uses, func(a, b limits.Use) int { return slices.Compare(a.Counter[:], b.Counter[:]) }) {
			t.Error("the order in which counters are taken is not everybody's")
		}
		for _, use := range uses {
			if use.Rule.Scope != limits.Payer {
				continue
			}
			owner := use.Rule.Name + p.WalletID + "|" + p.PayerReference
			if other, taken := seen[use.Counter]; taken && other != owner {
				t.Errorf("%q and %q share a counter", owner, other)
			}
			seen[use.Counter] = owner
		}
	}
	if len(seen) != 10 {
		t.Errorf("%d counters", len(seen))
	}
}

func TestOnePayment(t *testing.T) {
	rules := limits.Rules{
		{Name: "one", Scope: limits.Corridor, Period: limits.Once, Currency: "JPY", Amount: 1500},
		{Name: "day", Scope: limits.Payer, Period: limits.Day, Amount: 900},
	}
	if _, err := rules.Uses(tea()); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	if _, err := rules.Uses(tea(func(p *limits.Payment) { p.Amount.Minor = 1501 })); reason.Of(err) != reason.AmountLimit {
		t.Errorf("above the limit of a payment: %v", err)
	}
	if _, err := rules.Uses(tea(worth(901))); reason.Of(err) != reason.PayerLimit {
		t.Errorf("above the limit of a day: %v", err)
	}
	many := make(limits.Rules, 21)
	for i := range many {
		many[i] = limits.Rule{Name: strings.Repeat("x", i+1), Scope: limits.Payer, Period: limits.Day, Count: 1}
	}
	if _, err := many.Uses(tea()); err == nil {
		t.Error("21 rules fit one payment")
	}
}

// A day is as long as the calendar says, also when the clock is changed.
func TestBuckets(t *testing.T) {
	day := func(zone string) limits.Rules {
		return limits.Rules{{Name: "x", Scope: limits.Payer, Period: limits.Day, Zone: zone, Count: 1}}
	}
	month := limits.Rules{{Name: "x", Scope: limits.Payer, Period: limits.Month, Zone: "Asia/Tokyo", Count: 1}}
	rolling := limits.Rules{{Name: "x", Scope: limits.Payer, Period: limits.Rolling, WithinMinutes: 60, Count: 1}}
	for name, c := range map[string]struct {
		rules             limits.Rules
		at, bucket, since string
	}{
		"utc":                 {day(""), "2026-11-25T23:59:59Z", "2026-11-25T00:00:00Z", "2026-11-24T23:59:59.999999Z"},
		"tokyo":               {day("Asia/Tokyo"), "2026-11-25T15:00:00Z", "2026-11-25T15:00:00Z", "2026-11-25T14:59:59.999999Z"},
		"tokyo, just before":  {day("Asia/Tokyo"), "2026-11-25T14:59:59Z", "2026-11-24T15:00:00Z", "2026-11-24T14:59:59.999999Z"},
		"spring in Berlin":    {day("Europe/Berlin"), "2026-03-29T21:30:00Z", "2026-03-28T23:00:00Z", "2026-03-28T22:59:59.999999Z"},
		"after it":            {day("Europe/Berlin"), "2026-03-29T22:00:00Z", "2026-03-29T22:00:00Z", "2026-03-29T21:59:59.999999Z"},
		"autumn in Berlin":    {day("Europe/Berlin"), "2026-10-25T22:59:59Z", "2026-10-24T22:00:00Z", "2026-10-24T21:59:59.999999Z"},
		"month":               {month, "2026-12-31T15:00:00Z", "2026-12-31T15:00:00Z", "2026-12-31T14:59:59.999999Z"},
		"month before":        {month, "2026-12-31T14:59:59Z", "2026-11-30T15:00:00Z", "2026-11-30T14:59:59.999999Z"},
		"rolling":             {rolling, "2026-11-25T12:04:59Z", "2026-11-25T12:00:00Z", "2026-11-25T10:55:00Z"},
		"rolling, next bucke": {rolling, "2026-11-25T12:05:00Z", "2026-11-25T12:05:00Z", "2026-11-25T11:00:00Z"},
	} {
		moment, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		uses, err := c.rules.Uses(tea(at(moment)))
		if err != nil || len(uses) != 1 {
			t.Fatal(uses, err)
		}
		bucket, since := uses[0].Bucket.Format(time.RFC3339), uses[0].Since.Format(time.RFC3339Nano)
		if bucket != c.bucket || since != c.since {
			t.Errorf("%s: counted at %s with what is after %s, want %s and %s", name, bucket, since, c.bucket, c.since)
		}
	}
}
