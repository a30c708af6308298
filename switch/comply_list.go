package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

type listsCommand struct{}

// Run implements the command.
func (listsCommand) Run(ctx context.Context, c *complyCommand) error {
	var refused []wire.RefusedList
	err := ask(c, func(hub *client.Client) (wire.ListVersions, error) { return hub.Lists(ctx) },
		func(all wire.ListVersions) ([]string, [][]string) {
			refused = all.Refused
			var rows [][]string
			for _, r := range all.Refused {
				rows = append(rows, listRow(r.List, r.Version, r.SeenAt, r.Entries, []int64{r.Added, r.Changed, r.Removed}, waiting(r)))
			}
			for _, v := range all.Versions {
				state := ""
				if v.Active {
					state = "in force, confirmed " + v.ConfirmedAt.Format(time.DateTime)
				}
				rows = append(rows, listRow(v.List, v.Version, v.FetchedAt, v.Entries, []int64{v.Added, v.Changed, v.Removed}, state))
			}
			return []string{"list", "version", "fetched (UTC)", "entries", "change", "state"}, rows
		}, 3)
	for _, r := range refused {
		if !r.Accepted {
			fmt.Fprintf(os.Stderr, "who came and went: switch comply changes %s %s\n", r.List, r.Version)
			fmt.Fprintf(os.Stderr, "if the authority meant it: switch comply accept %s %s\n", r.List, r.Version)
		}
	}
	return err
}

// listRow is a version of a list; change is what was added, changed and removed.
func listRow(list, version string, fetched time.Time, entries int64, change []int64, state string) []string {
	return []string{
		list, version, fetched.Format(time.DateTime), fmt.Sprint(entries),
		fmt.Sprintf("+%d ~%d -%d", change[0], change[1], change[2]), state,
	}
}

func waiting(r wire.RefusedList) string {
	if r.Accepted {
		return "accepted, about to be fetched"
	}
	return "refused: " + r.Problem
}

type changesCommand struct {
	List    string `arg:"" help:"The list."`
	Version string `arg:"" help:"The version; switch comply lists shows it."`
	Limit   int    `default:"100" help:"How many entries, at most 500."`
	Before  string `              help:"Where the page before ended (its next)."`
}

// Run implements the command.
func (v changesCommand) Run(ctx context.Context, c *complyCommand) error {
	var changes wire.ListChanges
	err := ask(c, func(hub *client.Client) (wire.ListChanges, error) {
		return hub.ListChanges(ctx, v.List, v.Version, client.Page{Before: v.Before, Limit: v.Limit})
	}, func(found wire.ListChanges) ([]string, [][]string) {
		changes = found
		return []string{"fate", "entry", "name", "programmes", "what"}, differenceRows(found.Differences)
	})
	if err != nil || c.JSON {
		return named(err)
	}
	fmt.Fprintf(os.Stderr, "%d went, %d changed, %d came", changes.Removed, changes.Changed, changes.Added)
	if changes.Previous != "" {
		fmt.Fprintf(os.Stderr, " since version %s", changes.Previous)
	}
	fmt.Fprintln(os.Stderr)
	if changes.NotKept > 0 {
		fmt.Fprintf(os.Stderr, "%d of them are not kept one by one, on no page: compare the authority's files\n", changes.NotKept)
	}
	return nil
}

// differenceRows has a row for each entry, and one more for each further part of it that
// changed.
func differenceRows(all []wire.ListDifference) [][]string {
	var rows [][]string
	for _, d := range all {
		row := []string{d.Fate, d.ID, d.Name, strings.Join(d.Programmes, ", "), ""}
		if d.Fate == string(lists.Changed) {
			row[4] = "only the order of what it says" // unless a part says more
		}
		for i, p := range d.Parts {
			if i > 0 {
				row = []string{"", "", "", "", ""}
			}
			row[4] = lists.Part(p).String()
			rows = append(rows, row)
		}
		if len(d.Parts) == 0 {
			rows = append(rows, row)
		}
	}
	return rows
}

// named says where the lists and versions are found that the hub does know.
func named(err error) error {
	return hinted(err, "switch comply lists shows lists, versions that are on record, and those that were refused")
}

type acceptCommand struct {
	List    string `arg:"" help:"The list."`
	Version string `arg:"" help:"The version that was refused; switch comply lists shows it."`
}

// Run implements the command.
func (a acceptCommand) Run(ctx context.Context, c *complyCommand) error {
	return named(c.propose(ctx, wire.KindListAccept, wire.ListAcceptance{List: a.List, Version: a.Version}))
}

type retireCommand struct {
	List string `arg:"" help:"The list, which no hub names under lists any more."`
}

// Run implements the command.
func (r retireCommand) Run(ctx context.Context, c *complyCommand) error {
	return named(c.propose(ctx, wire.KindListRetire, wire.ListRetirement{List: r.List}))
}
