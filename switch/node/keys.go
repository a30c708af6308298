package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/keys/openssl"
	"github.com/causeway-pay/causeway/internal/keys/vault"
	"github.com/causeway-pay/causeway/internal/telemetry"
	"github.com/causeway-pay/causeway/switch/route"
)

// KeysConfig says where the hub's signing keys are, and how they live.
type KeysConfig struct {
	// Dir is a directory, for development.
	Dir string `koanf:"dir"`
	// Transit is the name of a key in Vault's Transit engine, mounted at Mount
	// (default transit).
	Transit string `koanf:"transit"`
	Mount   string `koanf:"mount"`
	// Library is what computes signatures: go (the default), or openssl, which is the
	// system's OpenSSL 3 and has to be installed. It signs with keys in Dir and verifies
	// everything; with keys in Vault, Vault signs.
	Library string `koanf:"library"`
	// Announce is how long partners have to take a new version before the hub
	// signs with it (default 24h), Lifetime how long a version should be used
	// (default a year), and Refresh how often the hub looks for new versions
	// (default 10s). Negative values mean at once, and without end.
	Announce time.Duration `koanf:"announce"`
	Lifetime time.Duration `koanf:"lifetime"`
	Refresh  time.Duration `koanf:"refresh"`
	// Aliases is the secret that payees' aliases are hashed with, base64 of 32 bytes; with
	// Vault a reference such as vault:kv/data/causeway#aliases. With Dir alone it is made
	// there; with neither, codes cannot be led by alias.
	Aliases string `koanf:"aliases"`
}

// VaultConfig says where Vault is, and as whom the hub logs in; see vault.Config.
type VaultConfig struct {
	Address           string `koanf:"address"`
	Authority         string `koanf:"authority"`
	TokenFile         string `koanf:"token_file"`
	RoleID            string `koanf:"role_id"`
	WrappedSecretFile string `koanf:"wrapped_secret_file"`
	KubernetesRole    string `koanf:"kubernetes_role"`
	ServiceTokenFile  string `koanf:"service_token_file"`
}

// keysWarning is how long before its end a key is warned of: partners take weeks
// to exchange one.
const keysWarning = 30 * 24 * time.Hour

func (k KeysConfig) policy() keys.Policy {
	or := func(value, otherwise time.Duration) time.Duration {
		if value == 0 {
			value = otherwise
		}
		return max(value, 0)
	}
	return keys.Policy{
		Announce: or(k.Announce, 24*time.Hour), Lifetime: or(k.Lifetime, 365*24*time.Hour),
		Refresh: or(k.Refresh, 10*time.Second),
	}
}

func (k KeysConfig) validate() error {
	if (k.Dir == "") == (k.Transit == "") {
		return errors.New("keys.dir: name the directory of the signing keys, or in keys.transit their name in Vault")
	}
	if _, err := k.library(); err != nil {
		return err
	}
	policy := k.policy()
	if policy.Refresh <= 0 || policy.Announce > 0 && policy.Refresh > policy.Announce/2 {
		return errors.New("keys.refresh: want at most half of keys.announce, so that a version is known when it is due")
	}
	return nil
}

// library is what computes signatures.
func (k KeysConfig) library() (keys.Library, error) {
	library, err := openssl.Choose(k.Library)
	if err != nil {
		return nil, fmt.Errorf("keys.library: %w", err)
	}
	return library, nil
}

func (v VaultConfig) validate(needed bool) error {
	methods := 0
	for _, method := range []string{v.TokenFile, v.RoleID, v.KubernetesRole} {
		if method != "" {
			methods++
		}
	}
	switch {
	case v == VaultConfig{} && !needed:
		return nil
	case !strings.HasPrefix(v.Address, "https://") && !strings.HasPrefix(v.Address, "http://"):
		return fmt.Errorf("vault.address: want https://host:port, got %q", v.Address)
	case methods != 1:
		return errors.New("vault: set one of token_file, role_id and kubernetes_role")
	case v.RoleID != "" && v.WrappedSecretFile == "":
		return errors.New("vault.wrapped_secret_file: role_id needs it")
	}
	return nil
}

// needsVault reports whether a part of the configuration is in Vault.
func (c Config) needsVault() bool { return c.Keys.Transit != "" || c.Database.Credentials != "" }

// openVault logs in to Vault if the configuration names one.
func openVault(ctx context.Context, config VaultConfig) (*vault.Client, error) {
	if config == (VaultConfig{}) {
		return nil, nil
	}
	return vault.Open(ctx, vault.Config(config))
}

