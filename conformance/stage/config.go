package stage

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/knadh/koanf/parsers/yaml"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/ports"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/internal/seal"
	"github.com/causeway-pay/causeway/switch/node"
)

// Timing shortens the hub's schedules, so that a demo shows in seconds what
// takes minutes in production. Zero values keep the hub's defaults.
type Timing struct {
	WalletPatience time.Duration
	CodeWindow     time.Duration
	Inquiries      string
	Cancels        string
	Notifications  string
	Pushes         string
}

// operator is a first operator of the stage.
type operator struct {
	name  string
	roles []string
}

func operators() []operator {
	return []operator{
		{"tessa", []string{"viewer", "treasury", "operations", "compliance", "admin"}},
		{"oskar", []string{"viewer", "treasury", "operations", "compliance", "admin"}},
	}
}

// addresses are the ports of a stage, the same over all restarts.
type addresses struct {
	Partners  string                    `json:"partners"`
	Operators string                    `json:"operators"`
	Sides     map[string]sandboxAddress `json:"sides"`
}

type sandboxAddress struct {
	Side    string `json:"side"`
	Control string `json:"control"`
}

// chooseAddresses keeps the ports of an earlier run in the same directory, so
// that what a developer noted down stays true.
func chooseAddresses(dir string, cast []Partner) (addresses, error) {
	path := filepath.Join(dir, "addresses.json")
	var chosen addresses
	if body, err := os.ReadFile(path); err == nil {
		return chosen, json.Unmarshal(body, &chosen)
	}
	chosen.Sides = map[string]sandboxAddress{}
	var err error
	seen := map[string]bool{"": true}
	take := func() (taken string) {
		for err == nil && seen[taken] {
			taken, err = ports.Address()
		}
		seen[taken] = true
		return taken
	}
	chosen.Partners, chosen.Operators = take(), take()
	for _, p := range cast {
		chosen.Sides[p.ID] = sandboxAddress{take(), take()}
	}
	if err != nil {
		return addresses{}, err
	}
	body, err := json.Marshal(chosen)
	if err != nil {
		return addresses{}, err
	}
	return chosen, os.WriteFile(path, body, 0o600)
}

// prepare writes keys, lists, tokens and configuration files below the
// directory.
func (s *Stage) prepare() error {
	for _, folder := range []string{"keys", "lists", "tokens", "config", "logs"} {
		if err := os.MkdirAll(filepath.Join(s.Dir, folder), 0o700); err != nil {
			return fmt.Errorf("stage: %w", err)
		}
	}
	list := "id,name\nDEMO-1," + ListedName + "\n"
	if err := os.WriteFile(s.path("lists", "own.csv"), []byte(list), 0o600); err != nil {
		return fmt.Errorf("stage: %w", err)
	}
	for _, o := range operators() {
		if err := writeToken(s.path("tokens", o.name)); err != nil {
			return err
		}
	}
	if err := s.prepareKeys(); err != nil {
		return err
	}
	if err := writeYAML(s.path("config", "hub.yaml"), s.hubConfig()); err != nil {
		return err
	}
	for _, p := range s.cast() {
		if err := writeYAML(s.path("config", p.ID+".yaml"), s.partnerConfig(p)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Stage) path(parts ...string) string {
	return filepath.Join(append([]string{s.Dir}, parts...)...)
}

// box seals personal data with the key of the stage, which is made once.
func (s *Stage) box() (*seal.Box, error) {
	path := s.path("privacy.key")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		key := make([]byte, seal.KeySize)
		if _, err := rand.Read(key); err != nil {
			return nil, fmt.Errorf("stage: %w", err)
		}
		text = base64.StdEncoding.AppendEncode(nil, key)
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("stage: %w", err)
	}
	s.privacyKey = string(text)
	return seal.Parse([]string{s.privacyKey})
}

// writeToken makes an operator's token once.
func writeToken(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		return fmt.Errorf("stage: %w", err)
	}
	token := "cwo_" + base64.RawURLEncoding.EncodeToString(secret)
	return os.WriteFile(path, []byte(token), 0o600)
}

// prepareKeys makes a key pair for the hub and each partner, and lays the
// public halves out for the other side.
func (s *Stage) prepareKeys() error {
	owners := []string{node.HubOwner}
	for _, p := range s.cast() {
		owners = append(owners, p.ID)
	}
	for _, owner := range owners {
		if err := s.firstKey(owner); err != nil {
			return fmt.Errorf("stage: %w", err)
		}
		signer, err := keys.Load(s.path("keys"), owner, -1)
		if err != nil {
			return fmt.Errorf("stage: %w", err)
		}
		public, err := signer.Public()
		if err != nil {
			return fmt.Errorf("stage: %w", err)
		}
		if err := os.WriteFile(s.publicKey(owner), []byte(public[1]), 0o600); err != nil {
			return fmt.Errorf("stage: %w", err)
		}
	}
	return nil
}

// firstKey makes an owner's first key, unless it has one.
func (s *Stage) firstKey(owner string) error {
	algorithm := s.options.Keys
	if algorithm == "" {
		algorithm = keys.RSA2048
	}
	_, err := keys.Load(s.path("keys"), owner, -1)
	if reason.Of(err) != reason.UnknownKey {
		return err
	}
	return keys.GenerateAs(algorithm, s.path("keys"), owner, 1)
}

