package compliance_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/compliance/limits"
	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/compliance/match"
	"github.com/causeway-pay/causeway/compliance/policy"
	"github.com/causeway-pay/causeway/compliance/rules"
	"github.com/causeway-pay/causeway/compliance/travel"
	"github.com/causeway-pay/causeway/compliance/watchlist"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func own(t testing.TB, names string) *watchlist.Watchlist {
	t.Helper()
	list, err := lists.Read("OWN", lists.FormatSimple, strings.NewReader("id,name\n"+names))
	if err != nil {
		t.Fatal(err)
	}
	w, err := watchlist.New([]lists.List{list})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// tea is a payment of which all is known that the standard policy wants.
func tea(payer, merchant string) compliance.Payment {
	p := compliance.Payment{
		Payment: limits.Payment{
			ID: ids.New(), Region: "asia-1", At: now, PayerCountry: "HK", MerchantCountry: "JP", Product: "PaymentCode",
			WalletID: "HK-WALLET", AcquirerID: "JP-ACQUIRER", PayerReference: "payer-1",
			Amount: money.New(1500, "JPY"), PayerAmount: money.New(7379, "HKD"), Worth: money.New(820, "EUR"),
		},
		Parties: []watchlist.Party{{Role: "debtor", Name: payer}, {Role: "creditor", Name: merchant}},
	}
	p.Debtor.Account, p.Creditor.Name, p.Creditor.Country = "payer-1", "Tea House", "JP"
	return p
}

func newOfficer(t testing.TB, list *watchlist.Watchlist, listAge time.Duration) *compliance.Officer {
	t.Helper()
	o, err := compliance.NewOfficer(&clock.Fixed{At: now}, listAge)
	if err != nil {
		t.Fatal(err)
	}
	if list != nil {
		o.Watch(list, now.Add(-time.Hour))
	}
	return o
}

// follow puts a changed standard policy in force.
func follow(t testing.TB, version int64, change func(d *policy.Document)) *policy.Policy {
	t.Helper()
	d := policy.Standard()
	change(&d)
	p, err := policy.New(version, d)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func decide(t testing.TB, o *compliance.Officer, p compliance.Payment) compliance.Decision {
	t.Helper()
	d, err := o.Decide(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestScreening(t *testing.T) {
	o := newOfficer(t, own(t, "7,Viktor Blocksworth\n"), 0)
	for _, c := range []struct {
		payer, merchant string
		want            compliance.Outcome
		role            string
	}{
		{"Mei Lantern", "Ginza Tea House", compliance.Pass, ""},
		{"Viktor Blocksworth", "Ginza Tea House", compliance.Reject, "debtor"},
		{"BLOCKSWORTH Victor", "Ginza Tea House", compliance.Reject, "debtor"},
		{"Mei Lantern", "Viktor Blocksworth", compliance.Reject, "creditor"},
		{"", "", compliance.Pass, ""},
	} {
		asked := tea(c.payer, c.merchant)
		d := decide(t, o, asked)
		if d.Outcome != c.want || d.PaymentID != asked.ID || d.DecidedAt != now || d.ListVersion == "" {
			t.Errorf("%+v: %+v", c, d)
		}
		hits := d.Findings.Hits
		if (c.role != "") != (len(hits) == 1) || c.role != "" && (hits[0].Role != c.role || hits[0].Entry != "7" || d.Reason != reason.Regulation) {
			t.Errorf("%+v: hits %+v, %s", c, hits, d.Reason)
		}
	}
}

// The strictest finding decides, and what is told to the partner is neutral.
func TestPolicy(t *testing.T) {
	o := newOfficer(t, own(t, "7,Viktor Blocksworth\n"), 0)
	o.Follow(follow(t, 5, func(d *policy.Document) {
		d.Hold = []policy.Scope{{Product: "AutoDebit"}}
		d.Rules = []rules.Rule{
			{Name: "large", When: "worth >= 1000", Then: rules.Hold}, {Name: "larger", When: "worth >= 2000", Then: rules.Reject},
		}
		d.Limits = limits.Rules{
			{Name: "once", Scope: limits.Corridor, Period: limits.Once, Amount: 3000}, {Name: "day", Scope: limits.Payer, Period: limits.Day, Count: 3},
		}
		d.Travel = travel.Rules{{Name: "above", Above: 500, Need: [][]travel.Item{{travel.DebtorAccount}, {travel.CreditorName}}}}
	}), nil)
	for name, c := range map[string]struct {
		change  func(p *compliance.Payment)
		outcome compliance.Outcome
		reason  reason.Kind
	}{
		"all is well": {func(*compliance.Payment) {}, compliance.Pass, reason.None},
		"a hit":       {func(p *compliance.Payment) { p.Parties[0].Name = "Viktor Blocksworth" }, compliance.Reject, reason.Regulation},
		"a hit that can be looked at": {func(p *compliance.Payment) { p.Product, p.Parties[0].Name = "AutoDebit", "Viktor Blocksworth" },
			compliance.Hold, reason.InProcess},
		"a rule holds":          {func(p *compliance.Payment) { p.Worth.Minor = 1000 }, compliance.Hold, reason.RiskRejected},
		"a rule refuses":        {func(p *compliance.Payment) { p.Worth.Minor = 2000 }, compliance.Reject, reason.RiskRejected},
		"above a limit":         {func(p *compliance.Payment) { p.Worth.Minor = 3001 }, compliance.Reject, reason.RiskRejected},
		"nobody is paid":        {func(p *compliance.Payment) { p.Creditor.Name = "" }, compliance.Reject, reason.CreditorMissing},
		"little is worth":       {func(p *compliance.Payment) { p.Creditor.Name, p.Worth.Minor = "", 500 }, compliance.Pass, reason.None},
		"a hit and no creditor": {func(p *compliance.Payment) { p.Creditor.Name, p.Parties[0].Name = "", "Viktor Blocksworth" }, compliance.Reject, reason.Regulation},
	} {
		p := tea("Mei Lantern", "Tea House")
		c.change(&p)
		d := decide(t, o, p)
		if d.Outcome != c.outcome || d.Reason != c.reason || d.PolicyVersion != 5 {
			t.Errorf("%s: %s, %s: %+v", name, d.Outcome, d.Reason, d.Findings)
		}
		if d.Outcome == compliance.Pass && len(d.Uses) != 1 {
			t.Errorf("%s: it counts against %d limits", name, len(d.Uses))
		}
	}
}

// A policy that runs beside decides nothing and says what it would have.
func TestShadow(t *testing.T) {
	o := newOfficer(t, own(t, "7,Viktor Blocksworth\n"), 0)
	shadow := follow(t, 2, func(d *policy.Document) { d.Rules = []rules.Rule{{Name: "all", When: "true", Then: rules.Reject}} })
	o.Follow(follow(t, 1, func(*policy.Document) {}), shadow)
	d := decide(t, o, tea("Mei Lantern", ""))
	if d.Outcome != compliance.Pass || d.ShadowVersion != 2 || d.ShadowOutcome != compliance.Reject || d.Findings.Rules != nil {
		t.Errorf("%+v", d)
	}
	if live, beside := o.Policy(); live.Version != 1 || beside.Version != 2 {
		t.Errorf("%d and %d", live.Version, beside.Version)
	}
}

// Who cannot compare must not say yes.
func TestNoListsPassNobody(t *testing.T) {
	none, old := newOfficer(t, nil, 0), newOfficer(t, own(t, "7,Viktor Blocksworth\n"), 59*time.Minute)
	for want, o := range map[error]*compliance.Officer{compliance.ErrNoLists: none, compliance.ErrStale: old} {
		if d, err := o.Decide(t.Context(), tea("Mei Lantern", "")); !errors.Is(err, want) || d.Outcome != "" {
			t.Errorf("got %+v, %v", d, err)
		}
		if err := o.Ready(); !errors.Is(err, want) {
			t.Errorf("ready: %v", err)
		}
		o.Follow(follow(t, 1, func(d *policy.Document) { d.Hold = []policy.Scope{{Product: "PaymentCode"}} }), nil)
		if d := decide(t, o, tea("Mei Lantern", "")); d.Outcome != compliance.Hold {
			t.Errorf("where it can be held: %+v", d)
		}
	}
	old.Watch(own(t, "7,Viktor Blocksworth\n"), now)
	if err := old.Ready(); err != nil {
		t.Errorf("confirmed: %v", err)
	}
	list, confirmed := old.Watchlist()
	if version, names := old.Version(); names != 1 || version != list.Version() || !confirmed.Equal(now) {
		t.Error("the lists that were loaded")
	}
	if version, names := none.Version(); version != "" || names != 0 {
		t.Errorf("version %q with %d names", version, names)
	}
}

func TestCleared(t *testing.T) {
	o := newOfficer(t, own(t, "7,Viktor Blocksworth\n"), 0)
	hit := decide(t, o, tea("Viktor Blocksworth", "")).Findings.Hits[0]
	o.Clear(match.GoodGuys{{Party: match.PartyKey("Viktor Blocksworth", match.Facts{}), List: "OWN", Entry: "7", Version: hit.EntryVersion}: true})
	if d := decide(t, o, tea("Viktor Blocksworth", "")); d.Outcome != compliance.Pass {
		t.Errorf("%+v", d)
	}
}

// While lists and policies are swapped, every decision is that of the versions it
// names.
func TestSwapUnderLoad(t *testing.T) {
	sets := []*watchlist.Watchlist{own(t, "7,Viktor Blocksworth\n"), own(t, "8,Somebody Otherwise\n")}
	policies := []*policy.Policy{
		follow(t, 1, func(*policy.Document) {}),
		follow(t, 2, func(d *policy.Document) { d.Rules = []rules.Rule{{Name: "all", When: "true", Then: rules.Reject}} }),
	}
	o := newOfficer(t, sets[0], 0)
	stop := make(chan struct{})
	var swapping, deciding sync.WaitGroup
	swapping.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				o.Watch(sets[i%2], now)
				o.Follow(policies[i/2%2], nil)
			}
		}
	})
	for range 2 {
		deciding.Go(func() {
			for range 3_000 {
				d, err := o.Decide(context.Background(), tea("Viktor Blocksworth", ""))
				rejected := d.ListVersion == sets[0].Version() || d.PolicyVersion == 2
				if err != nil || (d.Outcome == compliance.Reject) != rejected || (len(d.Findings.Hits) > 0) != (d.ListVersion == sets[0].Version()) {
					t.Errorf("%s by %s and %d: %v", d.Outcome, d.ListVersion, d.PolicyVersion, err)
					return
				}
			}
		})
	}
	deciding.Wait()
	close(stop)
	swapping.Wait()
}

