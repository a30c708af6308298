package node

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/compliance/clearance"
	"github.com/causeway-pay/causeway/compliance/keeper"
	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/compliance/policy"
	"github.com/causeway-pay/causeway/switch/engine"
)

// ListConfig is one file of a sanctions list. Files of one name are one list, of
// which the first is the main one.
type ListConfig struct {
	Name   string `koanf:"name"`
	Format string `koanf:"format"`
	// File is a path and URL an address; one of them is set.
	File string `koanf:"file"`
	URL  string `koanf:"url"`
	// Every is how often the list is looked at (default 15m for an address, as
	// authorities publish at no fixed hour, 1m for a file).
	Every time.Duration `koanf:"every"`
}

// ComplianceConfig is what does not stand in the policy.
type ComplianceConfig struct {
	// ListAge is how long lists are good after they were last confirmed (default
	// 24h); then no payment passes.
	ListAge time.Duration `koanf:"list_age"`
	// ShrinkPercent and GrowPercent are by how much a list may change at once
	// (default 5 and 25).
	ShrinkPercent int `koanf:"shrink_percent"`
	GrowPercent   int `koanf:"grow_percent"`
}

// Defaults of lists.
const (
	listAgeDefault   = 24 * time.Hour
	listEveryAddress = 15 * time.Minute
	listEveryFile    = time.Minute
	// listEveryMin keeps a misspelt schedule from flooding an authority.
	listEveryMin = 10 * time.Second
)

func (c ComplianceConfig) listAge() time.Duration {
	if c.ListAge == 0 {
		return listAgeDefault
	}
	return c.ListAge
}

func (c ComplianceConfig) guard() lists.Guard {
	guard := lists.DefaultGuard
	if c.ShrinkPercent > 0 {
		guard.ShrinkMax = c.ShrinkPercent
	}
	if c.GrowPercent > 0 {
		guard.GrowMax = c.GrowPercent
	}
	return guard
}

func (l ListConfig) validate(name string) error {
	switch {
	case l.Name == "":
		return fmt.Errorf("%s.name: every list has one", name)
	case !slices.Contains(lists.Formats(), l.Format):
		return fmt.Errorf("%s.format: want one of %s, got %q", name, strings.Join(lists.Formats(), ", "), l.Format)
	case (l.File == "") == (l.URL == ""):
		return fmt.Errorf("%s: set either file or url", name)
	case l.URL != "" && !strings.HasPrefix(l.URL, "https://") && !strings.HasPrefix(l.URL, "http://"):
		return fmt.Errorf("%s.url: want https://..., got %q", name, l.URL)
	case l.Every != 0 && l.Every < listEveryMin:
		return fmt.Errorf("%s.every: want %s or more, got %s", name, listEveryMin, l.Every)
	default:
		return nil
	}
}

func (l ListConfig) every() time.Duration {
	switch {
	case l.Every > 0:
		return l.Every
	case l.URL != "":
		return listEveryAddress
	default:
		return listEveryFile
	}
}

// sources puts the files of each list together, in the order of their names' first
// use.
func sources(config []ListConfig) []keeper.Source {
	var all []keeper.Source
	for _, l := range config {
		i := slices.IndexFunc(all, func(s keeper.Source) bool { return s.Name == l.Name })
		if i < 0 {
			i = len(all)
			all = append(all, keeper.Source{Name: l.Name, Every: l.every()})
		}
		all[i].Files = append(all[i].Files, keeper.File{Format: l.Format, Place: l.File + l.URL})
		all[i].Every = min(all[i].Every, l.every())
	}
	return all
}

// openCompliance makes the officer and gives it lists and policy.
func (n *Node) openCompliance(ctx context.Context) (err error) {
	if len(n.config.Lists) == 0 {
		return fmt.Errorf("%w: name at least one under lists", compliance.ErrNoLists)
	}
	n.rescreen = make(chan struct{}, 1)
	if n.officer, err = compliance.NewOfficer(n.clock, n.config.Compliance.listAge()); err != nil {
		return err
	}
	n.keeper = keeper.New(keeper.Config{
		Pool: n.pool, Officer: n.officer, Bus: n.bus, Clock: n.clock, Logger: n.telemetry.Logger(),
		Sources: sources(n.config.Lists), Guard: n.config.Compliance.guard(), Changed: n.listsChanged,
	})
	if err := n.keeper.Start(ctx); err != nil {
		return err
	}
	return n.loadPolicy(ctx)
}

// listsChanged has everything open looked at again. It does not wait for that.
func (n *Node) listsChanged(context.Context) {
	select {
	case n.rescreen <- struct{}{}:
	default:
	}
}

// rescreenOpen looks at open payments, at the participants and at the registered
// merchants again, after each change of the lists.
func (n *Node) rescreenOpen(ctx context.Context) {
	logger := n.telemetry.Logger()
	for {
		select {
		case <-ctx.Done():
			return
		case <-n.rescreen:
		}
		if err := n.engine.Rescreen(ctx); err != nil && ctx.Err() == nil {
			logger.LogAttrs(ctx, slog.LevelError, "open payments not screened again", slog.Any("problem", err))
		}
		for who, look := range map[string]func(context.Context) ([]engine.Listed, error){
			"participants": n.engine.ListedParticipants, "merchants": n.engine.ListedMerchants,
		} {
			listed, err := look(ctx)
			if err != nil && ctx.Err() == nil {
				logger.LogAttrs(ctx, slog.LevelError, who+" not screened again", slog.Any("problem", err))
			}
			n.tellListed(ctx, listed)
		}
	}
}

// tellListed is for people: what is to be done about somebody who is like a listed entry
// is not for a program to decide.
func (n *Node) tellListed(ctx context.Context, listed []engine.Listed) {
	for _, l := range listed {
		message := "a participant is like a listed entry"
		if l.MerchantID != "" {
			message = "a registered merchant is like a listed entry"
		}
		n.telemetry.Logger().LogAttrs(ctx, slog.LevelError, message, slog.String("participant", l.ParticipantID),
			slog.String("merchant", l.MerchantID), slog.String("store", l.StoreID), slog.String("list", l.List),
			slog.String("entry", l.Entry), slog.Int("score", l.Score))
	}
}

// loadPolicy has the officer follow the policy that is in force, and leave alone the
// parties that were cleared.
func (n *Node) loadPolicy(ctx context.Context) error {
	live, shadow, err := policy.Load(ctx, n.pool)
	if err != nil {
		return err
	}
	n.officer.Follow(live, shadow)
	cleared, err := clearance.Load(ctx, n.pool, n.clock.Now())
	if err != nil {
		return err
	}
	n.officer.Clear(cleared)
	return nil
}

// policyEvery is how long a hub may go on by a policy that another one has replaced.
const policyEvery = 2 * time.Second

// followPolicy takes up the policies that are approved.
func (n *Node) followPolicy(ctx context.Context) {
	ticker := time.NewTicker(policyEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := n.loadPolicy(ctx); err != nil && ctx.Err() == nil {
			n.telemetry.Logger().LogAttrs(ctx, slog.LevelWarn, "policy not loaded", slog.Any("problem", err))
		}
	}
}
