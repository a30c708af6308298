package engine

import "context"

// DutyRound does what is due now, once.
func (e *Engine) DutyRound(ctx context.Context) error { return e.dutyRound(ctx) }

// LegOf and Flows are what settlement and the book make of a price.
var (
	LegOf   = legOf
	Flows   = flows
	WorthOf = worthOf
)
