package main

import (
	"context"
	"fmt"
	"os"
	"time"

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

type acceptCommand struct {
	List    string `arg:"" help:"The list."`
	Version string `arg:"" help:"The version that was refused; switch comply lists shows it."`
}

// Run implements the command.
func (a acceptCommand) Run(ctx context.Context, c *complyCommand) error {
	return c.propose(ctx, wire.KindListAccept, wire.ListAcceptance{List: a.List, Version: a.Version})
}

type retireCommand struct {
	List string `arg:"" help:"The list, which no hub names under lists any more."`
}

// Run implements the command.
func (r retireCommand) Run(ctx context.Context, c *complyCommand) error {
	return c.propose(ctx, wire.KindListRetire, wire.ListRetirement{List: r.List})
}
