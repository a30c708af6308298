package recon_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/settlement/recon"
)

// movement is money that moved, and on which day each side has booked it.
type movement struct {
	line            recon.Line
	bankDay, hubDay int
	neverAt         recon.Side
	repeat          bool
}

// period is some days of a bank and a hub.
type period struct {
	t         *testing.T
	pool      *db.Pool
	account   string
	movements []*movement
	days      int
}

// drawPeriod draws what moves, who books it when, and what one side forgets.
func drawPeriod(t *testing.T, r *rapid.T, pool *db.Pool, number int) *period {
	p := &period{t: t, pool: pool, account: fmt.Sprintf("BANK-%d.NOSTRO.HKD", number), days: rapid.IntRange(1, 6).Draw(r, "days")}
	for i := range rapid.IntRange(0, 14).Draw(r, "movements") {
		day := rapid.IntRange(0, p.days-1).Draw(r, "day")
		m := &movement{
			line: recon.Line{
				ID: ids.Derive(ids.Nil, p.account, int64(i)), Side: recon.Ours, Amount: hkd(rapid.Int64Range(1, 9).Draw(r, "amount")),
				ValueDate: monday.AddDate(0, 0, day), References: []string{fmt.Sprint("R", i)}, Text: fmt.Sprint("m", i),
			},
			bankDay: day + rapid.IntRange(0, 3).Draw(r, "bank is late by"),
			hubDay:  day + rapid.IntRange(0, 3).Draw(r, "hub is late by"),
			neverAt: rapid.SampledFrom([]recon.Side{"", "", "", "", recon.Ours, recon.Theirs}).Draw(r, "forgotten by"),
			repeat:  rapid.IntRange(0, 9).Draw(r, "booked twice by the bank") == 0,
		}
		if rapid.Bool().Draw(r, "out") {
			m.line.Amount.Minor = -m.line.Amount.Minor
		}
		p.movements = append(p.movements, m)
	}
	return p
}

// ours are our lines on a day: what we have booked by then.
func (p *period) ours(day int) (list []recon.Line) {
	for _, m := range p.movements {
		if m.hubDay > day || m.neverAt == recon.Ours {
			continue
		}
		l := m.line
		l.BookedAt = monday.AddDate(0, 0, m.hubDay).Add(15 * time.Hour)
		list = append(list, l)
	}
	return list
}

// theirs is the bank's statement of a day.
func (p *period) theirs(day int) recon.Statement {
	var lines []recon.Line
	for _, m := range p.movements {
		if m.bankDay != day || m.neverAt == recon.Theirs {
			continue
		}
		l := m.line
		l.Side = recon.Theirs
		if lines = append(lines, l); m.repeat {
			lines = append(lines, l)
		}
	}
	return stated(fmt.Sprint("day ", day), 0, day, lines...)
}

// last is the day on which both sides have booked whatever they will.
func (p *period) last() int { return p.days + 4 }

// take takes the statement of a day, as our books are on another.
func (p *period) take(r *rapid.T, of, on int) {
	if _, err := take(p.t, p.pool, p.account, p.theirs(of), books(p.ours(on)...), nil); err != nil {
		r.Fatal(err)
	}
}

func (p *period) open(r *rapid.T) []recon.Case {
	list, err := recon.Cases(p.t.Context(), p.pool, recon.Open, p.account, 1_000)
	if err != nil {
		r.Fatal(err)
	}
	return list
}

// whole fails unless each side's lines, by what became of them, are all that were
// seen of it.
func (p *period) whole(r *rapid.T, ours, theirs []recon.Line) {
	sums, counts := totals(p.t, p.pool, p.account)
	for side, lines := range map[recon.Side][]recon.Line{recon.Ours: ours, recon.Theirs: theirs} {
		want, sum, count := int64(0), int64(0), int64(0)
		for _, l := range lines {
			want += l.Amount.Minor
		}
		for _, part := range []string{" MATCHED", " BROKEN", " RESOLVED", " WAITING"} {
			sum, count = sum+sums[string(side)+part], count+counts[string(side)+part]
		}
		if sum != want || count != int64(len(lines)) {
			r.Fatalf("%s: %d lines of %d, want %d of %d: %v", side, count, sum, len(lines), want, sums)
		}
	}
}

// Over days on which both sides are late, forget, and book twice, with statements
// that come again or out of order: at every moment each line seen is matched,
// broken or waits; and when everybody has booked what they will, exactly what one
// side forgot or has twice is open, whatever the order was.
func TestDays(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		number := 0
		rapid.Check(t, func(r *rapid.T) {
			number++
			p := drawPeriod(t, r, pool, number)
			var order []int
			for day := range p.last() {
				order = append(order, day)
			}
			if rapid.Bool().Draw(r, "out of order") {
				order = rapid.Permutation(order).Draw(r, "order")
			}
			var theirs []recon.Line
			for i, day := range order {
				on := max(day, i)
				p.take(r, day, on)
				theirs = append(theirs, p.theirs(day).Lines...)
				if rapid.IntRange(0, 4).Draw(r, "again") == 0 {
					p.take(r, day, on)
				}
			}
			p.take(r, p.last(), p.last())
			p.whole(r, p.ours(p.last()), theirs)
			p.settled(r)
		})
	})
}

// settled checks what is open at the end.
func (p *period) settled(r *rapid.T) {
	var want, got []string
	for _, m := range p.movements {
		name := fmt.Sprint(m.line.Amount.Minor)
		switch {
		case m.neverAt == recon.Ours && m.repeat:
			want = append(want, "MISSING_WITH_US "+name, "MISSING_WITH_US "+name)
		case m.neverAt == recon.Ours:
			want = append(want, "MISSING_WITH_US "+name)
		case m.neverAt == recon.Theirs:
			want = append(want, "MISSING_WITH_THEM "+name)
		case m.repeat:
			want = append(want, "DUPLICATE "+name)
		}
	}
	for _, c := range p.open(r) {
		amount := c.Theirs
		if c.Kind == recon.MissingTheirs {
			amount = c.Ours
		}
		got = append(got, fmt.Sprintf("%s %d", c.Kind, amount))
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(want, got) {
		r.Fatalf("open at the end: %v, want %v", got, want)
	}
}

// Breaks that people end stay ended: no later statement opens them again or matches
// their lines, and the totals go on to be whole.
func TestEndedStaysEnded(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		number := 1_000
		rapid.Check(t, func(r *rapid.T) {
			number++
			p := drawPeriod(t, r, pool, number)
			ended := map[ids.ID]bool{}
			var theirs []recon.Line
			for day := range p.last() + 1 {
				p.take(r, day, day)
				theirs = append(theirs, p.theirs(day).Lines...)
				for _, c := range p.open(r) {
					if ended[c.ID] {
						r.Fatalf("%s was ended and is open", c.ID)
					}
					if rapid.IntRange(0, 2).Draw(r, "end it") > 0 {
						continue
					}
					ended[c.ID] = true
					err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
						return recon.Explain(ctx, tx, recon.Resolution{BreakID: c.ID, ID: ids.New(), By: "Mei", Why: "seen", At: at})
					})
					if err != nil {
						r.Fatal(err)
					}
				}
			}
			p.whole(r, p.ours(p.last()), theirs)
			for id := range ended {
				c, lines, found, err := recon.Find(t.Context(), pool, id)
				if err != nil || !found || c.State != recon.Resolved || len(lines) == 0 {
					r.Fatalf("%+v with %d lines, %v", c, len(lines), err)
				}
			}
		})
	})
}
