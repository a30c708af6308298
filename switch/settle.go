package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	settled "github.com/causeway-pay/causeway/settlement/window"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// settleCommand settles windows, through the hub's API.
type settleCommand struct {
	Hub       string `default:"http://127.0.0.1:8444" env:"SWITCH_HUB"        help:"The hub's address for operators."`
	TokenFile string `                                env:"SWITCH_TOKEN_FILE" help:"File with your token."            required:"" type:"path"`
	JSON      bool   `                                                        help:"Print JSON instead of tables."`

	Status     settleStatusCommand     `cmd:"" help:"How far a window is settled; without one, the newest windows."`
	Bilateral  settleBilateralCommand  `cmd:"" help:"Who paid whom in a window."`
	Gross      settleGrossCommand      `cmd:"" help:"What single payments of a participant come to that settles gross."`
	Obligation settleObligationCommand `cmd:"" help:"What happened to an obligation."`
	Unmatched  settleUnmatchedCommand  `cmd:"" help:"What banks said that fits no obligation."`
	Fees       settleFeesCommand       `cmd:"" help:"The fee schedules, line by line."`
	Close      settleCloseCommand      `cmd:"" help:"Cut off: close the open window and instruct what is owed."`
	Instruct   settleInstructCommand   `cmd:"" help:"Write the instructions and reports of a closed window again."`
	Confirm    settleConfirmCommand    `cmd:"" help:"Propose to take a settlement bank's camt.054 or pacs.002."`
	Retry      settleRetryCommand      `cmd:"" help:"Propose to instruct again what is left of an obligation."`
	Move       settleMoveCommand       `cmd:"" help:"Propose that what is left of an obligation is owed in the open window."`
	Cover      settleCoverCommand      `cmd:"" help:"Propose to book what is left of an obligation as lost."`
	Abort      settleAbortCommand      `cmd:"" help:"Propose to unwind a window."`
	Adjust     settleAdjustCommand     `cmd:"" help:"Propose that one participant owes another something."`
	Prefunding settlePrefundingCommand `cmd:"" help:"Propose that a cap counts as prefunded what is on the ledger's account."`
	Report     settleReportCommand     `cmd:"" help:"The files of a window's report: list them, download them."`
	Deliver    settleDeliverCommand    `cmd:"" help:"Files on their way to participants' servers."`
	Recon      settleReconCommand      `cmd:"" help:"Hold our books against a statement of a bank or partner."`
	Breaks     settleBreaksCommand     `cmd:"" help:"Differences that reconciliation found, the oldest first."`
	Break      settleBreakCommand      `cmd:"" help:"A difference with its lines; comment on it, own it, end it."`
}

// access is the same for every command that speaks to the hub.
func (s *settleCommand) access() *operateCommand {
	return &operateCommand{Hub: s.Hub, TokenFile: s.TokenFile, JSON: s.JSON}
}

type settleStatusCommand struct {
	Window string `arg:"" help:"The window's number or id."   optional:""`
	Limit  int    `       help:"How many windows, at most 500." default:"20"`
}

// Run implements the command.
func (c settleStatusCommand) Run(ctx context.Context, s *settleCommand) error {
	if c.Window == "" {
		return windowsCommand{Limit: c.Limit}.Run(ctx, s.access())
	}
	var w wire.Window
	left := 0
	err := showSettlement(ctx, s, c.Window, func(file wire.Settlement) ([]string, [][]string) {
		var rows [][]string
		w = file.Window
		for _, o := range file.Obligations {
			if o.FinalAt.IsZero() {
				left++
			}
			rows = append(rows, []string{
				o.ID.String(), o.ParticipantID, o.Direction, o.Amount.Currency, o.Amount.Decimal, o.Rest.Decimal, o.ValueDate,
				o.State,
			})
		}
		return []string{"obligation", "participant", "direction", "currency", "amount", "left", "due", "state"}, rows
	}, 4, 5)
	if err != nil || s.JSON {
		return err
	}
	_, err = fmt.Printf("\nwindow %d of %s is %s, %d left to pay\n", w.Number, w.Region, w.State, left)
	return err
}

// windowsSearched is how far back windows are looked up by their number. The id of an older one
// follows from it.
const windowsSearched = 500

// windowID is the id of a window that is named by it or by its number.
func (s *settleCommand) windowID(ctx context.Context, window string) (ids.ID, error) {
	if id, err := ids.Parse(window); err == nil {
		return id, nil
	}
	number, err := strconv.ParseInt(window, 10, 64)
	if err != nil {
		return ids.Nil, fmt.Errorf("%q is neither the number nor the id of a window", window)
	}
	hub, err := s.access().client()
	if err != nil {
		return ids.Nil, err
	}
	recent, err := hub.Windows(ctx, windowsSearched)
	if err != nil {
		return ids.Nil, err
	}
	for _, w := range recent.Windows {
		if w.Number == number {
			return w.ID, nil
		}
	}
	if last := len(recent.Windows) - 1; last >= 0 && number >= 1 && number < recent.Windows[last].Number {
		return settled.IDOf(recent.Windows[last].Region, number), nil
	}
	return ids.Nil, fmt.Errorf("no window of this hub has number %d: switch settle status lists them", number)
}

