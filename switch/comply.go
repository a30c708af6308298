package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/compliance/policy"
	"github.com/causeway-pay/causeway/compliance/review"
	"github.com/causeway-pay/causeway/compliance/rules"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// complyCommand is the work of compliance staff, through the hub's API.
type complyCommand struct {
	Hub       string `default:"http://127.0.0.1:8444" env:"SWITCH_HUB"        help:"The hub's address for operators."`
	TokenFile string `                                env:"SWITCH_TOKEN_FILE" help:"File with your token."            type:"path"`
	JSON      bool   `                                                        help:"Print JSON instead of tables."`

	Cases     casesCommand     `cmd:"" help:"List the payments that wait for people, newest first."`
	Case      caseCommand      `cmd:"" help:"Show one case: what was found, what was written."`
	Comment   commentCommand   `cmd:"" help:"Add a comment to a case."`
	Assign    assignCommand    `cmd:"" help:"Give a case to an operator."`
	Release   releaseCommand   `cmd:"" help:"Propose to let the payment of a case go on."`
	Refuse    refuseCommand    `cmd:"" help:"Propose to refuse the payment of a case."`
	Clear     clearCommand     `cmd:"" help:"Propose that the party of a case is not the listed one, for some time."`
	Policy    policyCommand    `cmd:"" help:"List the versions of the policy, or print one."`
	Check     policyCheck      `cmd:"" help:"Check a policy in a file; needs no hub."`
	Try       policyTryCommand `cmd:"" help:"What the rules of a policy in a file would have done to payments of the past."`
	Set       policySetCommand `cmd:"" help:"Propose a policy in a file, in force or beside the one in force."`
	Promote   promoteCommand   `cmd:"" help:"Propose to put the policy that runs beside in force."`
	Shadow    shadowCommand    `cmd:"" help:"What the policy that runs beside would have decided."`
	Lists     listsCommand     `cmd:"" help:"List the versions of the sanctions lists, first those that were refused."`
	Changes   changesCommand   `cmd:"" help:"What a version of a list changed, entry by entry, also one that was refused."`
	Accept    acceptCommand    `cmd:"" help:"Propose to accept the version of a list that was refused."`
	Retire    retireCommand    `cmd:"" help:"Propose to screen no more against a list that no hub fetches."`
	Entry     entryCommand     `cmd:"" help:"What a version of a list says of an entry that somebody is like."`
	Variables variablesCommand `cmd:"" help:"What the expressions of rules can use; needs no hub."`
}

func (c *complyCommand) operate() (*operateCommand, error) {
	if c.TokenFile == "" {
		return nil, errors.New("missing flags: --token-file=STRING, or SWITCH_TOKEN_FILE")
	}
	return &operateCommand{Hub: c.Hub, TokenFile: c.TokenFile, JSON: c.JSON}, nil
}

// ask calls the hub and prints the answer.
func ask[T any](
	c *complyCommand, call func(*client.Client) (T, error), rows func(T) ([]string, [][]string), right ...int,
) error {
	operate, err := c.operate()
	if err != nil {
		return err
	}
	return show(operate, call, rows, right...)
}

// propose proposes a change and says what to do next.
func (c *complyCommand) propose(ctx context.Context, kind string, change any) error {
	err := ask(c, func(hub *client.Client) (wire.Proposal, error) { return hub.Propose(ctx, kind, change) }, oneProposal)
	if err == nil && !c.JSON {
		fmt.Fprintln(os.Stderr, "now another person reads it and runs: switch operate approve PROPOSAL HASH")
	}
	return err
}

// hinted says where that is found which the hub does not know.
func hinted(err error, hint string) error {
	if client.ReasonOf(err) == "Missing" {
		return fmt.Errorf("%w\n%s", err, hint)
	}
	return err
}

type casesCommand struct {
	State  string `default:"OPEN" help:"OPEN, RELEASED, REFUSED, LAPSED or MOOT."`
	Limit  int    `default:"20"   help:"How many, at most 500."`
	Before string `               help:"Where the page before ended (its next)."`
}

// Run implements the command.
func (l casesCommand) Run(ctx context.Context, c *complyCommand) error {
	return ask(c, func(hub *client.Client) (wire.Cases, error) {
		return hub.Cases(ctx, l.State, client.Page{Before: l.Before, Limit: l.Limit})
	}, func(page wire.Cases) ([]string, [][]string) {
		var rows [][]string
		for _, one := range page.Cases {
			rows = append(rows, caseRow(one))
		}
		return caseHeader, rows
	}, 4)
}

var caseHeader = []string{"case", "payment", "waits", "state", "version", "opened (UTC)", "until (UTC)", "assignee"}

func caseRow(c wire.Case) []string {
	assignee := ""
	if c.AssigneeID != ids.Nil {
		assignee = c.AssigneeID.String()
	}
	return []string{
		c.ID.String(), c.PaymentID.String(), waits(c), c.State, fmt.Sprint(c.Version), c.OpenedAt.Format(time.DateTime),
		c.DueAt.Format(time.DateTime), assignee,
	}
}

