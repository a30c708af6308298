package bench

import "github.com/causeway-pay/causeway/internal/clock"

var systemClock = clock.System{}
