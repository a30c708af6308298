package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// hubAccess is what every command needs that speaks to the hub.
type hubAccess struct {
	Hub       string `default:"http://127.0.0.1:8444" env:"SWITCH_HUB"        help:"The hub's address for operators."`
	TokenFile string `                                env:"SWITCH_TOKEN_FILE" help:"File with your token."            required:"" type:"path"`
	JSON      bool   `                                                        help:"Print JSON instead of tables."`
}

func (a hubAccess) operate() *operateCommand {
	return &operateCommand{Hub: a.Hub, TokenFile: a.TokenFile, JSON: a.JSON}
}

// partnerCommand is the work on wallets and acquirers, through the hub's API.
type partnerCommand struct {
	hubAccess

	List        partnerListCommand      `cmd:"" help:"List the partners."`
	Show        partnerShowCommand      `cmd:"" help:"Show one partner: contract, endpoint, keys, limits."`
	Add         partnerAddCommand       `cmd:"" help:"Propose to take on a partner."`
	RotateKey   partnerRotateKeyCommand `cmd:"" help:"Propose the next version of a partner's public key."`
	RetireKey   partnerRetireKeyCommand `cmd:"" help:"Propose to end a version of a partner's key."`
	SetEndpoint partnerEndpointCommand  `cmd:"" help:"Propose where a partner is called."`
	SetLimits   partnerLimitsCommand    `cmd:"" help:"Propose how much is served of a partner, and how much it is asked."`
	SetNotices  partnerNoticesCommand   `cmd:"" help:"Propose of which final states an acquirer is notified."`
	Suspend     partnerSuspendCommand   `cmd:"" help:"Propose that a partner may start no payments."`
	Resume      partnerResumeCommand    `cmd:"" help:"Propose that a suspended partner may start payments again."`
}

// propose proposes a change and says what to do next.
func (p *partnerCommand) propose(ctx context.Context, kind string, change any) error {
	err := show(p.operate(), func(hub *client.Client) (wire.Proposal, error) { return hub.Propose(ctx, kind, change) },
		oneProposal)
	if err == nil && !p.JSON {
		fmt.Fprintln(os.Stderr, "now another person reads it and runs: switch operate approve PROPOSAL HASH")
	}
	return err
}

type partnerListCommand struct{}

// Run implements the command.
func (partnerListCommand) Run(ctx context.Context, p *partnerCommand) error {
	return show(p.operate(), func(hub *client.Client) (wire.Participants, error) { return hub.Participants(ctx) },
		func(all wire.Participants) ([]string, [][]string) {
			var rows [][]string
			for _, p := range all.Participants {
				rows = append(rows, []string{
					p.ID, p.Role, p.Name, p.Country, p.Currency, versionsText(p.KeyVersions), suspendedText(p.Suspended),
				})
			}
			return []string{"partner", "role", "name", "country", "currency", "keys", "state"}, rows
		})
}

func versionsText(versions []int) string {
	texts := make([]string, len(versions))
	for i, version := range versions {
		texts[i] = fmt.Sprint(version)
	}
	return strings.Join(texts, ", ")
}

func suspendedText(suspended bool) string {
	if suspended {
		return "SUSPENDED"
	}
	return "active"
}

type partnerID struct {
	ID string `arg:"" help:"The partner's id, such as HK-WALLET."`
}

// find returns the partner from what the hub knows.
func (p partnerID) find(ctx context.Context, hub *client.Client) (wire.Participant, error) {
	all, err := hub.Participants(ctx)
	if err != nil {
		return wire.Participant{}, err
	}
	at := slices.IndexFunc(all.Participants, func(one wire.Participant) bool { return one.ID == p.ID })
	if at < 0 {
		return wire.Participant{}, fmt.Errorf("no partner %q; switch partner list names them", p.ID)
	}
	return all.Participants[at], nil
}

type partnerShowCommand struct{ partnerID }

// Run implements the command.
func (c partnerShowCommand) Run(ctx context.Context, p *partnerCommand) error {
	return show(p.operate(), func(hub *client.Client) (wire.Participant, error) { return c.find(ctx, hub) },
		func(p wire.Participant) ([]string, [][]string) {
			return []string{"partner", p.ID}, [][]string{
				{"name", p.Name}, {"role", p.Role}, {"state", suspendedText(p.Suspended)}, {"region", p.Region},
				{"country", p.Country}, {"settlement currency", p.Currency}, {"client id", p.ClientID},
				{"endpoint", p.Endpoint}, {"protocol", p.Connector}, {"code prefix", p.CodePrefix},
				{"fee (basis points)", fmt.Sprint(p.FeeBasisPoints)}, {"key versions", versionsText(p.KeyVersions)},
				{"merchants registered", cmp.Or(p.Registration, "-")}, {"notified of", cmp.Or(p.Notices, "-")},
				{"served", limitsText(p.Inbound)}, {"asked", limitsText(p.Outbound)},
			}
		})
}

