package sandbox

import (
	"context"
	"time"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/keys"
)

// keyRefresh is how often a partner looks for a new key of its own, unless it
// announces keys for less than twice as long.
const keyRefresh = time.Second

// signer opens the partner's own keys, and makes the first.
func (c Config) signer(ctx context.Context) (*keys.Ring, error) {
	announce := time.Duration(c.KeyAnnounceMillis) * time.Millisecond
	policy := keys.Policy{Announce: announce, Refresh: keyRefresh}
	if announce > 0 {
		policy.Refresh = min(keyRefresh, announce/2)
	}
	home := keys.NewFiles(c.KeyDirectory, c.Participant, keys.RSA2048)
	return keys.Open(ctx, c.Participant, home, clock.System{}, policy, true)
}

// hubKeys is where the partner knows the switch's keys from.
func (c Config) hubKeys() keys.Lookup {
	if c.HubKeyDirectory != "" {
		return keys.Directory(c.HubKeyDirectory)
	}
	return keys.Table(map[string]map[int]string{hubOwner: {c.HubKeyVersion: c.HubKey}})
}
