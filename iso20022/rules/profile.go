package rules

import (
	"time"

	"github.com/causeway-pay/causeway/iso20022/wire"
)

// Profile is a market practice.
type Profile struct{}

func (p *Profile) check(w *walk, m *wire.Message, at time.Time) {}