func limitsText(l wire.Limits) string {
	text := func(value int64) string {
		if value == 0 {
			return "default"
		}
		return fmt.Sprint(value)
	}
	return text(l.PerSecond) + " a second, " + text(l.Burst) + " in a burst, " + text(l.AtOnce) + " at once"
}

type partnerRotateKeyCommand struct {
	partnerID
	File    string `arg:"" help:"File with the new public key: RSA of 2048 bits or more, P-256, Ed25519." type:"path"`
	Version int    `default:"-1" help:"Its number; the next one if not said."`
}

// readPublic reads a partner's public key and stops a private one here.
func readPublic(file string) (string, error) {
	key, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("key: %w", err)
	}
	if strings.Contains(string(key), "PRIVATE KEY") {
		return "", errors.New("the file holds a PRIVATE key, which must never leave its owner: tell the partner to make " +
			"a new pair and to send the public key only")
	}
	return string(key), nil
}

// Run implements the command.
func (c partnerRotateKeyCommand) Run(ctx context.Context, p *partnerCommand) error {
	key, err := readPublic(c.File)
	if err != nil {
		return err
	}
	hub, err := p.operate().client()
	if err != nil {
		return err
	}
	if c.Version < 0 {
		partner, err := c.find(ctx, hub)
		if err != nil {
			return err
		}
		c.Version = 1
		if len(partner.KeyVersions) > 0 {
			c.Version = slices.Max(partner.KeyVersions) + 1
		}
	}
	return p.propose(ctx, wire.KindKeyAdd, wire.KeyAddition{
		ParticipantID: c.ID, Version: c.Version, PublicKey: key,
	})
}

type partnerRetireKeyCommand struct {
	partnerID
	Version int `arg:"" help:"The version that nothing is signed with any more."`
}

// Run implements the command.
func (c partnerRetireKeyCommand) Run(ctx context.Context, p *partnerCommand) error {
	return p.propose(ctx, wire.KindKeyRetire, wire.KeyRetirement{ParticipantID: c.ID, Version: c.Version})
}

type partnerEndpointCommand struct {
	partnerID
	Endpoint string `arg:"" help:"Its https address, without a query."`
}

// Run implements the command.
func (c partnerEndpointCommand) Run(ctx context.Context, p *partnerCommand) error {
	return p.propose(ctx, wire.KindEndpointSet, wire.EndpointChange{ParticipantID: c.ID, Endpoint: c.Endpoint})
}

type partnerLimitsCommand struct {
	partnerID
	Served       int64 `help:"Requests a second that are served; 0 means the hub's default."`
	ServedBurst  int64 `help:"How many at once after a pause."`
	ServedAtOnce int64 `help:"How many at the same time."`
	Asked        int64 `help:"Requests a second that it is asked; 0 means the hub's default."`
	AskedBurst   int64 `help:"How many at once after a pause."`
	AskedAtOnce  int64 `help:"How many at the same time."`
}

// Run implements the command.
func (c partnerLimitsCommand) Run(ctx context.Context, p *partnerCommand) error {
	return p.propose(ctx, wire.KindLimitsSet, wire.LimitsChange{
		ParticipantID: c.ID,
		Inbound:       wire.Limits{PerSecond: c.Served, Burst: c.ServedBurst, AtOnce: c.ServedAtOnce},
		Outbound:      wire.Limits{PerSecond: c.Asked, Burst: c.AskedBurst, AtOnce: c.AskedAtOnce},
	})
}

type partnerNoticesCommand struct {
	partnerID
	Notices string `arg:"" help:"EVERY, or UNTOLD: those that the answer to its pay has not told." enum:"EVERY,UNTOLD"`
}

// Run implements the command.
func (c partnerNoticesCommand) Run(ctx context.Context, p *partnerCommand) error {
	return p.propose(ctx, wire.KindNoticesSet, wire.NoticesChange{ParticipantID: c.ID, Notices: c.Notices})
}

type partnerSuspendCommand struct{ partnerID }

// Run implements the command.
func (c partnerSuspendCommand) Run(ctx context.Context, p *partnerCommand) error {
	return p.propose(ctx, wire.KindParticipantSuspend, wire.ParticipantChange{ParticipantID: c.ID})
}

type partnerResumeCommand struct{ partnerID }

// Run implements the command.
func (c partnerResumeCommand) Run(ctx context.Context, p *partnerCommand) error {
	return p.propose(ctx, wire.KindParticipantResume, wire.ParticipantChange{ParticipantID: c.ID})
}
