package node

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/window"
)

// SettlementConfig says when windows close and money is due.
type SettlementConfig struct {
	// CutOffs are the times of day, such as "00:00", at which the hub closes its
	// window by itself, in the time zone Zone. None: an operator closes it.
	CutOffs []string `koanf:"cut_offs"`
	Zone    string   `koanf:"zone"`
	// Calendars is a file of own holidays, which take the place of the published
	// ones of their currencies.
	Calendars string `koanf:"calendars"`
	// Days is after how many business days money of a currency is due, if not
	// after one.
	Days map[string]int `koanf:"days"`
	// Multilateral instructs a settlement service with one pacs.029 instead of
	// banks with pacs.009.
	Multilateral bool `koanf:"multilateral"`
	// Inbox is a directory into which the hub's settlement banks put camt.054 and
	// pacs.002 as files; empty for none. Whoever can write there can say that money
	// has moved.
	Inbox string `koanf:"inbox"`
	// Reports are what is agreed with participants about report files.
	Reports []ReportConfig `koanf:"reports"`
	// Agreement is the id of the settlement agreement in their names (default the
	// region, so that no two regions issue files of one name).
	Agreement string `koanf:"agreement"`
	// Layouts are files by the names of layouts of CSV statements; see
	// settlement/recon. Tolerances are by currency.
	Layouts    map[string]string          `koanf:"layouts"`
	Tolerances map[string]ToleranceConfig `koanf:"tolerances"`
}

// calendars returns the published calendars with the own ones in their place.
func (c SettlementConfig) calendars() (window.Calendars, error) {
	calendars, err := window.Published()
	if err != nil {
		return window.Calendars{}, err
	}
	if c.Calendars != "" {
		file, err := os.Open(c.Calendars)
		if err != nil {
			return window.Calendars{}, fmt.Errorf("settlement.calendars: %w", err)
		}
		defer func() { _ = file.Close() }()
		if calendars, err = window.ReadCalendars(calendars, file); err != nil {
			return window.Calendars{}, fmt.Errorf("settlement.calendars: %w", err)
		}
	}
	for currency, days := range c.Days {
		if calendars, err = calendars.WithDays(money.Currency(currency), days); err != nil {
			return window.Calendars{}, fmt.Errorf("settlement.days: %w", err)
		}
	}
	return calendars, nil
}

func (n *Node) openSettlement() error {
	var err error
	if n.calendars, err = n.config.Settlement.calendars(); err != nil {
		return err
	}
	n.cutOffs, err = window.NewSchedule(n.config.Settlement.Zone, n.config.Settlement.CutOffs)
	if err != nil {
		return fmt.Errorf("settlement.cut_offs: %w", err)
	}
	n.reporting, err = n.config.Settlement.reporting()
	return err
}

// How often the hub looks whether its window should close, and after which time
// a closing of another hub counts as interrupted: longer than an operator's
// request may take.
const (
	cutOffPoll   = time.Second
	cutOffRested = time.Minute
)

// watchWindows closes windows on time, goes on with what a crash interrupted, and hands
// over what is settled payment by payment, until ctx ends.
func (n *Node) watchWindows(ctx context.Context) {
	ticker := time.NewTicker(cutOffPoll)
	defer ticker.Stop()
	n.resumeWindows(ctx, 0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		w, closed, err := n.engine.CutOffDue(ctx, n.cutOffs)
		switch {
		case err != nil && ctx.Err() == nil:
			n.telemetry.Logger().LogAttrs(ctx, slog.LevelWarn, "window not closed", slog.Any("problem", err))
		case closed:
			n.logClosed(ctx, w, "schedule")
			n.resumeWindows(ctx, 0)
		default:
			n.resumeWindows(ctx, cutOffRested)
		}
		n.instructGross(ctx)
	}
}

// instructGross hands over the instructions about single payments that wait. Hubs of a
// region that do so at once write the same files.
func (n *Node) instructGross(ctx context.Context) {
	for more := true; more && ctx.Err() == nil; {
		var err error
		if _, more, err = n.engine.InstructGross(ctx, n.config.Reports); err != nil && ctx.Err() == nil {
			n.telemetry.Logger().LogAttrs(ctx, slog.LevelWarn, "payments not instructed", slog.Any("problem", err))
			return
		}
	}
}

func (n *Node) resumeWindows(ctx context.Context, rested time.Duration) {
	if err := n.engine.Resume(ctx, n.config.Reports, rested); err != nil && ctx.Err() == nil {
		n.telemetry.Logger().LogAttrs(ctx, slog.LevelWarn, "window not finished", slog.Any("problem", err))
	}
}

// cutOff closes the window for an operator and writes the files. Files that
// could not be written are written again by watchWindows.
func (n *Node) cutOff(ctx context.Context, actor string) (ids.ID, error) {
	closed, err := n.engine.CutOff(ctx)
	if err != nil {
		return ids.Nil, err
	}
	n.logClosed(ctx, closed, actor)
	_, err = n.engine.Instruct(ctx, n.config.Reports, closed.ID)
	return closed.ID, err
}

// instruct writes the files of a closed window again.
func (n *Node) instruct(ctx context.Context, windowID ids.ID) (int, error) {
	paths, err := n.engine.Instruct(ctx, n.config.Reports, windowID)
	return len(paths), err
}

func (n *Node) logClosed(ctx context.Context, w window.Window, actor string) {
	n.telemetry.Logger().LogAttrs(ctx, slog.LevelInfo, "window closed", slog.String("window", w.ID.String()),
		slog.Int64("number", w.Number), slog.String("operator", actor))
}
