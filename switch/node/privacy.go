package node

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/causeway-pay/causeway/internal/keys/vault"
	"github.com/causeway-pay/causeway/internal/seal"
)

// PrivacyConfig says how personal data is kept.
type PrivacyConfig struct {
	// Keys are those of the hub's home region that personal data is sealed with in the
	// database: 32 bytes in base64 each, or where Vault has them, such as
	// vault:kv/data/causeway#personal_1. The first one seals, all of them open.
	Keys []string `koanf:"keys"`
	// Keep is how long persons and messages stay in payments that have ended; 0 keeps
	// them for ever. Laws against money laundering ask for five years in many countries.
	Keep time.Duration `koanf:"keep"`
	// Minimum is how long they must stay, whoever asks for them to be erased: 0 is five
	// years, or Keep if that is shorter.
	Minimum time.Duration `koanf:"minimum"`
}

// fiveYears is how long records of payments are to be kept (FATF, recommendation 11).
const fiveYears = 5 * 365 * 24 * time.Hour

// minimum is the least age of a payment whose persons may be erased.
func (p PrivacyConfig) minimum() time.Duration {
	switch {
	case p.Minimum > 0:
		return p.Minimum
	case p.Keep > 0:
		return min(p.Keep, fiveYears)
	default:
		return fiveYears
	}
}

// keepLeast is the shortest time that persons can be kept: as long as a payment may be
// refunded, and a year for what follows from that.
const keepLeast = 2 * 365 * 24 * time.Hour

// validate checks the keys that are not in Vault.
func (p PrivacyConfig) validate() error {
	if p.Keep != 0 && p.Keep < keepLeast {
		return fmt.Errorf("privacy.keep: want 0 or at least %v, two years", keepLeast)
	}
	if p.Minimum != 0 && p.Minimum < keepLeast {
		return fmt.Errorf("privacy.minimum: want 0 or at least %v, two years", keepLeast)
	}
	if p.Keep != 0 && p.Minimum > p.Keep {
		return errors.New("privacy.minimum: longer than privacy.keep")
	}
	here := PrivacyConfig{Keys: slices.DeleteFunc(slices.Clone(p.Keys), vault.IsReference)}
	_, err := here.Box()
	return err
}

// keysMost is how many keys a hub may have: one a week, and those of ten years.
const keysMost = 520

// Box returns the box of the configuration, whose references to Vault are resolved; nil
// without keys.
func (p PrivacyConfig) Box() (*seal.Box, error) {
	if len(p.Keys) > keysMost {
		return nil, errors.New("privacy.keys: more than 520 keys")
	}
	box, err := seal.Parse(p.Keys)
	if err != nil {
		return nil, fmt.Errorf("privacy.keys: %w", err)
	}
	return box, nil
}
