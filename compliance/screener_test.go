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
	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
)

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func own(t *testing.T, names string) []lists.List {
	t.Helper()
	list, err := lists.Read("OWN", lists.FormatSimple, strings.NewReader("id,name\n"+names))
	if err != nil {
		t.Fatal(err)
	}
	return []lists.List{list}
}

func subject(payer, merchant string) compliance.Subject {
	return compliance.Subject{PaymentID: ids.New(), Region: "asia-1", Parties: []compliance.Party{
		{Role: "payer", Name: payer}, {Role: "merchant", Name: merchant},
	}}
}

func TestScreen(t *testing.T) {
	s := compliance.NewScreener(&clock.Fixed{At: now})
	if err := s.Load(own(t, "7,Viktor Blocksworth\n")); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		payer, merchant string
		want            compliance.Outcome
		role            string
	}{
		{"Mei Lantern", "Ginza Tea House", compliance.Pass, ""},
		{"Viktor Blocksworth", "Ginza Tea House", compliance.Reject, "payer"},
		{"BLOCKSWORTH Victor", "Ginza Tea House", compliance.Reject, "payer"},
		{"Mei Lantern", "Viktor Blocksworth", compliance.Reject, "merchant"},
		{"", "", compliance.Pass, ""},
	}
	for _, c := range cases {
		asked := subject(c.payer, c.merchant)
		d, err := s.Screen(context.Background(), asked)
		if err != nil || d.Outcome != c.want || d.PaymentID != asked.PaymentID || d.DecidedAt != now {
			t.Errorf("%+v: %+v, %v", c, d, err)
		}
		if (c.role != "") != (len(d.Hits) == 1) || c.role != "" && (d.Hits[0].Role != c.role || d.Hits[0].Entry != "7") {
			t.Errorf("%+v: hits %+v", c, d.Hits)
		}
	}
}

// TestNoListsPassNobody: a screener that cannot compare must not say yes.
func TestNoListsPassNobody(t *testing.T) {
	s := compliance.NewScreener(&clock.Fixed{At: now})
	if d, err := s.Screen(context.Background(), subject("Mei Lantern", "")); !errors.Is(err, compliance.ErrNoLists) {
		t.Errorf("got %+v, %v", d, err)
	}
	if err := s.Load(nil); !errors.Is(err, compliance.ErrNoLists) {
		t.Errorf("loading nothing: %v", err)
	}
	if version, names := s.Version(); version != "" || names != 0 {
		t.Errorf("version %q with %d names", version, names)
	}
}

// TestSwapUnderLoad: while lists are swapped, every decision is that of the
// version it names.
func TestSwapUnderLoad(t *testing.T) {
	s := compliance.NewScreener(&clock.Fixed{At: now})
	sets := [][]lists.List{own(t, "7,Viktor Blocksworth\n"), own(t, "8,Somebody Otherwise\n")}
	want := map[string]compliance.Outcome{}
	for i, outcome := range []compliance.Outcome{compliance.Reject, compliance.Pass} {
		if err := s.Load(sets[i]); err != nil {
			t.Fatal(err)
		}
		version, _ := s.Version()
		want[version] = outcome
	}
	stop := make(chan struct{})
	var swapping, screening sync.WaitGroup
	swapping.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				if err := s.Load(sets[i%2]); err != nil {
					t.Error(err)
				}
			}
		}
	})
	for range 2 {
		screening.Go(func() {
			for range 5_000 {
				d, err := s.Screen(context.Background(), subject("Viktor Blocksworth", ""))
				if err != nil || d.Outcome != want[d.ListVersion] {
					t.Errorf("%s by %s: %v", d.Outcome, d.ListVersion, err)
					return
				}
			}
		})
	}
	screening.Wait()
	close(stop)
	swapping.Wait()
}

func TestDecisionsAreRecorded(t *testing.T) {
	migrations, err := compliance.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		s := compliance.NewScreener(&clock.Fixed{At: now})
		if err := s.Load(own(t, "7,Viktor Blocksworth\n")); err != nil {
			t.Fatal(err)
		}
		paymentID := ids.New()
		var want []compliance.Decision
		for i, name := range []string{"Mei Lantern", "Viktor Blocksworth"} {
			asked := subject(name, fmt.Sprint("Shop ", i))
			asked.PaymentID = paymentID
			d, err := s.Screen(t.Context(), asked)
			if err != nil {
				t.Fatal(err)
			}
			d.DecidedAt = now.Add(time.Duration(i) * time.Second)
			want = append(want, d)
		}
		err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			return compliance.InsertDecisions(ctx, tx, want)
		})
		if err != nil {
			t.Fatal(err)
		}
		want[0].Hits = []compliance.Hit{}
		got, err := compliance.DecisionsOf(t.Context(), pool, paymentID)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Error(err, diff)
		}
	}, migrations)
}
