package settlement_test

import (
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/window"
)

// stated is what a statement of a window says to a participant in one currency: what it was
// owed before and after it, and what entries there are between.
type stated struct {
	window           window.Window
	key              position.Key
	opening, closing int64
	entries          int
}

// statePage is how many entries are read at once, so that most statements take several pages.
const statePage = 3

// state keeps what the statement of a region's last closed window says to somebody.
func (m *windows) state(region string) {
	m.t.Helper()
	recent, err := window.Recent(m.t.Context(), m.pool, region, 2)
	if err != nil {
		m.t.Fatal(err)
	}
	if len(recent) == 2 {
		closed := recent[1]
		closed.State, closed.ChangedAt = window.Closed, closed.ClosedAt // what becomes of it later is not said
		m.stated = append(m.stated, m.statementOf(closed, m.key()))
	}
}

// statementOf reads a statement: its entries lead from what was owed before the window to what
// the next one begins with.
func (m *windows) statementOf(w window.Window, key position.Key) stated {
	m.t.Helper()
	s := stated{window: w, key: key, opening: m.broughtInto(w, key)}
	account := ledger.PositionOf(key.ParticipantID).ID(key.Currency)
	s.closing = s.opening
	var place ledger.WindowPlace
	for {
		page, err := ledger.EntriesOfWindow(m.t.Context(), m.pool, w.ID, account, place, statePage)
		if err != nil {
			m.t.Fatal(err)
		}
		for _, e := range page {
			s.closing += e.Amount.Minor
			if e.Debit.ID(e.Amount.Currency) == account {
				s.closing -= 2 * e.Amount.Minor
			}
		}
		if s.entries += len(page); len(page) < statePage {
			break
		}
		place = ledger.WindowPlaceOf(page[len(page)-1])
	}
	next := w
	next.Number++
	if brought := m.broughtInto(next, key); brought != s.closing {
		m.t.Errorf("%+v, but the next window begins with %d", s, brought)
	}
	return s
}

// broughtInto is what a participant was owed in the region when a window was opened.
func (m *windows) broughtInto(w window.Window, key position.Key) int64 {
	m.t.Helper()
	nets, err := window.Carried(m.t.Context(), m.pool, w)
	if err != nil {
		m.t.Fatal(err)
	}
	for _, n := range nets {
		if n.Owner == key.ParticipantID && n.Currency == key.Currency {
			return n.Amount().Minor
		}
	}
	return 0
}
