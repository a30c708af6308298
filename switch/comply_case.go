package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// caseFileRows is a case as somebody reads it who is to decide: what is found, how it is looked
// up, and what others wrote.
func caseFileRows(file wire.CaseFile) [][]string {
	rows := [][]string{
		{"payment", file.Case.PaymentID.String()}, {"waits", waits(file.Case)}, {"state", file.Case.State},
		{"version", fmt.Sprint(file.Case.Version)}, {"until (UTC)", file.Case.DueAt.Format(time.DateTime)},
	}
	for _, who := range []struct {
		what string
		id   ids.ID
	}{{"assignee", file.Case.AssigneeID}, {"proposed by", file.Case.ProposerID}, {"decided by", file.Case.DeciderID}} {
		if who.id != ids.Nil {
			rows = append(rows, []string{who.what, who.id.String()})
		}
	}
	for _, d := range file.Decisions {
		rows = append(rows, decisionRows(d)...)
	}
	for _, comment := range file.Comments {
		rows = append(rows, []string{
			"comment", fmt.Sprintf("%s %s: %s", comment.At.Format(time.DateTime), comment.AuthorID, comment.Text),
		})
	}
	return rows
}

// decisionRows is a decision with all that led to it.
func decisionRows(d wire.Decision) [][]string {
	rows := [][]string{{"decided", fmt.Sprintf("%s %s by lists %.8s, policy %d", d.DecidedAt.Format(time.DateTime), d.Outcome,
		d.ListVersion, d.PolicyVersion)}}
	for _, h := range d.Hits {
		rows = append(rows, []string{"hit", fmt.Sprintf("%s is like %s %s at %d", h.Role, h.List, h.Entry, h.ScoreBasisPoints)})
		if why := whyHit(h); why != "" {
			rows = append(rows, []string{"", why})
		}
		if h.ListVersion != "" {
			rows = append(rows, []string{"", fmt.Sprintf("who it is: switch comply entry %s %s %s", h.List, h.ListVersion, h.Entry)})
		}
	}
	for _, rule := range d.Rules {
		rows = append(rows, []string{"rule", rule})
	}
	if d.Limit != "" {
		rows = append(rows, []string{"limit", d.Limit})
	}
	for _, missing := range d.Missing {
		rows = append(rows, []string{"missing", missing})
	}
	return rows
}

// whyHit is what the entry is and how its score came about.
func whyHit(h wire.Hit) string {
	var parts []string
	if h.Kind != "" {
		parts = append(parts, h.Kind)
	}
	parts = append(parts, h.Programmes...)
	if h.NameScoreBasisPoints > 0 || len(h.Reasons) > 0 {
		parts = append(parts, fmt.Sprintf("names alone %d", h.NameScoreBasisPoints))
	}
	for _, r := range h.Reasons {
		parts = append(parts, fmt.Sprintf("%s %+d", r.What, r.BasisPoints))
	}
	return strings.Join(parts, ", ")
}

type entryCommand struct {
	List    string `arg:"" help:"The list."`
	Version string `arg:"" help:"The version, as switch comply case or switch comply lists shows it."`
	Entry   string `arg:"" help:"The id that the list gives the entry."`
}

// Run implements the command.
func (e entryCommand) Run(ctx context.Context, c *complyCommand) error {
	return named(ask(c, func(hub *client.Client) (wire.ListEntry, error) {
		return hub.ListEntry(ctx, e.List, e.Version, e.Entry)
	}, func(entry wire.ListEntry) ([]string, [][]string) {
		var rows [][]string
		add := func(what string, texts ...string) {
			for _, text := range texts {
				rows = append(rows, []string{what, text})
			}
		}
		if entry.Kind != "" {
			add("kind", entry.Kind)
		}
		add("programme", entry.Programmes...)
		for _, n := range entry.Names {
			add("name", n.Text+" ("+n.Quality+")")
		}
		add("born", entry.Births...)
		for _, i := range entry.Identifiers {
			add("identifier", strings.Join(strings.Fields(i.Type+" "+i.Value+" "+i.Country), " "))
		}
		add("address", entry.Addresses...)
		return []string{"entry", entry.ID}, rows
	}))
}
