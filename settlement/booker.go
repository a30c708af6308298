package settlement

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/window"
)

// Booker books payments. It remembers which windows were open and who settled gross when
// it last looked: a hopeful transaction goes by that, without waiting for an answer, and
// starts over if it has changed. Its zero value knows nothing; it is safe for use by many.
type Booker struct {
	// Calendars say when it is due what a participant that settles gross owes or is owed.
	Calendars window.Calendars

	mu sync.Mutex
	// open are the windows of regions, and gross the positions of participants that settle
	// so, none of them left out. Guarded by mu.
	open  map[string]ids.ID
	gross map[string]map[position.Key]bool
}

// terms are the open window of a region, and which positions of the bookings' participants
// settle gross.
func (b *Booker) terms(ctx context.Context, tx db.Tx, bookings []Booking) (ids.ID, map[position.Key]bool, error) {
	region, participants := bookings[0].Region, participantsOf(bookings)
	if tx.Hopeful() {
		if open, gross, known := b.recall(region, participants); known {
			window.HopeOpen(tx, open)
			position.HopeGross(tx, participants, gross)
			return open, gross, nil
		}
	}
	gross := position.GrossOf(tx, participants)
	open, err := window.Current(ctx, tx, region)
	if err == nil {
		b.remember(region, open, participants, gross)
	}
	return open, gross, err
}

func participantsOf(bookings []Booking) []string {
	var participants []string
	for _, booking := range bookings {
		participants = append(participants, booking.Payer.ParticipantID, booking.Merchant.ParticipantID)
	}
	slices.Sort(participants)
	return slices.Compact(participants)
}

func (b *Booker) recall(region string, participants []string) (ids.ID, map[position.Key]bool, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := map[position.Key]bool{}
	for _, participant := range participants {
		gross, known := b.gross[participant]
		if !known {
			return ids.Nil, nil, false
		}
		maps.Copy(all, gross)
	}
	open, known := b.open[region]
	return open, all, known
}

func (b *Booker) remember(region string, open ids.ID, participants []string, gross map[position.Key]bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open == nil {
		b.open, b.gross = map[string]ids.ID{}, map[string]map[position.Key]bool{}
	}
	b.open[region] = open
	for _, participant := range participants {
		b.gross[participant] = map[position.Key]bool{}
	}
	for key := range gross {
		b.gross[key.ParticipantID][key] = true
	}
}
