package rules_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/rules"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// drawRules draws rules over what a payment is worth, and what each is true from.
func drawRules(t *rapid.T) (list []rules.Rule, from []int64) {
	reasons := []string{"", "Regulation", "AmountLimit", "PayerLimit"}
	for i := range rapid.IntRange(0, 8).Draw(t, "rules") {
		from = append(from, rapid.Int64Range(0, 9).Draw(t, "from"))
		list = append(list, rules.Rule{
			Name: fmt.Sprint("rule ", i), When: fmt.Sprintf("worth >= %d", from[i]),
			Then:   rapid.SampledFrom([]rules.Outcome{rules.Hold, rules.Reject}).Draw(t, "then"),
			Reason: rapid.SampledFrom(reasons).Draw(t, "reason"),
		})
	}
	return list, from
}

// verdictOf is what a payment deserves, told by going through the rules once for each outcome.
func verdictOf(list []rules.Rule, from []int64, worth int64) rules.Verdict {
	want := rules.Verdict{Outcome: rules.Pass}
	for i, rule := range list {
		if worth >= from[i] {
			want.Hits = append(want.Hits, rules.Hit{Rule: rule.Name, Then: rule.Then})
		}
	}
	for _, outcome := range []rules.Outcome{rules.Hold, rules.Reject} {
		for i := len(list) - 1; i >= 0; i-- {
			if worth >= from[i] && list[i].Then == outcome {
				want.Outcome, want.Reason = outcome, reason.RiskRejected
				if named, ok := reason.Parse(list[i].Reason); ok {
					want.Reason = named
				}
			}
		}
	}
	return want
}

// TestVerdictsAndReports: a set says of each payment what its rules say one by one, and a
// comparison of two sets counts exactly that.
func TestVerdictsAndReports(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		oldList, oldFrom := drawRules(t)
		newList, newFrom := drawRules(t)
		var sets [2]*rules.Set
		for i, list := range [][]rules.Rule{oldList, newList} {
			s, err := rules.NewSet(list)
			if err != nil {
				t.Fatal(err)
			}
			sets[i] = s
		}
		want := rules.Report{Changes: map[rules.Change]int{}}
		for _, rule := range newList {
			want.Rules = append(want.Rules, rules.Effect{Rule: rule.Name, Then: rule.Then})
		}
		comparison := rules.Comparison{Old: sets[0], New: sets[1]}
		for n, worth := range rapid.SliceOfN(rapid.Int64Range(-1, 10), 0, 25).Draw(t, "payments") {
			facts := rules.Facts{Worth: money.New(worth, "EUR")}
			was, is := verdictOf(oldList, oldFrom, worth), verdictOf(newList, newFrom, worth)
			if diff := cmp.Diff(was, sets[0].Apply(t.Context(), facts)); diff != "" {
				t.Fatal(diff)
			}
			comparison.Add(t.Context(), rules.Case{ID: fmt.Sprint(n), Facts: facts})
			want.Payments++
			if was.Outcome != is.Outcome {
				want.Changes[rules.Change{From: was.Outcome, To: is.Outcome}]++
			}
			for i := range newList {
				if effect := &want.Rules[i]; worth >= newFrom[i] {
					if effect.Hits++; len(effect.Samples) < 10 {
						effect.Samples = append(effect.Samples, fmt.Sprint(n))
					}
				}
			}
		}
		if len(want.Changes) == 0 {
			want.Changes = nil
		}
		if diff := cmp.Diff(want, comparison.Report()); diff != "" {
			t.Fatal(diff)
		}
	})
}

// TestAtOnce: a set is used by many payments at once, each with a message of its own.
func TestAtOnce(t *testing.T) {
	s := set(t, rules.Rule{Name: "x", When: `iso.CdtTrfTxInf[0].Cdtr.Nm == "Shop " + string(worth)`, Then: rules.Hold})
	var all sync.WaitGroup
	for worker := range int64(8) {
		all.Go(func() {
			for n := range int64(50) {
				facts := tea()
				facts.Worth.Minor = worker*100 + n
				facts.Message = func() ([]byte, error) {
					return []byte(strings.Replace(message, "Tea &amp; Cake House", fmt.Sprint("Shop ", worker*100+n), 1)), nil
				}
				if verdict := s.Apply(t.Context(), facts); verdict.Outcome != rules.Hold || verdict.Hits[0].Failure != "" {
					t.Errorf("%+v", verdict)
				}
			}
		})
	}
	all.Wait()
}

