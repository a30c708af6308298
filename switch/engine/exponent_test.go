package engine_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/hubtest"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/switch/dispute"
	"github.com/causeway-pay/causeway/switch/route"
)

// exponents is a hub whose partners' currencies have no, two and three digits after the point,
// on either side, and the largest amounts that ISO 20022 carries.
type exponents struct {
	*hub
	random *rand.Rand
	// left is what was not given back of each payment.
	left map[string]int64
	// paid are the payments in their order, with their acquirers.
	paid  []string
	by    map[string]string
	count int
	done  map[string]int
}

// TestExponents: between currencies of any exponents, from single units to 18 digits, whatever is
// paid, given back in parts and disputed, the books hold after each window, all files are written,
// and who was given back everything owes nothing.
func TestExponents(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			each(t, func(t *testing.T, h *hub) {
				e := &exponents{
					hub: h, random: rand.New(rand.NewPCG(130, seed)), left: map[string]int64{}, by: map[string]string{},
					done: map[string]int{},
				}
				e.open()
				for range 4 {
					for range 12 {
						e.pays()
						e.givesBack()
					}
					e.closes(t.TempDir())
				}
				for len(e.paid) > 0 {
					e.rest(e.paid[0])
				}
				e.closes(t.TempDir())
				for _, wallet := range []string{"KW-WALLET", "ID-WALLET"} {
					if p := e.position(wallet); p.Posted.Minor != 0 {
						t.Errorf("%s was given back everything and owes %s", wallet, p.Posted)
					}
				}
				if e.done["paid"] < 20 || e.done["given back"] < 20 || e.done["disputed"] == 0 {
					t.Errorf("%v", e.done)
				}
			})
		})
	}
}

var oddPartners = []struct {
	id      string
	role    connectors.Role
	country string
	money.Currency
	prefix string
	level  int64 // ten thousandths of the currency for a euro
}{
	{"JO-ACQUIRER", connectors.RoleAcquirer, "JO", "JOD", "", 8273},
	{"VN-ACQUIRER", connectors.RoleAcquirer, "VN", "VND", "", 305_000_000},
	{"SE-ACQUIRER", connectors.RoleAcquirer, "SE", "SEK", "", 109_000},
	{"KW-WALLET", connectors.RoleWallet, "KW", "KWD", "251011", 3570},
	{"IS-WALLET", connectors.RoleWallet, "IS", "ISK", "251012", 1_430_000},
	{"ID-WALLET", connectors.RoleWallet, "ID", "IDR", "251013", 190_000_000},
}

// open takes the partners on, with corridors between all of them, rates, and a tariff that
// rounds each side otherwise and refunds one wallet at the rate of the day.
func (e *exponents) open() {
	e.t.Helper()
	var partners []route.Participant
	var corridors []route.Corridor
	var references []fx.Reference
	for _, p := range oddPartners {
		one := hubtest.Participant(p.id, p.role, p.country, p.Currency, p.prefix)
		if p.role == connectors.RoleAcquirer {
			one.FeeBasisPoints = 150
			for _, w := range oddPartners[3:] {
				corridors = append(corridors, route.Corridor{
					PayerCountry: w.country, MerchantCountry: p.country, PayerMarkup: 75, MerchantMarkup: 30,
					Limit: money.New(1e18-1, p.Currency),
				})
			}
		}
		partners = append(partners, one)
		references = append(references, fx.Reference{
			Rate:       money.Rate{Base: "EUR", Quote: p.Currency, Mantissa: p.level, Scale: 4},
			ObservedAt: e.clock.Now(), Source: "ALPHA",
		})
	}
	e.takesOn(partners)
	e.directory = route.NewDirectory(partners, corridors)
	board, err := fx.NewBoard(references, 100*365*24*time.Hour)
	if err != nil {
		e.t.Fatal(err)
	}
	e.desk.Replace(board)
	tariff, err := fx.NewTariff([]fx.Rule{
		{Scope: fx.Scope{PartnerID: "IS-WALLET"}, Leg: fx.LegPayer, Refund: fx.RefundCurrent},
		{Scope: fx.Scope{PartnerID: "KW-WALLET"}, Leg: fx.LegPayer, Currency: "KWD", Fee: 1},
	}, map[money.Currency]money.Rounding{"KWD": money.Up, "ISK": money.HalfUp, "IDR": money.Down})
	if err != nil {
		e.t.Fatal(err)
	}
	e.desk.SetTariff(tariff)
}

