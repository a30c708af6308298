package engine

import "context"

// DutyRound does what is due now, once.
func (e *Engine) DutyRound(ctx context.Context) error { return e.dutyRound(ctx) }