func TestDecisionsAreRecorded(t *testing.T) {
	migrations, err := compliance.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		o := newOfficer(t, own(t, "7,Viktor Blocksworth\n"), 0)
		o.Follow(follow(t, 1, func(d *policy.Document) {
			d.Rules = []rules.Rule{{Name: "large", When: "worth > 800", Then: rules.Hold}}
		}),
			follow(t, 2, func(*policy.Document) {}))
		paymentID := ids.New()
		var want []compliance.Decision
		for i, name := range []string{"Mei Lantern", "Viktor Blocksworth"} {
			asked := tea(name, "")
			asked.ID = paymentID
			d := decide(t, o, asked)
			d.DecidedAt = now.Add(time.Duration(i) * time.Second)
			if held := d.Outcome == compliance.Hold; held != d.ReviewBy.Equal(now.Add(time.Hour)) {
				t.Errorf("%s until %s", d.Outcome, d.ReviewBy)
			}
			d.ReviewBy = time.Time{}
			want = append(want, d)
		}
		err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			return compliance.InsertDecisions(ctx, tx, want)
		})
		if err != nil {
			t.Fatal(err)
		}
		want[0].Findings.Hits = []watchlist.Hit{}
		want[1].Findings.Hits[0] = want[1].Findings.Hits[0].WithoutNames()
		got, err := compliance.DecisionsOf(t.Context(), pool, paymentID)
		if text := strings.ToUpper(fmt.Sprint(got)); strings.Contains(text, "BLOCKSWORTH") {
			t.Errorf("a name is on record: %s", text)
		}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Error(err, diff)
		}
		report, err := compliance.ShadowReport(t.Context(), pool, 2)
		if diff := cmp.Diff([]compliance.ShadowCount{
			{Outcome: "HOLD", Shadow: "PASS", Decisions: 1}, {Outcome: "REJECT", Shadow: "REJECT", Decisions: 1},
		}, report); err != nil || diff != "" {
			t.Error(err, diff)
		}
	}, migrations)
}
