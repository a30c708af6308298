package node

import (
	"context"
	"fmt"

	"github.com/causeway-pay/causeway/internal/keys/vault"
)

// withSecrets logs in to Vault, if the configuration names one, and puts what it
// keeps in the place of references such as vault:kv/data/causeway#database_url.
func withSecrets(ctx context.Context, config Config) (Config, *vault.Client, error) {
	if err := config.Vault.validate(config.Keys.Transit != ""); err != nil {
		return config, nil, err
	}
	client, err := openVault(ctx, config.Vault)
	if err != nil {
		return config, nil, fmt.Errorf("vault: %w", err)
	}
	for name, value := range map[string]*string{
		"database.url": &config.Database.URL, "bus.url": &config.Bus.URL, "telemetry.otlp": &config.Telemetry.OTLP,
	} {
		if !vault.IsReference(*value) {
			continue
		}
		if client == nil {
			return config, nil, fmt.Errorf("%s: names a secret in Vault, and vault.address is not set", name)
		}
		if *value, err = client.Secret(ctx, *value); err != nil {
			return config, nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return config, client, nil
}

// WithSecrets is the configuration with what Vault keeps in the place of
// references, for commands that need no more of the hub.
func WithSecrets(ctx context.Context, config Config) (Config, error) {
	config, _, err := withSecrets(ctx, config)
	return config, err
}