// TestSetIsItsOwn: rules that change after they were checked change no set.
func TestSetIsItsOwn(t *testing.T) {
	list := []rules.Rule{{Name: "x", When: "worth > 0", Then: rules.Hold}}
	s := set(t, list...)
	list[0] = rules.Rule{Name: "y", When: "false", Then: rules.Reject}
	if verdict := s.Apply(t.Context(), tea()); verdict.Outcome != rules.Hold || verdict.Hits[0].Rule != "x" {
		t.Errorf("%+v", verdict)
	}
}

// TestRulesAtTheirEdges: the last that is let through of each limit, and the first that is not.
func TestRulesAtTheirEdges(t *testing.T) {
	sum := func(terms int) string { return strings.Repeat("1 + ", terms-1) + "1 > 0" }
	for name, c := range map[string]struct {
		when string
		good bool
	}{
		"as long as may be":   {"true" + strings.Repeat(" ", 4<<10-4), true},
		"longer":              {"true" + strings.Repeat(" ", 4<<10-3), false},
		"as deep as may be":   {strings.Repeat("!(", 20) + "true" + strings.Repeat(")", 20), true},
		"deeper":              {strings.Repeat("!(", 60) + "true" + strings.Repeat(")", 60), false},
		"a long sum":          {sum(40), true},
		"a longer sum":        {sum(300), false},
		"a moment that is":    {`at > timestamp("2026-01-01T00:00:00Z")`, true},
		"a moment that isn't": {`at > timestamp("2026-13-01T00:00:00Z")`, false},
		"a length that isn't": {`at + duration("a day") > at`, false},
		"nothing":             {"", false},
		"two expressions":     {"true; true", false},
		"an assignment":       {"worth = 3", false},
		"null":                {"null", false},
		"a list":              {"[true]", false},
	} {
		_, err := rules.NewSet([]rules.Rule{{Name: "x", When: c.when, Then: rules.Hold}})
		if (err == nil) != c.good || err != nil && !strings.HasPrefix(err.Error(), "rules: x: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	most := make([]rules.Rule, 200)
	for i := range most {
		most[i] = rules.Rule{Name: fmt.Sprint(i), When: "true", Then: rules.Hold}
	}
	if verdict := set(t, most...).Apply(t.Context(), tea()); len(verdict.Hits) != 200 {
		t.Errorf("%d of 200 rules", len(verdict.Hits))
	}
}

// FuzzRules: whatever is taken for a rule can be applied to any payment, and what it lets
// pass it has decided.
func FuzzRules(f *testing.F) {
	for _, when := range []string{
		"worth > 1", `iso.GrpHdr.MsgId == "M1"`, `has(iso.X) || !has(iso.Y)`, `at.getHours("Asia/Tokyo") > 3`, `iso`, `iso.X.Y[0]`,
		`[1, 2].exists(x, x == worth)`, `product.matches("^P")`, `{"a": worth}["a"] > 1`, `worth / amount > 1`, `mcc == ""`, `type(iso) == map`,
	} {
		f.Add(when, int64(1))
	}
	f.Fuzz(func(t *testing.T, when string, worth int64) {
		s, err := rules.NewSet([]rules.Rule{{Name: "x", When: when, Then: rules.Reject}})
		if err != nil {
			if !strings.HasPrefix(err.Error(), "rules: ") {
				t.Errorf("%q: %v", when, err)
			}
			return
		}
		for _, facts := range []rules.Facts{{Worth: money.New(worth, "EUR")}, tea()} {
			verdict := s.Apply(t.Context(), facts)
			if (verdict.Outcome == rules.Pass) != (len(verdict.Hits) == 0) || verdict.Outcome != rules.Pass && verdict.Outcome != rules.Reject {
				t.Errorf("%q: %+v", when, verdict)
			}
		}
	})
}
