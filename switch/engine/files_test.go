package engine_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/fees"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/recon"
	"github.com/causeway-pay/causeway/settlement/window"
	"github.com/causeway-pay/causeway/switch/engine"
)

// randomDays are windows of one hub in which anything happens.
type randomDays struct {
	*hub
	random *rand.Rand
	// posted are requests of payments that may be given back, with what is left of each.
	posted  []string
	left    map[string]int64
	links   []ids.ID
	windows []window.Window
	count   int
}

// name is one that was not used before.
func (d *randomDays) name(kind string) string {
	d.count++
	return fmt.Sprint(kind, "-", d.count)
}

// payOne makes a payment.
func (d *randomDays) payOne() {
	request, minor := d.name("PR"), 1+d.random.Int64N(9_000)
	p, err := d.pay(request, jpy(minor))
	if err != nil {
		d.t.Fatal(err)
	}
	if p.Status == iso20022.Completed {
		d.posted, d.links, d.left[request] = append(d.posted, request), append(d.links, p.ID), minor
	}
}

// giveBack refunds a part of an earlier payment, of any window, or cancels it.
func (d *randomDays) giveBack() {
	if len(d.posted) == 0 {
		return
	}
	i := d.random.IntN(len(d.posted))
	request := d.posted[i]
	if d.random.IntN(3) == 0 {
		// One that was refunded in part is not cancelled any more.
		_, _ = d.Cancel(d.t.Context(), d.participant("JP-ACQUIRER"), connectors.Reference{RequestID: request})
		d.posted = slices.Delete(d.posted, i, i+1)
		return
	}
	part := 1 + d.random.Int64N(d.left[request])
	if _, err := d.refund(d.name("RF"), request, jpy(part)); err != nil {
		d.t.Fatal(err)
	}
	if d.left[request] -= part; d.left[request] == 0 {
		d.posted = slices.Delete(d.posted, i, i+1)
	}
}

// adjustOne books that somebody owes somebody something for another reason.
func (d *randomDays) adjustOne() {
	if len(d.links) == 0 {
		return
	}
	parties := []string{"JP-ACQUIRER", ledger.Hub}
	d.random.Shuffle(2, func(i, j int) { parties[i], parties[j] = parties[j], parties[i] })
	d.do(func(ctx context.Context, tx db.Tx) error {
		return d.Adjust(ctx, tx, instruct.Adjustment{
			ID: ids.New(), Debit: parties[0], Credit: parties[1], Amount: jpy(1 + d.random.Int64N(500)),
			Link: d.links[d.random.IntN(len(d.links))], At: d.clock.Now(),
		})
	})
}

// settleOne lets a bank pay an obligation of the last window, in whole or in part.
func (d *randomDays) settleOne() {
	if len(d.windows) == 0 {
		return
	}
	for _, o := range d.obligations(d.windows[len(d.windows)-1].ID) {
		if rest := o.Rest().Minor; !o.State.Final() && d.random.IntN(2) == 0 {
			if d.random.IntN(2) == 0 {
				rest = 1 + d.random.Int64N(rest)
			}
			d.settle(o, d.name("BANK"), rest)
			return
		}
	}
}

// settleOtherwise changes how the acquirer settles.
func (d *randomDays) settleOtherwise() {
	d.model("JP-ACQUIRER", "JPY", []position.Model{position.DeferredNet, position.Gross}[d.random.IntN(2)])
}

// work is one window; some have nothing in them.
func (d *randomDays) work() window.Window {
	for range d.random.IntN(9) {
		things := []func(){d.payOne, d.payOne, d.payOne, d.giveBack, d.giveBack, d.adjustOne, d.settleOne, d.settleOtherwise}
		things[d.random.IntN(len(things))]()
	}
	d.clock.Advance(time.Duration(1+d.random.IntN(30)) * time.Hour)
	w := d.mustCutOff()
	d.windows = append(d.windows, w)
	return w
}

// TestFilesOfRandomWindows: whatever is paid, given back, charged, adjusted and settled, under
// any model, every amount in a window's files adds up to the ledger's entries, statements lead
// from window to window, and files have the same bytes whenever they are issued again.
func TestFilesOfRandomWindows(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		d := &randomDays{hub: h, random: rand.New(rand.NewPCG(7, 1)), left: map[string]int64{}}
		h.do(func(ctx context.Context, tx db.Tx) error {
			var all error
			for _, line := range []fees.Line{
				{Kind: fees.Scheme, Currency: "JPY", Points: 25, Fixed: 3},
				{Kind: fees.Interchange, ParticipantID: "HK-WALLET", Currency: "HKD", Paid: true, Points: 40},
				{Kind: fees.Tax, Currency: "JPY", Points: 800},
			} {
				line.EffectiveAt = h.clock.Now().Add(-time.Hour)
				_, err := fees.Save(ctx, tx, line)
				all = errors.Join(all, err)
			}
			return all
		})
		first, closing := map[ids.ID]map[string]string{}, map[string]int64{}
		for range 16 {
			w := d.work()
			bodies := h.issuedFiles(w)
			first[w.ID] = bodies
			for _, p := range h.directory.Participants() {
				d.checkFiles(w, p.ID, p.Currency, bodies, closing)
			}
		}
		for _, w := range d.windows {
			if diff := cmp.Diff(first[w.ID], h.issuedFiles(w)); diff != "" {
				t.Errorf("window %d: %s", w.Number, diff)
			}
		}
		for _, p := range h.directory.Participants() {
			d.reconcile(p.ID, p.Currency, first)
		}
		if d.count < 20 || len(d.posted) == 0 {
			t.Errorf("only %d requests and words", d.count)
		}
		h.sound()
	})
}

