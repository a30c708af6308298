package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/fx/feed"
	"github.com/causeway-pay/causeway/fx/source"
	"github.com/causeway-pay/causeway/money"
)

// fileEvery is how often the file of reference rates is read again.
const fileEvery = time.Hour

// sourceEveryMin keeps a misspelt schedule from flooding a provider.
const sourceEveryMin = time.Second

func (c RatesConfig) validate() error {
	if err := c.rules().Check(); err != nil {
		return fmt.Errorf("rates: %w", err)
	}
	if c.Book != "" && !money.Currency(c.Book).Known() {
		return fmt.Errorf("rates.book: no currency %q", c.Book)
	}
	if err := notNegative(setting{"rates.quote_life", c.QuoteLife}); err != nil {
		return err
	}
	for i, s := range c.Sources {
		if s.Every < sourceEveryMin {
			return fmt.Errorf("rates.sources[%d].every: want %s or more, got %s", i, sourceEveryMin, s.Every)
		}
	}
	_, err := c.scheduled()
	return err
}

// freshDefault covers the longest gap of reference rates, from before Easter to
// after it.
const freshDefault = 120 * time.Hour

// rules are the limits that rates are held to.
func (c RatesConfig) rules() fx.Rules {
	if c.FreshFor == 0 {
		c.FreshFor = freshDefault
	}
	rules := fx.Rules{Default: fx.Guard{FreshFor: c.FreshFor, MoveMax: c.MovePoints, SpreadMax: c.SpreadPoints}}
	for _, pivot := range c.Pivots {
		rules.Pivots = append(rules.Pivots, money.Currency(pivot))
	}
	if len(c.Pairs) > 0 {
		rules.Pairs = map[string]fx.Guard{}
	}
	for _, p := range c.Pairs {
		rules.Pairs[p.Pair] = fx.Guard{FreshFor: p.FreshFor, MoveMax: p.MovePoints, SpreadMax: p.SpreadPoints}
	}
	return rules
}

// book is the currency in which exposure is valued.
func (c RatesConfig) book() money.Currency {
	if c.Book == "" {
		return "EUR"
	}
	return money.Currency(c.Book)
}

// scheduled are the sources to fetch.
func (c RatesConfig) scheduled() ([]feed.Scheduled, error) {
	var list []feed.Scheduled
	add := func(config source.Config, every time.Duration) error {
		s, err := source.New(config, nil)
		if err != nil {
			return err
		}
		list = append(list, feed.Scheduled{Source: s, Every: every})
		return nil
	}
	if c.File != "" {
		if err := add(source.Config{Format: source.ECBCSV, File: c.File}, fileEvery); err != nil {
			return nil, fmt.Errorf("rates.file: %w", err)
		}
	}
	for i, s := range c.Sources {
		err := add(source.Config{
			Name: s.Name, Format: source.Format(s.Format), URL: s.URL, File: s.File, Rows: s.Rows,
			Columns: source.Columns(s.Columns),
		}, s.Every)
		if err != nil {
			return nil, fmt.Errorf("rates.sources[%d]: %w", i, err)
		}
	}
	return list, nil
}

// openRates fills the desk: with what the database knows, the sample or the file,
// which must be there, and the sources, which may be away. So every hub prices
// alike.
func (n *Node) openRates(ctx context.Context) error {
	n.desk = &fx.Desk{}
	n.feed = feed.New(feed.Config{
		Pool: n.pool, Desk: n.desk, Rules: n.config.Rates.rules(), Bus: n.bus, Clock: n.clock, Logger: n.telemetry.Logger(),
	})
	var err error
	if n.sources, err = n.config.Rates.scheduled(); err != nil {
		return err
	}
	if err := n.feed.Load(ctx); err != nil {
		return fmt.Errorf("rates: %w", err)
	}
	if n.config.Rates.Sample {
		references, err := fx.Sample()
		if err != nil {
			return err
		}
		if _, err := n.feed.Take(ctx, references); err != nil {
			return err
		}
	}
	if n.config.Rates.File != "" {
		references, err := n.sources[0].Fetch(ctx)
		if err == nil {
			_, err = n.feed.Take(ctx, references)
		}
		if err != nil {
			return fmt.Errorf("rates.file: %w", err)
		}
	}
	if n.desk.Board().Len() == 0 && len(n.sources) == 0 {
		return errors.New("rates: none in the database; set rates.file to an ECB reference rate file, or rates.sources")
	}
	return nil
}

// watchEvery is how long an exposure beyond its limit may go unnoticed.
const watchEvery = 5 * time.Second

// watchExposure tells when an exposure passes its limit, and when it is back.
func (n *Node) watchExposure(ctx context.Context) {
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	logger := n.telemetry.Logger()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		raised, cleared, err := n.engine.WatchExposure(ctx)
		if err != nil && ctx.Err() == nil {
			logger.LogAttrs(ctx, slog.LevelWarn, "exposure not watched", slog.Any("problem", err))
		}
		for _, a := range raised {
			logger.LogAttrs(ctx, slog.LevelError, "exposure beyond its limit", slog.String("net", a.Net.String()),
				slog.String("limit", a.Limit.String()))
		}
		for _, a := range cleared {
			logger.LogAttrs(ctx, slog.LevelInfo, "exposure within its limit again",
				slog.String("currency", string(a.Net.Currency)))
		}
	}
}
