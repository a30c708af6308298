package api

import (
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
)

// AuditEntry is one line of the audit log.
type AuditEntry struct {
	ID ids.ID
	At time.Time
	// Actor is the id of an operator, or [SystemActor]; never empty.
	Actor string
	// Action says what was done: "proposal.approve", "payment.read".
	Action string
	// Subject is the id of what it was done to, or empty.
	Subject string
	// Detail holds what else matters. It must not hold personal data: the log
	// can never be corrected.
	Detail map[string]string
}

// SystemActor names a part of the switch that acts by itself.
func SystemActor(name string) string { return "system:" + name }