// waits is whether the payment of a case waits for the decision.
func waits(c wire.Case) string {
	if c.Held {
		return "yes"
	}
	return "no"
}

func oneCase(c wire.Case) ([]string, [][]string) { return caseHeader, [][]string{caseRow(c)} }

// caseID is the argument of what is about one case.
type caseID struct {
	ID string `arg:"" help:"The case's id."`
}

func (c caseID) parse() (ids.ID, error) {
	id, err := ids.Parse(c.ID)
	if err != nil {
		return ids.Nil, fmt.Errorf("%q is not a case id; switch comply cases lists them", c.ID)
	}
	return id, nil
}

type caseCommand struct{ caseID }

// Run implements the command.
func (o caseCommand) Run(ctx context.Context, c *complyCommand) error {
	id, err := o.parse()
	if err != nil {
		return err
	}
	return ask(c, func(hub *client.Client) (wire.CaseFile, error) { return hub.Case(ctx, id) },
		func(file wire.CaseFile) ([]string, [][]string) {
			return []string{"case", file.Case.ID.String()}, caseFileRows(file)
		})
}

type commentCommand struct {
	caseID

	Text string `arg:"" help:"What you have found out."`
}

// Run implements the command.
func (o commentCommand) Run(ctx context.Context, c *complyCommand) error {
	id, err := o.parse()
	if err != nil {
		return err
	}
	return ask(c, func(hub *client.Client) (wire.Case, error) { return hub.Comment(ctx, id, o.Text) }, oneCase, 4)
}

type assignCommand struct {
	caseID

	Operator string `arg:"" help:"The operator's id, or none."`
}

// Run implements the command.
func (o assignCommand) Run(ctx context.Context, c *complyCommand) error {
	id, err := o.parse()
	if err != nil {
		return err
	}
	assignee := ids.Nil
	if o.Operator != "none" {
		if assignee, err = ids.Parse(o.Operator); err != nil {
			return fmt.Errorf("%q is not an operator's id", o.Operator)
		}
	}
	return ask(c, func(hub *client.Client) (wire.Case, error) { return hub.Assign(ctx, id, assignee) }, oneCase, 4)
}

// caseDecision is a case with a reason, from the state of the case that was read.
type caseDecision struct {
	caseID

	Version int64  `arg:"" help:"The version of the case that you have read."`
	Code    string `arg:"" help:"Why; an unknown code lists those that there are."`
}

func (d caseDecision) run(ctx context.Context, c *complyCommand, release bool) error {
	id, err := d.parse()
	if err != nil {
		return err
	}
	if codes := review.Codes(release); !slices.Contains(codes, d.Code) {
		slices.Sort(codes)
		return fmt.Errorf("%q is no reason here; there are %s", d.Code, strings.Join(codes, ", "))
	}
	return c.propose(ctx, wire.KindCaseDecide, wire.CaseDecision{CaseID: id, Version: d.Version, Release: release, Code: d.Code})
}

type releaseCommand struct{ caseDecision }

// Run implements the command.
func (r releaseCommand) Run(ctx context.Context, c *complyCommand) error { return r.run(ctx, c, true) }

type refuseCommand struct{ caseDecision }

// Run implements the command.
func (r refuseCommand) Run(ctx context.Context, c *complyCommand) error { return r.run(ctx, c, false) }

type clearCommand struct {
	caseID

	List  string `arg:"" help:"The list of the entry."`
	Entry string `arg:"" help:"The entry that the party is like and is not."`
	Role  string `help:"Which party it is, as switch comply case tells it; needed where several are like the entry."`
	Days  int64  `default:"365" help:"For how long, at most 730 days."`
}

// Run implements the command.
func (o clearCommand) Run(ctx context.Context, c *complyCommand) error {
	id, err := o.parse()
	if err != nil {
		return err
	}
	return hinted(c.propose(ctx, wire.KindPartyClear, wire.PartyClearance{
		CaseID: id, List: o.List, Entry: o.Entry, Role: o.Role, Days: o.Days,
	}), "switch comply case shows which party is like which entry of which list")
}

type policyCommand struct {
	Version *int64 `arg:"" optional:"" help:"Print the document of this version, as it can be proposed again."`
}

// Run implements the command.
func (p policyCommand) Run(ctx context.Context, c *complyCommand) error {
	if p.Version != nil {
		return p.print(ctx, c)
	}
	return ask(c, func(hub *client.Client) (wire.Policies, error) { return hub.Policies(ctx) },
		func(all wire.Policies) ([]string, [][]string) {
			var rows [][]string
			for _, v := range all.Versions {
				d, since := v.Document, ""
				if v.Version > 0 {
					since = v.Since.Format(time.DateTime)
				}
				rows = append(rows, []string{
					fmt.Sprint(v.Version), v.State, since, fmt.Sprint(d.Screening.Default), fmt.Sprint(len(d.Rules)),
					fmt.Sprint(len(d.Limits)), fmt.Sprint(len(d.Travel)), fmt.Sprint(len(d.Hold)),
				})
			}
			return []string{"version", "state", "since (UTC)", "threshold", "rules", "limits", "travel", "hold"}, rows
		}, 0, 3, 4, 5, 6, 7)
}

