package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/table"
	"github.com/causeway-pay/causeway/switch/node"
)

// keysCommand is the work with the hub's signing keys, in the home that the hub's
// configuration names.
type keysCommand struct {
	Config string `required:"" type:"path" env:"SWITCH_CONFIG" help:"The hub's configuration file (YAML)."`
	JSON   bool   `help:"Print JSON instead of tables."`

	List   keysListCommand   `cmd:"" help:"List the versions of the key, and how long they are good."`
	Show   keysShowCommand   `cmd:"" help:"Print the public key of a version, to be given to partners."`
	Rotate keysRotateCommand `cmd:"" help:"Make the next version, or the first."`
	Retire keysRetireCommand `cmd:"" help:"End a version and those before it, for good."`
}

// Help teaches what the line above cannot.
func (keysCommand) Help() string {
	return `A version is announced, then current, then previous, then retired. Two are active.

  announced  partners are given it; the hub does not sign with it yet
  current    the hub signs with it, and names it in every message
  previous   what was signed with it is still good
  retired    it is over

To exchange the key: rotate; give every partner what "show" prints; wait. After
keys.announce (24h unless set) every hub changes over by itself, without restart. When
that was as long ago, retire the previous version.

With keys in Vault, run this with a token that may rotate (deploy/vault/operator.hcl);
CAUSEWAY_VAULT__TOKEN_FILE names it. The hub's own token can only sign.

Signatures are computed by Go, or with "library: openssl" among the keys of the
configuration by the system's OpenSSL 3, which signs with RSA in a quarter of the time.

Examples:
  switch keys list --config hub.yaml
  switch keys rotate --config hub.yaml && switch keys show 2 --config hub.yaml > hub.2.pub`
}

func (c *keysCommand) open(ctx context.Context, generate bool) (*keys.Ring, error) {
	config, err := node.Load(c.Config)
	if err != nil {
		return nil, err
	}
	return node.OpenKeys(ctx, config, generate)
}

// keyVersion is a version for people and programs.
type keyVersion struct {
	Version   int        `json:"version"`
	State     keys.State `json:"state"`
	CreatedAt time.Time  `json:"created_at"`
	NotAfter  *time.Time `json:"not_after,omitempty"`
	DaysLeft  *int64     `json:"days_left,omitempty"`
	PublicKey string     `json:"public_key"`
}

func keyVersions(listed []keys.Listed) []keyVersion {
	versions := []keyVersion{}
	for _, l := range listed {
		version := keyVersion{Version: l.Number, State: l.State, CreatedAt: l.CreatedAt, PublicKey: l.Public}
		if !l.NotAfter.IsZero() {
			left := l.DaysLeft(clock.System{}.Now())
			version.NotAfter, version.DaysLeft = &l.NotAfter, &left
		}
		versions = append(versions, version)
	}
	return versions
}

func (c *keysCommand) print(ring *keys.Ring) error {
	versions := keyVersions(ring.List())
	if c.JSON {
		return printJSON(versions)
	}
	var rows [][]string
	for _, v := range versions {
		row := []string{strconv.Itoa(v.Version), string(v.State), v.CreatedAt.Format(time.DateTime), "never", ""}
		if v.NotAfter != nil {
			row[3], row[4] = v.NotAfter.Format(time.DateTime), strconv.FormatInt(*v.DaysLeft, 10)
		}
		rows = append(rows, row)
	}
	header := []string{"version", "state", "created (UTC)", "not after (UTC)", "days left"}
	return table.Write(os.Stdout, "", header, rows, 0, 4)
}

type keysListCommand struct{}

// Run implements the command.
func (keysListCommand) Run(ctx context.Context, c *commands) error {
	ring, err := c.Keys.open(ctx, false)
	if err != nil {
		return err
	}
	return c.Keys.print(ring)
}

type keysRotateCommand struct{}

// Run implements the command.
func (keysRotateCommand) Run(ctx context.Context, c *commands) error {
	ring, err := c.Keys.open(ctx, true)
	if err != nil {
		return err
	}
	if !ring.Generated() {
		if err := ring.Rotate(ctx); err != nil {
			return err
		}
	}
	return c.Keys.print(ring)
}

type keysRetireCommand struct {
	Version int `arg:"" help:"The version."`
}

// Run implements the command.
func (k keysRetireCommand) Run(ctx context.Context, c *commands) error {
	ring, err := c.Keys.open(ctx, false)
	if err != nil {
		return err
	}
	if err := ring.Retire(ctx, k.Version); err != nil {
		return err
	}
	return c.Keys.print(ring)
}

type keysShowCommand struct {
	Version int `arg:"" help:"The version."`
}

// Run implements the command.
func (k keysShowCommand) Run(ctx context.Context, c *commands) error {
	ring, err := c.Keys.open(ctx, false)
	if err != nil {
		return err
	}
	for _, version := range keyVersions(ring.List()) {
		switch {
		case version.Version != k.Version:
		case c.Keys.JSON:
			return printJSON(version)
		default:
			_, err := fmt.Print(version.PublicKey)
			return err
		}
	}
	return fmt.Errorf("there is no version %d", k.Version)
}
