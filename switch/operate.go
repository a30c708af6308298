package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/table"
	"github.com/causeway-pay/causeway/internal/telemetry"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// operateCommand is the operators' work, through the hub's API.
type operateCommand struct {
	Hub       string `default:"http://127.0.0.1:8444" env:"SWITCH_HUB"        help:"The hub's address for operators."`
	TokenFile string `                                env:"SWITCH_TOKEN_FILE" help:"File with your token."            required:"" type:"path"`
	JSON      bool   `                                                        help:"Print JSON instead of tables."`

	Me          meCommand          `cmd:"" help:"Who you are and what you may do."`
	Payments    paymentsCommand    `cmd:"" help:"List payments, newest first."`
	Payment     paymentCommand     `cmd:"" help:"Show one payment: history, entries, messages."`
	Messages    messagesCommand    `cmd:"" help:"List the messages of a payment or a window, ISO 20022 beside the partner's own."`
	Message     messageCommand     `cmd:"" help:"Print one message, byte for byte as sent or received."`
	Positions   positionsCommand   `cmd:"" help:"What every participant owes, against its cap."`
	Windows     windowsCommand     `cmd:"" help:"List settlement windows, newest first."`
	Window      windowCommand      `cmd:"" help:"Show one window with its net figures."`
	CloseWindow closeWindowCommand `cmd:"" help:"Cut off: close the open window and instruct what is owed."`
	Proposals   proposalsCommand   `cmd:"" help:"List proposals that wait for a second person."`
	Propose     proposeCommand     `cmd:"" help:"Propose a change, for another person to approve."`
	Approve     approveCommand     `cmd:"" help:"Approve a proposal of another person."`
	Reject      rejectCommand      `cmd:"" help:"Reject a proposal."`
	DeadLetters deadLettersCommand `cmd:"" help:"List notifications that were given up."`
	Replay      replayCommand      `cmd:"" help:"Send a dead letter through its schedule again."`
	Audit       auditCommand       `cmd:"" help:"Show the audit log, newest first."`
}

// client returns a client with the operator's token.
func (c *operateCommand) client() (*client.Client, error) {
	hub, err := url.Parse(c.Hub)
	if err != nil || hub.Host == "" || hub.Scheme != "http" && hub.Scheme != "https" {
		return nil, fmt.Errorf("hub: %q is no address such as http://127.0.0.1:8444", c.Hub)
	}
	token, err := os.ReadFile(c.TokenFile)
	if err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	return &client.Client{BaseURL: c.Hub, Token: telemetry.Personal(strings.TrimSpace(string(token)))}, nil
}

