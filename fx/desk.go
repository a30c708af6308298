package fx

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/causeway-pay/causeway/money"
)

// Desk holds the present board and tariff and lets them be replaced while others
// price. The zero Desk has none: it knows no rate and no terms.
type Desk struct {
	board  atomic.Pointer[Board]
	tariff atomic.Pointer[Tariff]
	// writing serves those who change a board one after the other.
	writing sync.Mutex
}

// Replace puts up another board. Prices in progress finish on the old one.
func (d *Desk) Replace(board *Board) {
	d.writing.Lock()
	defer d.writing.Unlock()
	d.board.Store(board)
}

// Quote adds rates to the present board.
func (d *Desk) Quote(references []Reference) error {
	d.writing.Lock()
	defer d.writing.Unlock()
	next, err := d.Board().With(references)
	if err == nil {
		d.board.Store(next)
	}
	return err
}

// Board returns the present board.
func (d *Desk) Board() *Board {
	if board := d.board.Load(); board != nil {
		return board
	}
	return &Board{}
}

// SetTariff puts up another tariff.
func (d *Desk) SetTariff(tariff *Tariff) { d.tariff.Store(tariff) }

// Tariff returns the present tariff.
func (d *Desk) Tariff() *Tariff {
	if tariff := d.tariff.Load(); tariff != nil {
		return tariff
	}
	return &Tariff{}
}

// Price prices on the present board; see [Board.Price].
func (d *Desk) Price(ask Ask) (Price, error) { return d.Board().Price(ask) }

// Mark returns the last known middle rate; see [Board.Mark].
func (d *Desk) Mark(from, into money.Currency) (money.Ratio, error) {
	return d.Board().Mark(from, into)
}

// Offer prices a payment on the present board under the present tariff; see
// [Board.Offer].
func (d *Desk) Offer(request Request) (Offer, error) { return d.Board().Offer(d.Tariff(), request) }

// Back returns the rate of a refund; see [Board.Back].
func (d *Desk) Back(from, into money.Currency, at time.Time) (Back, error) {
	return d.Board().Back(from, into, at)
}