// OpenKeys opens the hub's keys for those who manage them. With generate set, a hub
// without any key gets its first.
func OpenKeys(ctx context.Context, config Config, generate bool) (*keys.Ring, error) {
	if err := errors.Join(config.Keys.validate(), config.Vault.validate(config.Keys.Transit != "")); err != nil {
		return nil, err
	}
	client, err := openVault(ctx, config.Vault)
	if err != nil {
		return nil, err
	}
	library, err := config.Keys.library()
	if err != nil {
		return nil, err
	}
	return openRing(ctx, library, config.Keys, client, generate)
}

// openRing opens the keys in either home. They are RSA keys, which is what the
// protocol of the partners knows.
func openRing(
	ctx context.Context, library keys.Library, config KeysConfig, client *vault.Client, generate bool,
) (*keys.Ring, error) {
	var home keys.Home = keys.NewFilesWith(library, config.Dir, HubOwner, keys.RSA2048)
	name := "keys.dir"
	if config.Transit != "" {
		mount := config.Mount
		if mount == "" {
			mount = "transit"
		}
		home, name = vault.NewTransit(client, mount, config.Transit, keys.RSA2048), "keys.transit"
	}
	ring, err := keys.Open(ctx, HubOwner, home, clock.System{}, config.policy(), generate)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return ring, nil
}

// openKeys opens the hub's keys. Keys in a directory are made if there are none; in
// Vault that is the work of people, and the hub has no right to it.
func (n *Node) openKeys(ctx context.Context) error {
	var err error
	if n.library, err = n.config.Keys.library(); err != nil {
		return err
	}
	if n.ring, err = openRing(ctx, n.library, n.config.Keys, n.vault, n.config.Keys.Dir != ""); err != nil {
		return err
	}
	if n.aliases, err = n.config.Keys.aliasKey(); err != nil {
		return err
	}
	return n.observeKeys()
}

// aliasOwner names the secret of aliases among the keys.
const aliasOwner = "ALIASES"

// aliasKey is the key of payees' aliases; nil if there is none.
func (k KeysConfig) aliasKey() (route.AliasKey, error) {
	var secret []byte
	var err error
	switch {
	case k.Aliases != "":
		secret, err = keys.ParseSecret(k.Aliases)
	case k.Dir != "":
		secret, err = keys.LoadOrMakeSecret(k.Dir, aliasOwner)
	}
	if err != nil {
		return nil, fmt.Errorf("keys.aliases: %w", err)
	}
	return secret, nil
}

// observeKeys measures how many days each version in use has left.
func (n *Node) observeKeys() error {
	meter := telemetry.Meter("github.com/causeway-pay/causeway/internal/keys")
	gauge, err := meter.Int64ObservableGauge("causeway.keys.days_left", metric.WithUnit("d"))
	if err != nil {
		return err
	}
	registration, err := meter.RegisterCallback(func(_ context.Context, observer metric.Observer) error {
		for _, listed := range n.ring.List() {
			if listed.State != keys.Retired && !listed.NotAfter.IsZero() {
				observer.ObserveInt64(gauge, listed.DaysLeft(n.clock.Now()),
					metric.WithAttributes(attribute.Int("version", listed.Number)))
			}
		}
		return nil
	}, gauge)
	if err != nil {
		return err
	}
	n.closeLater(func() { _ = registration.Unregister() }) // it is registered
	return nil
}

// watchKeys follows the keys and warns, once for each version, of the end of the
// one that is signed with.
func (n *Node) watchKeys(ctx context.Context) {
	warned := 0
	logger := n.telemetry.Logger()
	n.ring.Run(ctx, func(err error) {
		if err != nil {
			logger.LogAttrs(ctx, slog.LevelWarn, "keys not refreshed", slog.Any("problem", err))
			return
		}
		for _, listed := range n.ring.List() {
			ends := !listed.NotAfter.IsZero() && n.clock.Now().Add(keysWarning).After(listed.NotAfter)
			if listed.State == keys.Current && ends && listed.Number != warned {
				warned = listed.Number
				logger.LogAttrs(ctx, slog.LevelWarn, "the signing key is about to end: rotate it",
					slog.Int("version", listed.Number), slog.Int64("days_left", listed.DaysLeft(n.clock.Now())))
			}
		}
	})
}

// watchVault keeps the hub logged in.
func (n *Node) watchVault(ctx context.Context) {
	n.vault.Run(ctx, func(err error) {
		n.telemetry.Logger().LogAttrs(ctx, slog.LevelError, "Vault does not let the hub in", slog.Any("problem", err))
	})
}