// show calls the hub and prints the answer, as a table or as JSON.
func show[T any](
	c *operateCommand,
	call func(*client.Client) (T, error),
	rows func(T) ([]string, [][]string),
	right ...int,
) error {
	hub, err := c.client()
	if err != nil {
		return err
	}
	answer, err := call(hub)
	if err != nil {
		return err
	}
	if c.JSON || rows == nil {
		encoder := json.NewEncoder(os.Stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(answer)
	}
	header, lines := rows(answer)
	if err := table.Write(os.Stdout, "", header, lines, right...); err != nil {
		return err
	}
	if page, more := any(answer).(interface{ NextPage() string }); more && page.NextPage() != "" {
		fmt.Fprintf(os.Stderr, "more with --before %s\n", page.NextPage())
	}
	return nil
}

type meCommand struct{}

// Run implements the command.
func (meCommand) Run(ctx context.Context, c *operateCommand) error {
	return show(c, func(hub *client.Client) (wire.Operator, error) { return hub.Me(ctx) },
		func(o wire.Operator) ([]string, [][]string) {
			return []string{"operator", "roles"}, [][]string{{o.Name, strings.Join(o.Roles, ", ")}}
		})
}

type paymentsCommand struct {
	State       string `help:"Only payments in this state."`
	Participant string `help:"Only payments of this acquirer or wallet."`
	Limit       int    `help:"How many, at most 500."                    default:"20"`
	Before      string `help:"Where the page before ended (its next)."`
}

// Run implements the command.
func (p paymentsCommand) Run(ctx context.Context, c *operateCommand) error {
	filter := client.PaymentFilter{
		State:       p.State,
		Participant: p.Participant,
		Page:        client.Page{Before: p.Before, Limit: p.Limit},
	}
	return show(c, func(hub *client.Client) (wire.Payments, error) { return hub.Payments(ctx, filter) },
		func(page wire.Payments) ([]string, [][]string) {
			var rows [][]string
			for _, r := range page.Payments {
				rows = append(rows, []string{
					r.ID.String(), r.CreatedAt.Format(time.DateTime), r.State, r.Amount.Decimal, r.Amount.Currency,
					r.AcquirerID, r.WalletID, r.Reason,
				})
			}
			return []string{"payment", "created (UTC)", "state", "amount", "currency", "acquirer", "wallet", "reason"}, rows
		}, 3)
}

type paymentCommand struct {
	ID string `arg:"" help:"The payment's id."`
}

// Run implements the command.
func (p paymentCommand) Run(ctx context.Context, c *operateCommand) error {
	id, err := ids.Parse(p.ID)
	if err != nil {
		return fmt.Errorf("%q is not a payment id", p.ID)
	}
	return show(c, func(hub *client.Client) (wire.PaymentFile, error) { return hub.Payment(ctx, id) },
		func(file wire.PaymentFile) ([]string, [][]string) {
			var rows [][]string
			for _, h := range file.History {
				rows = append(rows, []string{h.At.Format("15:04:05.000"), h.Event, h.State, h.Reason, h.Effects})
			}
			for _, e := range file.Entries {
				rows = append(rows, []string{
					e.BookedAt.Format("15:04:05.000"), e.Kind, e.Amount.Decimal + " " + e.Amount.Currency, e.Debit, "-> " + e.Credit,
				})
			}
			return []string{"time (UTC)", "event or entry", "state or amount", "reason or debit", "effects or credit"}, rows
		})
}

type positionsCommand struct{}

// Run implements the command.
func (positionsCommand) Run(ctx context.Context, c *operateCommand) error {
	return show(c, func(hub *client.Client) (wire.Positions, error) { return hub.Positions(ctx) },
		func(all wire.Positions) ([]string, [][]string) {
			var rows [][]string
			for _, p := range all.Positions {
				rows = append(rows, []string{
					p.ParticipantID, p.Currency, p.Cap.Decimal, p.Posted.Decimal, p.Reserved.Decimal, p.Paying.Decimal,
				})
			}
			return []string{"participant", "currency", "cap", "owes", "reserved", "paying"}, rows
		}, 2, 3, 4, 5)
}

type windowsCommand struct {
	Limit int `default:"20" help:"How many, at most 500."`
}

// Run implements the command.
func (w windowsCommand) Run(ctx context.Context, c *operateCommand) error {
	return show(c, func(hub *client.Client) (wire.Windows, error) { return hub.Windows(ctx, w.Limit) },
		func(all wire.Windows) ([]string, [][]string) {
			var rows [][]string
			for _, w := range all.Windows {
				rows = append(rows, []string{w.ID.String(), fmt.Sprint(w.Number), w.State, w.OpenedAt.Format(time.DateTime)})
			}
			return []string{"window", "number", "state", "opened (UTC)"}, rows
		}, 1)
}

type windowCommand struct {
	ID string `arg:"" help:"The window's id."`
}

// Run implements the command.
func (w windowCommand) Run(ctx context.Context, c *operateCommand) error {
	id, err := ids.Parse(w.ID)
	if err != nil {
		return fmt.Errorf("%q is not a window id", w.ID)
	}
	return show(c, func(hub *client.Client) (wire.WindowFile, error) { return hub.Window(ctx, id) },
		func(file wire.WindowFile) ([]string, [][]string) {
			var rows [][]string
			for _, n := range file.Nets {
				rows = append(rows, []string{n.Owner, n.Net.Currency, n.Debits.Decimal, n.Credits.Decimal, n.Net.Decimal})
			}
			return []string{"participant", "currency", "owes", "is owed", "net"}, rows
		}, 2, 3, 4)
}

type closeWindowCommand struct{}

// Run implements the command.
func (closeWindowCommand) Run(ctx context.Context, c *operateCommand) error {
	return show(c, func(hub *client.Client) (wire.Closed, error) { return hub.CloseWindow(ctx) },
		func(closed wire.Closed) ([]string, [][]string) {
			return []string{"closed window"}, [][]string{{closed.WindowID.String()}}
		})
}