// showSettlement shows a part of what is known of a window's settlement.
func showSettlement(
	ctx context.Context, s *settleCommand, window string, rows func(wire.Settlement) ([]string, [][]string), right ...int,
) error {
	id, err := s.windowID(ctx, window)
	if err != nil {
		return err
	}
	return show(s.access(), func(hub *client.Client) (wire.Settlement, error) { return hub.Settlement(ctx, id) }, rows,
		right...)
}

type settleBilateralCommand struct {
	Window string `arg:"" help:"The window's number or id."`
}

// Run implements the command.
func (c settleBilateralCommand) Run(ctx context.Context, s *settleCommand) error {
	return showSettlement(ctx, s, c.Window, func(file wire.Settlement) ([]string, [][]string) {
		var rows [][]string
		for _, b := range file.Bilateral {
			rows = append(rows, []string{b.WalletID, b.AcquirerID, fmt.Sprint(b.Payments), b.Amount.Decimal, b.Amount.Currency})
		}
		return []string{"wallet", "acquirer", "payments", "amount", "currency"}, rows
	}, 2, 3)
}

type settleGrossCommand struct {
	Participant string `arg:"" help:"The participant's id."`
	Limit       int    `       help:"How many, at most 500."    default:"50"`
	Before      string `       help:"Go on behind an earlier page."`
}

// Run implements the command.
func (c settleGrossCommand) Run(ctx context.Context, s *settleCommand) error {
	page := client.Page{Limit: c.Limit, Before: c.Before}
	return show(s.access(),
		func(hub *client.Client) (wire.Obligations, error) {
			return hub.GrossObligations(ctx, c.Participant, page)
		},
		func(all wire.Obligations) ([]string, [][]string) {
			var rows [][]string
			for _, o := range all.Obligations {
				rows = append(rows, []string{
					o.ID.String(), o.SubjectID.String(), o.Direction, o.Amount.Currency, o.Amount.Decimal, o.Rest.Decimal, o.ValueDate,
					o.State,
				})
			}
			return []string{"obligation", "payment", "direction", "currency", "amount", "left", "due", "state"}, rows
		}, 4, 5)
}

type settleObligationCommand struct {
	ID string `arg:"" help:"The obligation's id."`
}

// Run implements the command.
func (c settleObligationCommand) Run(ctx context.Context, s *settleCommand) error {
	id, err := ids.Parse(c.ID)
	if err != nil {
		return fmt.Errorf("%q is not an obligation id", c.ID)
	}
	return show(s.access(), func(hub *client.Client) (wire.ObligationFile, error) { return hub.Obligation(ctx, id) },
		func(file wire.ObligationFile) ([]string, [][]string) { return stepRows(file.Steps) }, 1)
}

type settleUnmatchedCommand struct {
	Limit int `default:"20" help:"How many, at most 500."`
}

// Run implements the command.
func (c settleUnmatchedCommand) Run(ctx context.Context, s *settleCommand) error {
	return show(s.access(), func(hub *client.Client) (wire.UnmatchedSteps, error) { return hub.Unmatched(ctx, c.Limit) },
		func(all wire.UnmatchedSteps) ([]string, [][]string) { return stepRows(all.Steps) }, 1)
}

func stepRows(steps []wire.SettlementStep) ([]string, [][]string) {
	var rows [][]string
	for _, step := range steps {
		amount := ""
		if step.Amount != nil {
			amount = step.Amount.Decimal + " " + step.Amount.Currency
		}
		rows = append(rows, []string{
			step.Kind, amount, step.Direction, step.ValueDate, step.At.Format(time.DateTime), step.Reference, step.Reason,
		})
	}
	return []string{"step", "amount", "direction", "value date", "at (UTC)", "reference", "reason"}, rows
}

type settleFeesCommand struct{}

// Run implements the command.
func (settleFeesCommand) Run(ctx context.Context, s *settleCommand) error {
	return show(s.access(), func(hub *client.Client) (wire.FeeSchedules, error) { return hub.FeeSchedules(ctx) },
		func(all wire.FeeSchedules) ([]string, [][]string) {
			var rows [][]string
			for _, l := range all.Lines {
				direction := "charged"
				if l.Paid {
					direction = "paid"
				}
				rows = append(rows, []string{
					l.Kind, direction, l.ParticipantID, l.Corridor, l.Product, l.Currency, l.EffectiveAt.Format(time.DateTime),
					fmt.Sprint(l.Points), fmt.Sprint(l.FixedMinor), fmt.Sprint(l.LeastMinor), fmt.Sprint(l.MostMinor),
				})
			}
			return []string{
				"kind", "is", "participant", "corridor", "product", "currency", "from (UTC)", "basis points", "fixed", "least",
				"most",
			}, rows
		}, 7, 8, 9, 10)
}

type settleCloseCommand struct{}

// Run implements the command.
func (settleCloseCommand) Run(ctx context.Context, s *settleCommand) error {
	return closeWindowCommand{}.Run(ctx, s.access())
}