// sumsByKind is what the position of a participant was credited with in a window, by kind of entry;
// negative where it was debited.
const sumsByKind = `
SELECT kind, sum(CASE WHEN credit_account = $2 THEN amount_minor ELSE -amount_minor END)::BIGINT FROM ledger_entry
WHERE window_id = $1 AND (debit_account = $2 OR credit_account = $2) GROUP BY kind`

func (h *hub) entriesByKind(w window.Window, account string) map[ledger.Kind]int64 {
	h.t.Helper()
	rows, err := h.pool.Query(h.t.Context(), sumsByKind, w.ID, account)
	if err != nil {
		h.t.Fatal(err)
	}
	sums := map[ledger.Kind]int64{}
	var kind ledger.Kind
	var minor int64
	if _, err := pgx.ForEachRow(rows, []any{&kind, &minor}, func() error { sums[kind] = minor; return nil }); err != nil {
		h.t.Fatal(err)
	}
	return sums
}

// figuresIn are the sums of a participant's files: of items, of service fees, of what schedules
// charge, and of adjustments; and the net.
type figuresIn struct{ items, service, scheduled, adjusted, gross, net int64 }

// checkFiles holds a participant's files of a window against the ledger's entries.
func (d *randomDays) checkFiles(
	w window.Window, id string, currency money.Currency, bodies map[string]string, closing map[string]int64,
) {
	d.t.Helper()
	entries := d.entriesByKind(w, ledger.PositionOf(id).ID(currency))
	var f figuresIn
	stated, opening, closed := int64(0), int64(0), int64(0)
	for name, body := range bodies {
		kind, rest, _ := strings.Cut(filepath.Base(name), "_")
		if !strings.HasPrefix(rest, id+"_") {
			continue
		}
		switch kind {
		case "transactionItems":
			for _, row := range records(d.t, body)[3:] {
				f.items += directed(d.t, row[13], row[15])
			}
		case "feeItems":
			for _, row := range records(d.t, body)[3:] {
				if part := directed(d.t, row[4], row[6]); row[3] == "SERVICE" {
					f.service += part
				} else {
					f.scheduled += part
				}
			}
		case "settlement":
			row := records(d.t, body)[3]
			f.adjusted, f.gross = directed(d.t, row[10], row[11]), directed(d.t, row[12], row[13])
			f.net = directed(d.t, row[14], row[15])
		case "camt.053":
			page, err := iso20022.ParseAccountStatement([]byte(body))
			if err != nil || page.Page != 1 || !page.LastPage {
				d.t.Fatalf("%s: %+v, %v", name, page, err)
			}
			opening, closed = page.Opening.Amount.Minor, page.Closing.Amount.Minor
			for _, entry := range page.Entries {
				stated += entry.Amount.Minor * map[bool]int64{true: 1, false: -1}[entry.Credit]
			}
		}
	}
	paid := entries[ledger.KindPayment] + entries[ledger.KindReturn] + entries[ledger.KindFee]
	want := figuresIn{f.items, paid - f.items, entries[ledger.KindSchedule], entries[ledger.KindAdjustment], f.gross, 0}
	want.net = paid + want.scheduled + want.adjusted - f.gross
	if f != want {
		d.t.Errorf("window %d, %s: files say %+v, entries %+v", w.Number, id, f, want)
	}
	if stated != paid+want.scheduled+want.adjusted+entries[ledger.KindSettlement] || opening+stated != closed || opening != closing[id] {
		d.t.Errorf("window %d, %s: %d stated from %d, after %d, to %d: %v", w.Number, id, stated, opening, closing[id], closed, entries)
	}
	closing[id] = closed
}

// reconcile takes a participant's statements as if it had sent them back: each line of the books
// is a line of theirs, and nothing is a break.
func (d *randomDays) reconcile(id string, currency money.Currency, bodies map[ids.ID]map[string]string) {
	d.t.Helper()
	account := ledger.PositionOf(id).ID(currency)
	lines, matched, source := 0, 0, recon.FromPosition(account, engine.Unlisted(id, currency))
	for _, w := range d.windows {
		for name, body := range bodies[w.ID] {
			if !strings.HasPrefix(filepath.Base(name), "camt.053_"+id+"_") {
				continue
			}
			statements, err := recon.ReadCamt053(account, []byte(body))
			if err != nil || len(statements) != 1 {
				d.t.Fatalf("%s: %d statements, %v", name, len(statements), err)
			}
			lines += len(statements[0].Lines)
			d.do(func(ctx context.Context, tx db.Tx) error {
				outcome, err := recon.Take(ctx, tx, account, statements[0], source, nil, d.clock.Now())
				matched += outcome.Matched
				return err
			})
		}
	}
	open, err := recon.Cases(d.t.Context(), d.pool, recon.Open, account, 20)
	if err != nil || len(open) > 0 {
		d.t.Errorf("%s: breaks are open: %+v, %v", account, open, err)
	}
	if lines > 0 && matched == 0 {
		d.t.Errorf("%s: nothing of %d lines is matched", account, lines)
	}
}