func (s *Stage) publicKey(owner string) string { return s.path("keys", owner+".pub") }

func writeYAML(path string, config map[string]any) error {
	body, err := yaml.Parser().Marshal(config)
	if err != nil {
		return fmt.Errorf("stage: %w", err)
	}
	return os.WriteFile(path, body, 0o600)
}

func (s *Stage) hubConfig() map[string]any {
	config := map[string]any{
		"region":    Region,
		"database":  map[string]any{"url": s.DatabaseURL},
		"bus":       map[string]any{"dir": s.path("nats")},
		"partners":  map[string]any{"listen": s.addresses.Partners, "public_url": s.PartnersURL()},
		"operators": map[string]any{"listen": s.addresses.Operators},
		"keys":      map[string]any{"dir": s.path("keys")},
		"privacy":   map[string]any{"keys": []any{s.privacyKey}},
		"telemetry": map[string]any{"log": "text", "level": s.logLevel(), "otlp": s.options.Collector},
		"lists":     []any{map[string]any{"name": "OWN", "format": "simple", "file": s.path("lists", "own.csv")}},
		// The sample is the rates of one day; they stay good for a demonstration.
		"rates":   map[string]any{"sample": true, "fresh_for": "87600h"},
		"reports": s.Reports(),
		"timing":  s.timing(),
	}
	var participants, administrators []any
	for _, p := range s.cast() {
		participants = append(participants, map[string]any{
			"id": p.ID, "role": p.Role, "name": p.Name, "country": p.Country, "currency": string(p.Currency),
			"client_id": ClientID(p.ID), "endpoint": "http://" + s.addresses.Sides[p.ID].Side, "code_prefix": p.Prefix,
			"fee_basis_points": p.FeeBasisPoints, "cap": p.Cap, "public_key_file": s.publicKey(p.ID),
			"merchant_codes": p.codes(), "notices": p.Notices,
		})
	}
	for _, o := range operators() {
		roles := make([]any, len(o.roles))
		for i, role := range o.roles {
			roles[i] = role
		}
		administrators = append(administrators, map[string]any{
			"name": o.name, "roles": roles, "token_file": s.path("tokens", o.name),
		})
	}
	config["participants"], config["administrators"], config["corridors"] = participants, administrators, corridors()
	maps.Copy(config, s.options.Hub)
	return config
}

// codes are the codes of an acquirer's own, one prefix for each mode.
func (p Partner) codes() []any {
	if p.Role != sandbox.RoleAcquirer {
		return nil
	}
	var all []any
	for _, mode := range []connectors.Mode{connectors.PrivateOrderCode, connectors.Push, connectors.EntryCode} {
		all = append(all, map[string]any{"prefix": p.CodePrefix(mode), "mode": string(mode)})
	}
	return all
}

// CodePrefix is how an acquirer's own codes of a mode begin.
func (p Partner) CodePrefix(mode connectors.Mode) string {
	return "https://" + strings.ToLower(p.ID+".example/"+string(mode)) + "/"
}

func (s *Stage) logLevel() string {
	if s.options.LogLevel == "" {
		return "info"
	}
	return s.options.LogLevel
}

func corridors() []any {
	var all []any
	for _, merchant := range []struct{ country, currency, limit string }{
		{"JP", "JPY", "1000000"}, {"SG", "SGD", "10000.00"},
	} {
		for i, payer := range []string{"HK", "PH", "KR", "CN"} {
			all = append(all, map[string]any{
				"payer": payer, "merchant": merchant.country, "payer_markup": 40 + 10*i, "merchant_markup": 15,
				"limit": merchant.limit, "currency": merchant.currency,
			})
		}
	}
	return all
}

func (s *Stage) timing() map[string]any {
	timing := map[string]any{}
	set := func(key, value string) {
		if value != "" && value != "0s" {
			timing[key] = value
		}
	}
	set("wallet_patience", s.options.Timing.WalletPatience.String())
	set("code_window", s.options.Timing.CodeWindow.String())
	set("inquiries", s.options.Timing.Inquiries)
	set("cancels", s.options.Timing.Cancels)
	set("pushes", s.options.Timing.Pushes)
	set("notifications", s.options.Timing.Notifications)
	return timing
}

// ClientID is the client id of a partner.
func ClientID(partner string) string { return "SANDBOX_" + partner }

func (s *Stage) partnerConfig(p Partner) map[string]any {
	config := map[string]any{
		"role": p.Role, "participant": p.ID, "client_id": ClientID(p.ID), "hub_url": s.PartnersURL(),
		"listen": s.addresses.Sides[p.ID].Side, "control": s.addresses.Sides[p.ID].Control,
		"key_directory": s.path("keys"), "hub_key_file": s.publicKey(node.HubOwner), "currency": string(p.Currency),
		"hub_key_directory": s.options.HubKeys, "key_announce_millis": s.options.Announce.Milliseconds(),
	}
	if p.Role == sandbox.RoleAcquirer {
		return config
	}
	var list []any
	for _, c := range append(customers(p.Currency), s.options.Customers...) {
		list = append(list, map[string]any{
			"id": c.ID, "name": c.Name, "balance": c.Balance, "behaviour": string(c.Behaviour),
			"delay_millis": c.DelayMillis,
		})
	}
	config["customers"] = list
	return config
}
