package engine

import (
	"context"
	"sync"

	"github.com/causeway-pay/causeway/internal/ids"
)

// DutyRound does what is due now, and what is due because of that, and waits for it.
func (e *Engine) DutyRound(ctx context.Context) error {
	for {
		var under sync.WaitGroup
		begun, err := e.dutyRound(ctx, &under)
		under.Wait()
		if err != nil || begun == 0 {
			return err
		}
	}
}

// DutyPlaces are the duties that one partner alone may have under way.
const DutyPlaces = dutiesMost / dutyPart

// DuePayments finds what is due.
const DuePayments = duePayments

// LegOf and Flows are what settlement and the book make of a price.
var (
	LegOf   = legOf
	Flows   = flows
	WorthOf = worthOf
)

// Young is a payment as the engine remembers it for its notification, which takes it; nil if
// it does not.
func (e *Engine) Young(id ids.ID, version int64) *Record { return e.young.take(id, version) }