type settleInstructCommand struct {
	Window string `arg:"" help:"The window's number or id."`
}

// Run implements the command.
func (c settleInstructCommand) Run(ctx context.Context, s *settleCommand) error {
	id, err := s.windowID(ctx, c.Window)
	if err != nil {
		return err
	}
	return show(s.access(), func(hub *client.Client) (wire.Instructed, error) { return hub.Instruct(ctx, id) },
		func(done wire.Instructed) ([]string, [][]string) {
			return []string{"window", "files"}, [][]string{{done.WindowID.String(), fmt.Sprint(done.Files)}}
		}, 1)
}

// propose proposes a change for another person to approve.
func (s *settleCommand) propose(ctx context.Context, kind string, change any) error {
	return show(s.access(), func(hub *client.Client) (wire.Proposal, error) { return hub.Propose(ctx, kind, change) },
		func(p wire.Proposal) ([]string, [][]string) {
			fmt.Fprintf(os.Stderr, "another person approves it: switch operate approve %s %s\n", p.ID, p.ChangeHash)
			return []string{"proposal", "does", "hash to approve"}, [][]string{{p.ID.String(), p.Description, p.ChangeHash}}
		})
}

type settleConfirmCommand struct {
	File string `arg:"" help:"The bank's message as XML." type:"existingfile"`
}

// Run implements the command.
func (c settleConfirmCommand) Run(ctx context.Context, s *settleCommand) error {
	message, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	return s.propose(ctx, wire.KindSettlementConfirm, wire.ConfirmChange{Message: message})
}

// aboutObligation is what is said with every decision about an obligation.
type aboutObligation struct {
	ID  string `arg:"" help:"The obligation's id."`
	Why string `       help:"Why, for the record." required:""`
}

func (a aboutObligation) propose(ctx context.Context, s *settleCommand, kind string) error {
	id, err := ids.Parse(a.ID)
	if err != nil {
		return fmt.Errorf("%q is not an obligation id", a.ID)
	}
	return s.propose(ctx, kind, wire.ObligationChange{ObligationID: id, Why: a.Why})
}

type settleRetryCommand struct{ aboutObligation }

// Run implements the command.
func (c settleRetryCommand) Run(ctx context.Context, s *settleCommand) error {
	return c.propose(ctx, s, wire.KindObligationRetry)
}

type settleMoveCommand struct{ aboutObligation }

// Run implements the command.
func (c settleMoveCommand) Run(ctx context.Context, s *settleCommand) error {
	return c.propose(ctx, s, wire.KindObligationMove)
}

type settleCoverCommand struct{ aboutObligation }

// Run implements the command.
func (c settleCoverCommand) Run(ctx context.Context, s *settleCommand) error {
	return c.propose(ctx, s, wire.KindObligationCover)
}

type settleAbortCommand struct {
	Window string `arg:"" help:"The window's number or id."`
	Why    string `       help:"Why, for the record." required:""`
}

// Run implements the command.
func (c settleAbortCommand) Run(ctx context.Context, s *settleCommand) error {
	id, err := s.windowID(ctx, c.Window)
	if err != nil {
		return err
	}
	return s.propose(ctx, wire.KindWindowAbort, wire.WindowAbort{WindowID: id, Why: c.Why})
}

type settleAdjustCommand struct {
	Debit    string `arg:"" help:"Who pays: a participant, or HUB."`
	Credit   string `arg:"" help:"Who is paid: a participant, or HUB."`
	Amount   string `arg:"" help:"Minor units, such as 1250 for 12.50 HKD."`
	Currency string `arg:"" help:"The currency, such as HKD."`
	Link     string `       help:"The payment or obligation that is corrected." required:""`
	Why      string `       help:"Why, for the record."                         required:""`
}

// Run implements the command.
func (c settleAdjustCommand) Run(ctx context.Context, s *settleCommand) error {
	link, err := ids.Parse(c.Link)
	if err != nil {
		return fmt.Errorf("%q is neither a payment nor an obligation id", c.Link)
	}
	return s.propose(ctx, wire.KindAdjustmentPost, wire.AdjustmentChange{
		DebitID: c.Debit, CreditID: c.Credit, Why: c.Why, Link: link,
		Amount: wire.Amount{Currency: strings.ToUpper(c.Currency), Minor: c.Amount},
	})
}

type settlePrefundingCommand struct {
	Participant string `arg:"" help:"The participant whose cap counts something else."`
	Amount      string `arg:"" help:"What its prefunding account has, in minor units."`
	Currency    string `arg:"" help:"The currency, such as HKD."`
	Why         string `       help:"Why, for the record." required:""`
}

// Run implements the command.
func (c settlePrefundingCommand) Run(ctx context.Context, s *settleCommand) error {
	return s.propose(ctx, wire.KindPrefundingCorrect, wire.PrefundingCorrection{
		ParticipantID: c.Participant, Why: c.Why,
		Prefunded: wire.Amount{Currency: strings.ToUpper(c.Currency), Minor: c.Amount},
	})
}
