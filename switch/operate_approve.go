package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

type proposalsCommand struct {
	State string `default:"OPEN" help:"OPEN, APPROVED, REJECTED or EXPIRED; empty means all."`
	Limit int    `default:"20"   help:"How many, at most 500."`
}

// Run implements the command.
func (p proposalsCommand) Run(ctx context.Context, c *operateCommand) error {
	return show(c, func(hub *client.Client) (wire.Proposals, error) {
		return hub.Proposals(ctx, p.State, client.Page{Limit: p.Limit})
	}, func(page wire.Proposals) ([]string, [][]string) {
		var rows [][]string
		for _, p := range page.Proposals {
			rows = append(rows, proposalRow(p))
		}
		return proposalHeader, rows
	})
}

var proposalHeader = []string{"proposal", "kind", "state", "expires (UTC)", "change", "hash to approve"}

// changeMost is how long a change may be to stand in a table; of a longer one, such
// as a policy, the table has what it does, and --json has all of it.
const changeMost = 160

func proposalRow(p wire.Proposal) []string {
	change := string(p.Change)
	if len(change) > changeMost {
		change = p.Description
	}
	return []string{p.ID.String(), p.Kind, p.State, p.ExpiresAt.Format(time.DateTime), change, p.ChangeHash}
}

func oneProposal(p wire.Proposal) ([]string, [][]string) {
	return proposalHeader, [][]string{proposalRow(p)}
}

type proposeCommand struct {
	Kind   string `arg:"" help:"What to change: position.cap.set, participant.add, participant.suspend, participant.resume, participant.endpoint.set, participant.key.add, participant.key.retire, participant.limits.set, corridor.set, code.set, code.remove, issuer.set, issuer.remove, participant.registration.set, participant.notices.set, merchant.decide, dispute.decide, person.erase, payment.resolve, operator.add, operator.deactivate, fx.rate.set, fx.pair.stop, fx.pair.resume, fx.source.suspend, fx.source.resume, fx.rule.set, fx.rounding.set, fx.limit.set, fx.deal.book, settlement.confirm, obligation.retry, obligation.move, obligation.cover, window.abort, adjustment.post, fee.schedule.set, break.correct, case.decide, policy.set, policy.promote, party.clear, list.accept, list.retire, prefunding.receive, prefunding.return, prefunding.correct, position.model.set, position.thresholds.set."`
	Change string `arg:"" help:"The change as JSON, as the OpenAPI document describes it for the kind."`
}

// Run implements the command.
func (p proposeCommand) Run(ctx context.Context, c *operateCommand) error {
	if !json.Valid([]byte(p.Change)) {
		return fmt.Errorf("the change is not JSON: %q", p.Change)
	}
	return show(c, func(hub *client.Client) (wire.Proposal, error) {
		return hub.Propose(ctx, p.Kind, json.RawMessage(p.Change))
	}, oneProposal)
}

type approveCommand struct {
	ID   string `arg:"" help:"The proposal's id."`
	Hash string `arg:"" help:"The hash of the change that you have read and approve."`
}

// Run implements the command.
func (a approveCommand) Run(ctx context.Context, c *operateCommand) error {
	id, err := ids.Parse(a.ID)
	if err != nil {
		return fmt.Errorf("%q is not a proposal id", a.ID)
	}
	return show(c, func(hub *client.Client) (wire.Proposal, error) { return hub.Approve(ctx, id, a.Hash) }, oneProposal)
}

type rejectCommand struct {
	ID string `arg:"" help:"The proposal's id."`
}

// Run implements the command.
func (r rejectCommand) Run(ctx context.Context, c *operateCommand) error {
	id, err := ids.Parse(r.ID)
	if err != nil {
		return fmt.Errorf("%q is not a proposal id", r.ID)
	}
	return show(c, func(hub *client.Client) (wire.Proposal, error) { return hub.Reject(ctx, id) }, oneProposal)
}

type deadLettersCommand struct {
	Limit int `default:"20" help:"How many, at most 500."`
}

// Run implements the command.
func (d deadLettersCommand) Run(ctx context.Context, c *operateCommand) error {
	return show(c, func(hub *client.Client) (wire.DeadLetters, error) { return hub.DeadLetters(ctx, d.Limit) },
		func(all wire.DeadLetters) ([]string, [][]string) {
			var rows [][]string
			for _, l := range all.DeadLetters {
				rows = append(rows, []string{
					l.EventID.String(), l.ParticipantID, l.PaymentID.String(), fmt.Sprint(l.Attempts), l.DiedAt.Format(time.DateTime),
					l.Problem,
				})
			}
			return []string{"event", "acquirer", "payment", "tries", "given up (UTC)", "problem"}, rows
		}, 3)
}

type replayCommand struct {
	Event string `arg:"" help:"The dead letter's event id."`
}

// Run implements the command.
func (r replayCommand) Run(ctx context.Context, c *operateCommand) error {
	id, err := ids.Parse(r.Event)
	if err != nil {
		return fmt.Errorf("%q is not an event id", r.Event)
	}
	hub, err := c.client()
	if err != nil {
		return err
	}
	if err := hub.Replay(ctx, id); err != nil {
		return err
	}
	fmt.Println("on its way again")
	return nil
}

type auditCommand struct {
	Limit  int    `default:"20" help:"How many, at most 500."`
	Before string `             help:"Where the page before ended (its next)."`
}

// Run implements the command.
func (a auditCommand) Run(ctx context.Context, c *operateCommand) error {
	return show(c, func(hub *client.Client) (wire.Audit, error) {
		return hub.Audit(ctx, client.Page{Before: a.Before, Limit: a.Limit})
	}, func(log wire.Audit) ([]string, [][]string) {
		var rows [][]string
		for _, e := range log.Entries {
			rows = append(rows, []string{e.At.Format(time.DateTime), e.Actor, e.Action, e.Subject})
		}
		return []string{"time (UTC)", "actor", "action", "subject"}, rows
	})
}
