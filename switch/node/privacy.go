package node

import (
	"errors"
	"fmt"
	"slices"

	"github.com/causeway-pay/causeway/internal/keys/vault"
	"github.com/causeway-pay/causeway/internal/seal"
)

// PrivacyConfig says how personal data is kept.
type PrivacyConfig struct {
	// Keys are those of the hub's home region that personal data is sealed with in the
	// database: 32 bytes in base64 each, or where Vault has them, such as
	// vault:kv/data/causeway#personal_1. The first one seals, all of them open.
	Keys []string `koanf:"keys"`
}

// validate checks the keys that are not in Vault.
func (p PrivacyConfig) validate() error {
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