func (e *exponents) takesOn(partners []route.Participant) {
	e.t.Helper()
	e.do(func(ctx context.Context, tx db.Tx) error {
		for _, p := range partners {
			if err := route.SaveParticipant(ctx, tx, p); err != nil {
				return err
			}
			if err := settlement.Onboard(ctx, tx, p.ID, region, money.New(4e18, p.Currency)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (e *exponents) do(work func(ctx context.Context, tx db.Tx) error) {
	e.t.Helper()
	if err := e.pool.InTx(e.t.Context(), work); err != nil {
		e.t.Fatal(err)
	}
}

// sizes are amounts in minor units: a unit, a few, an everyday one, and large ones.
var sizes = []int64{1, 3, 17, 999, 25_000, 1_000_001, 7e12, 1e17 - 1}

func (e *exponents) pays() {
	e.t.Helper()
	e.count++
	id := fmt.Sprint("PR-", e.count)
	acquirer, wallet := oddPartners[e.random.IntN(3)], oddPartners[3+e.random.IntN(3)]
	minor := 1 + e.random.Int64N(sizes[e.random.IntN(len(sizes))])
	paid, err := e.Pay(e.t.Context(), e.participant(acquirer.id),
		order(id, e.code(wallet.id, "U1", "Mei Lantern"), money.New(minor, acquirer.Currency)))
	switch {
	case err == nil && paid.Status == iso20022.Completed:
		e.paid, e.left[id], e.by[id] = append(e.paid, id), minor, acquirer.id
		e.done["paid"]++
	case err != nil || paid.Reason != reason.AmountTooSmall && paid.Reason != reason.AmountLimit:
		e.t.Fatalf("%d %s by %s: %s %s, %v", minor, acquirer.Currency, wallet.id, paid.Status, paid.Reason, err)
	}
}

func (e *exponents) givesBack() {
	e.t.Helper()
	if len(e.paid) == 0 {
		return
	}
	id := e.paid[e.random.IntN(len(e.paid))]
	part := 1 + e.random.Int64N(e.left[id])
	if e.random.IntN(4) == 0 {
		e.disputes(id, part)
		return
	}
	e.refunds(id, part)
}

// refunds gives a part back, unless it is too little to be converted.
func (e *exponents) refunds(id string, part int64) bool {
	e.t.Helper()
	e.count++
	from := e.participant(e.by[id])
	back, err := e.Return(e.t.Context(), from, connectors.ReturnOrder{
		RequestID: fmt.Sprint("RF-", e.count), CheckedFields: sha256.Sum256([]byte(id)),
		Payment: connectors.Reference{RequestID: id}, Amount: money.New(part, from.Currency), Words: said("refund", "{}"),
	})
	if reason.Of(err) == reason.AmountTooSmall {
		return false
	}
	if err != nil || back.Status != iso20022.Completed {
		e.t.Fatalf("%s: %s, %v", id, back.Status, err)
	}
	e.gone(id, part)
	e.done["given back"]++
	return true
}

func (e *exponents) gone(id string, part int64) {
	if e.left[id] -= part; e.left[id] == 0 {
		e.paid = slices.DeleteFunc(e.paid, func(p string) bool { return p == id })
	}
}

// rest gives back everything that is left, unless rounding made it worth nothing.
func (e *exponents) rest(id string) {
	e.t.Helper()
	if !e.refunds(id, e.left[id]) {
		e.paid = slices.DeleteFunc(e.paid, func(p string) bool { return p == id })
	}
}

// disputes has a part given back by an escalation.
func (e *exponents) disputes(id string, part int64) {
	e.t.Helper()
	acquirer := e.participant(e.by[id])
	seen, err := e.Inquire(e.t.Context(), acquirer, connectors.Reference{RequestID: id})
	if err != nil {
		e.t.Fatal(err)
	}
	amount, desk := money.New(part, acquirer.Currency), e.hub.disputes()
	err = desk.OpenDispute(e.t.Context(), e.participant(seen.WalletID), connectors.DisputeOrder{
		RequestID: ids.New().String(), Stage: connectors.Escalation, Amount: amount, Why: "not delivered",
		Payment: connectors.Reference{RequestID: seen.ID.String()},
	})
	if reason.Of(err) == reason.CountLimit {
		return
	}
	all, err := dispute.OfPayment(e.t.Context(), e.pool, seen.ID)
	if err != nil {
		e.t.Fatal(err)
	}
	d := all[len(all)-1]
	err = desk.RespondToDispute(e.t.Context(), acquirer, connectors.DisputeResponse{
		RequestID: d.ID.String(), Stage: d.Stage, CheckedFields: sha256.Sum256([]byte("nothing")),
	})
	if err != nil {
		e.t.Fatal(err)
	}
	ruling := dispute.Ruling{DisputeID: d.ID, ForPayer: true, Refund: amount, At: e.clock.Now()}
	rule := func(ctx context.Context, tx db.Tx) error { return e.RuleDispute(ctx, tx, ruling, ids.New()) }
	if err = e.pool.InTx(e.t.Context(), rule); reason.Of(err) == reason.AmountTooSmall {
		ruling.ForPayer = false
		e.do(rule)
		return
	}
	if err != nil {
		e.t.Fatal(err)
	}
	e.gone(id, part)
	e.done["disputed"]++
}

func (e *exponents) closes(dir string) {
	e.t.Helper()
	w, err := e.CutOff(e.t.Context())
	if err != nil {
		e.t.Fatal(err)
	}
	if _, err := e.Report(e.t.Context(), dir, w.ID); err != nil {
		e.t.Fatal(err)
	}
	if _, err := e.Revalue(e.t.Context(), clock.System{}.Now().AddDate(0, 0, e.count)); err != nil {
		e.t.Fatal(err)
	}
	e.sound()
}
