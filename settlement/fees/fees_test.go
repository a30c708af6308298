package fees_test

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/fees"
	"github.com/causeway-pay/causeway/settlement/window"
)

var (
	spring = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	summer = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
)

func line(kind fees.Kind, participant string, points, fixed int64) fees.Line {
	return fees.Line{
		Kind: kind, ParticipantID: participant, Currency: "HKD", EffectiveAt: spring, Points: points, Fixed: fixed,
	}
}

func volume(participant, corridor string, payments, paid, returned int64) fees.Volume {
	return fees.Volume{
		ParticipantID: participant, Corridor: corridor, Product: "PaymentCode", Currency: "HKD", Payments: payments,
		Paid: paid, Returned: returned,
	}
}

// figure is a charge in a form that a reader checks at a glance.
type figure struct {
	Kind        fees.Kind
	Participant string
	Minor       int64
}

func charged(t *testing.T, lines []fees.Line, volumes []fees.Volume, closed time.Time) []figure {
	t.Helper()
	charges, err := fees.Charges(lines, volumes, closed)
	if err != nil {
		t.Fatal(err)
	}
	var list []figure
	for _, c := range charges {
		list = append(list, figure{c.Line.Kind, c.ParticipantID, c.Amount.Minor})
	}
	return list
}

func TestCharges(t *testing.T) {
	later := line(fees.Scheme, "A", 20, 0)
	later.EffectiveAt = summer
	corridor := line(fees.Scheme, "", 50, 0)
	corridor.Corridor = "HK-JP"
	product := line(fees.Scheme, "", 70, 0)
	product.Product = "OrderCode"
	bounded := line(fees.Scheme, "A", 10, 0)
	bounded.Least, bounded.Most = 300, 900
	paid := line(fees.Interchange, "A", 30, 0)
	paid.Paid = true
	cases := map[string]struct {
		lines   []fees.Line
		volumes []fees.Volume
		closed  time.Time
		want    []figure
	}{
		"points and fixed": {
			[]fees.Line{line(fees.Scheme, "A", 10, 5)}, []fees.Volume{volume("A", "HK-JP", 3, 100_000, 0)}, summer,
			[]figure{{fees.Scheme, "A", 115}},
		},
		"half to even": {
			[]fees.Line{line(fees.Scheme, "", 1, 0)},
			[]fees.Volume{volume("A", "HK-JP", 1, 25_000, 0), volume("B", "HK-JP", 1, 35_000, 0)}, summer,
			[]figure{{fees.Scheme, "A", 2}, {fees.Scheme, "B", 4}},
		},
		"one rounding for all volumes of a line": {
			[]fees.Line{line(fees.Scheme, "", 1, 0)},
			[]fees.Volume{volume("A", "HK-JP", 1, 4_000, 0), volume("A", "HK-SG", 1, 4_000, 0)}, summer,
			[]figure{{fees.Scheme, "A", 1}},
		},
		"not yet effective": {
			[]fees.Line{later}, []fees.Volume{volume("A", "HK-JP", 1, 1_000, 0)}, summer.Add(-time.Microsecond), nil,
		},
		"the newest version": {
			[]fees.Line{line(fees.Scheme, "A", 10, 0), later}, []fees.Volume{volume("A", "HK-JP", 1, 10_000, 0)}, summer,
			[]figure{{fees.Scheme, "A", 20}},
		},
		"the older version before": {
			[]fees.Line{line(fees.Scheme, "A", 10, 0), later}, []fees.Volume{volume("A", "HK-JP", 1, 10_000, 0)}, spring,
			[]figure{{fees.Scheme, "A", 10}},
		},
		"the narrowest": {
			[]fees.Line{line(fees.Scheme, "", 10, 0), corridor, product, line(fees.Scheme, "A", 5, 0)},
			[]fees.Volume{volume("A", "HK-JP", 1, 10_000, 0), volume("B", "HK-JP", 1, 10_000, 0), volume("C", "HK-SG", 1, 10_000, 0)},
			summer, []figure{{fees.Scheme, "A", 5}, {fees.Scheme, "B", 50}, {fees.Scheme, "C", 10}},
		},
		"at least": {
			[]fees.Line{bounded}, []fees.Volume{volume("A", "HK-JP", 1, 10_000, 0)}, summer, []figure{{fees.Scheme, "A", 300}},
		},
		"at most": {
			[]fees.Line{bounded}, []fees.Volume{volume("A", "HK-JP", 1, 10_000_000, 0)}, summer, []figure{{fees.Scheme, "A", 900}},
		},
		"returns are taken off": {
			[]fees.Line{line(fees.Scheme, "A", 100, 0)}, []fees.Volume{volume("A", "HK-JP", 1, 10_000, 4_000)}, summer,
			[]figure{{fees.Scheme, "A", 60}},
		},
		"given back": {
			[]fees.Line{bounded}, []fees.Volume{volume("A", "HK-JP", 0, 0, 10_000)}, summer, []figure{{fees.Scheme, "A", -10}},
		},
		"given back less than a unit": {
			[]fees.Line{bounded}, []fees.Volume{volume("A", "HK-JP", 0, 0, 100)}, summer, nil,
		},
		"paid": {
			[]fees.Line{paid}, []fees.Volume{volume("A", "HK-JP", 1, 10_000, 0)}, summer, []figure{{fees.Interchange, "A", -30}},
		},
		"tax on what is charged, not on what is paid": {
			[]fees.Line{paid, line(fees.Scheme, "A", 200, 0), line(fees.Tax, "", 1_000, 0)},
			[]fees.Volume{volume("A", "HK-JP", 1, 10_000, 0)}, summer,
			[]figure{{fees.Interchange, "A", -30}, {fees.Scheme, "A", 200}, {fees.Tax, "A", 20}},
		},
		"nothing for others": {
			[]fees.Line{line(fees.Scheme, "A", 10, 0)}, []fees.Volume{volume("B", "HK-JP", 1, 10_000, 0)}, summer, nil,
		},
	}
	for name, tt := range cases {
		if diff := cmp.Diff(tt.want, charged(t, tt.lines, tt.volumes, tt.closed)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestBadLines(t *testing.T) {
	for name, spoil := range map[string]func(l *fees.Line){
		"kind": func(l *fees.Line) { l.Kind = "TIP" }, "currency": func(l *fees.Line) { l.Currency = "XYZ" },
		"points": func(l *fees.Line) { l.Points = 10_001 }, "negative points": func(l *fees.Line) { l.Points = -1 },
		"fixed": func(l *fees.Line) { l.Fixed = -1 }, "bounds": func(l *fees.Line) { l.Least, l.Most = 2, 1 },
		"too much for each": func(l *fees.Line) { l.Fixed = 1_000_000_001 },
		"too much at least": func(l *fees.Line) { l.Least, l.Most = 1e15, 1e15 },
		"too much at most":  func(l *fees.Line) { l.Most = 1e15 },
		"no date":           func(l *fees.Line) { l.EffectiveAt = time.Time{} },
		"tax":               func(l *fees.Line) { l.Kind, l.Fixed = fees.Tax, 1 },
	} {
		l := line(fees.Scheme, "A", 10, 5)
		if err := l.Check(); err != nil {
			t.Fatal(err)
		}
		if spoil(&l); !errors.Is(l.Check(), fees.ErrLine) {
			t.Errorf("%s: %+v is taken", name, l)
		}
	}
}

// TestChargesHold: whatever is moved, each participant is charged at most once by
// kind and line, within its bounds, by less than one unit from the exact figure,
// and in the same order however the volumes come; its entries move exactly that.
func TestChargesHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := line(fees.Scheme, "", rapid.Int64Range(0, 10_000).Draw(t, "points"), rapid.Int64Range(0, 1_000).Draw(t, "fixed"))
		l.Least = rapid.Int64Range(0, 100).Draw(t, "least")
		if rapid.Bool().Draw(t, "bounded") {
			l.Most = l.Least + rapid.Int64Range(1, 1_000_000).Draw(t, "most")
		}
		var volumes []fees.Volume
		exact, moved := map[string]int64{}, map[string]int64{} // ten thousandths, units
		for range rapid.IntRange(0, 8).Draw(t, "volumes") {
			v := volume(
				rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "who"), rapid.SampledFrom([]string{"HK-JP", "HK-SG"}).Draw(t, "corridor"),
				rapid.Int64Range(0, 1_000).Draw(t, "payments"), rapid.Int64Range(0, 1e12).Draw(t, "paid"),
				rapid.Int64Range(0, 1e12).Draw(t, "returned"),
			)
			volumes = append(volumes, v)
			exact[v.ParticipantID] += (v.Paid-v.Returned)*l.Points + 10_000*l.Fixed*v.Payments
			moved[v.ParticipantID] += v.Paid - v.Returned
		}
		charges, err := fees.Charges([]fees.Line{l}, volumes, summer)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, c := range charges {
			bounds := l
			if moved[c.ParticipantID] < 0 {
				bounds.Least, bounds.Most = 0, 0
			}
			checkCharge(t, bounds, c, exact[c.ParticipantID], seen)
		}
		rand.Shuffle(len(volumes), func(i, j int) { volumes[i], volumes[j] = volumes[j], volumes[i] })
		again, err := fees.Charges([]fees.Line{l}, volumes, summer)
		if diff := cmp.Diff(charges, again); err != nil || diff != "" {
			t.Fatal(err, diff)
		}
		w := window.Window{ID: ids.New(), Region: "asia-1", Number: 1}
		for i, entry := range fees.Entries(w, charges, summer) {
			debited := entry.Amount.Minor
			if entry.Credit.Owner == charges[i].ParticipantID {
				debited = -debited
			}
			if debited != charges[i].Amount.Minor || entry.Amount.Minor <= 0 || entry.WindowID != w.ID {
				t.Fatalf("%+v of %+v", entry, charges[i])
			}
		}
	})
}

func checkCharge(t *rapid.T, l fees.Line, c fees.Charge, exact int64, seen map[string]bool) {
	if seen[c.ParticipantID] || c.Amount.Currency != money.Currency("HKD") {
		t.Fatalf("%s is charged twice", c.ParticipantID)
	}
	seen[c.ParticipantID] = true
	got := c.Amount.Minor
	switch {
	case got == l.Least && exact <= 10_000*l.Least, l.Most > 0 && got == l.Most && exact >= 10_000*l.Most:
		return
	case got < l.Least && l.Least > 0, l.Most > 0 && got > l.Most:
		t.Fatalf("%d is out of bounds %d and %d", got, l.Least, l.Most)
	}
	if off := 10_000*got - exact; off > 5_000 || off < -5_000 {
		t.Fatalf("charged %d, exactly %d ten thousandths", got, exact)
	}
}