func (p policyCommand) print(ctx context.Context, c *complyCommand) error {
	operate, err := c.operate()
	if err != nil {
		return err
	}
	hub, err := operate.client()
	if err != nil {
		return err
	}
	all, err := hub.Policies(ctx)
	if err != nil {
		return err
	}
	for _, v := range all.Versions {
		if v.Version == *p.Version {
			return printJSON(v.Document)
		}
	}
	return fmt.Errorf("no version %d among the newest %d", *p.Version, len(all.Versions))
}

// policyFile is a policy in a file.
type policyFile struct {
	File string `arg:"" type:"existingfile" help:"The policy, JSON."`
}

func (p policyFile) read() (policy.Document, error) {
	data, err := os.ReadFile(p.File)
	if err != nil {
		return policy.Document{}, err
	}
	d, err := policy.Parse(data)
	if err == nil {
		_, err = policy.New(0, d)
	}
	if err != nil {
		return policy.Document{}, fmt.Errorf("%s: %w", p.File, err)
	}
	return d, nil
}

type policyCheck struct{ policyFile }

// Run implements the command.
func (p policyCheck) Run() error {
	d, err := p.read()
	if err != nil {
		return &ended{code: 1, err: err}
	}
	fmt.Printf("%s: good: %d rules, %d limits, %d rules of the travel rule\n", p.File, len(d.Rules), len(d.Limits), len(d.Travel))
	return nil
}

type policyTryCommand struct {
	policyFile

	Days int64 `default:"7"     help:"How far back."`
	Most int   `default:"10000" help:"How many payments, at most 10,000."`
}

// Run implements the command.
func (p policyTryCommand) Run(ctx context.Context, c *complyCommand) error {
	d, err := p.read()
	if err != nil {
		return err
	}
	since := clock.System{}.Now().AddDate(0, 0, -int(p.Days))
	return ask(c, func(hub *client.Client) (wire.TrialReport, error) {
		return hub.TryPolicy(ctx, wire.PolicyTrial{Document: d, Since: since, Most: p.Most})
	}, func(report wire.TrialReport) ([]string, [][]string) {
		rows := [][]string{{"all payments", "", fmt.Sprint(report.Payments), ""}}
		for _, change := range report.Changes {
			rows = append(rows, []string{"otherwise", change.From + " to " + change.To, fmt.Sprint(change.Payments), ""})
		}
		for _, rule := range report.Rules {
			rows = append(rows, []string{"rule " + rule.Rule, rule.Then, fmt.Sprint(rule.Hits), strings.Join(rule.Samples[:min(1, len(rule.Samples))], "")})
		}
		return []string{"what", "outcome", "payments", "for example"}, rows
	}, 2)
}

type policySetCommand struct {
	policyFile

	Shadow bool `help:"Run it beside the policy in force; it decides nothing."`
}

// Run implements the command.
func (p policySetCommand) Run(ctx context.Context, c *complyCommand) error {
	d, err := p.read()
	if err != nil {
		return err
	}
	state := policy.Live
	if p.Shadow {
		state = policy.Shadow
	}
	return c.propose(ctx, wire.KindPolicySet, wire.PolicyChange{State: string(state), Document: d})
}

type promoteCommand struct {
	Version int64 `arg:"" help:"The version that runs beside."`
}

// Run implements the command.
func (p promoteCommand) Run(ctx context.Context, c *complyCommand) error {
	return hinted(c.propose(ctx, wire.KindPolicyPromote, wire.PolicyPromotion{Version: p.Version}),
		"switch comply policy shows which version runs beside, SHADOW")
}

type shadowCommand struct{}

// Run implements the command.
func (shadowCommand) Run(ctx context.Context, c *complyCommand) error {
	none := false
	err := ask(c, func(hub *client.Client) (wire.ShadowReport, error) { return hub.Shadow(ctx) },
		func(report wire.ShadowReport) ([]string, [][]string) {
			none = report.Version == 0
			var rows [][]string
			for _, n := range report.Counts {
				rows = append(rows, []string{n.Outcome, n.Shadow, fmt.Sprint(n.Decisions)})
			}
			return []string{"decided", fmt.Sprintf("version %d would", report.Version), "payments"}, rows
		}, 2)
	if none {
		fmt.Fprintln(os.Stderr, "no policy runs beside the one in force; switch comply set FILE --shadow proposes one")
	}
	return err
}

type variablesCommand struct{}

// Run implements the command.
func (variablesCommand) Run(c *complyCommand) error {
	variables := rules.Variables()
	if c.JSON {
		return printJSON(variables)
	}
	for _, v := range variables {
		fmt.Printf("%-17s %-10s %s\n", v.Name, v.Type, v.Text)
	}
	return nil
}
