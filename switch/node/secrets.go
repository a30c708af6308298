package node

import (
	"context"
	"fmt"
	"log/slog"
	"slices"

	"github.com/causeway-pay/causeway/internal/keys/vault"
)

// withSecrets logs in to Vault, if the configuration names one, and puts what it
// keeps in the place of references such as vault:kv/data/causeway#database_url.
func withSecrets(ctx context.Context, config Config) (Config, *vault.Client, error) {
	if err := config.Vault.validate(config.needsVault()); err != nil {
		return config, nil, err
	}
	client, err := openVault(ctx, config.Vault)
	if err != nil {
		return config, nil, fmt.Errorf("vault: %w", err)
	}
	values := map[string]*string{
		"database.url": &config.Database.URL, "bus.url": &config.Bus.URL, "telemetry.otlp": &config.Telemetry.OTLP,
		"keys.aliases": &config.Keys.Aliases,
	}
	config.Privacy.Keys = slices.Clone(config.Privacy.Keys)
	for i := range config.Privacy.Keys {
		values[fmt.Sprintf("privacy.keys, number %d", i+1)] = &config.Privacy.Keys[i]
	}
	for name, value := range values {
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

// openCredentials gets the hub's own user of the database, if Vault makes one.
func (n *Node) openCredentials(ctx context.Context) (func() (user, password string), error) {
	if n.config.Database.Credentials == "" {
		return nil, nil
	}
	credentials, err := n.vault.Credentials(ctx, n.config.Database.Credentials)
	if err != nil {
		return nil, fmt.Errorf("database.credentials: %w", err)
	}
	n.credentials = credentials
	return credentials.Current, nil
}

// watchCredentials lets the pool take the new credentials before the old ones end.
func (n *Node) watchCredentials(ctx context.Context) {
	n.credentials.Run(ctx, n.pool.Renew, func(err error) {
		n.telemetry.Logger().LogAttrs(ctx, slog.LevelError, "database credentials not renewed", slog.Any("problem", err))
	})
}
