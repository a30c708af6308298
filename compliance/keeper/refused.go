package keeper

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
)

// guarded refuses a version that differs by too much from the one in force, unless two
// people have accepted it, and keeps what they need to see for that.
func (k *Keeper) guarded(ctx context.Context, before, after lists.List) error {
	problem := k.Guard.Check(before, after)
	if !errors.Is(problem, lists.ErrBeyond) {
		return problem
	}
	change := lists.Compare(before, after)
	differences, err := described(change, before, after)
	if err != nil {
		return err
	}
	refused := Refused{
		List: after.Name, Version: after.Version, SeenAt: k.Clock.Now(), Entries: int64(after.Entries.Len()),
		Added: int64(len(change.Added)), Changed: int64(len(change.Changed)), Removed: int64(len(change.Removed)),
		Problem: strings.TrimPrefix(problem.Error(), lists.ErrBeyond.Error()+": "),
	}
	var accepted bool
	err = k.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) (err error) {
		if err = abreast(ctx, tx, after.Name, before.Version, after.Version); err != nil {
			return err
		}
		accepted, err = upsertRefused(ctx, tx, refused, before.Version, differences)
		return err
	})
	if err != nil || accepted {
		return err
	}
	return problem
}

// Accept lets the version of a list that the guard refused take its place: the next hub
// that looks, within seconds, fetches it again and puts it in force if it is still the
// same. Another version is refused as before.
func Accept(ctx context.Context, tx db.Tx, list, version string, at time.Time) error {
	const op = "keeper.Accept"
	if err := Refusable(ctx, tx, list, version); err != nil {
		return err
	}
	accepted, err := acceptRefused(ctx, tx, list, version, at)
	if err == nil && !accepted {
		err = reason.New(reason.ProposalClosed, op, "this version was accepted before")
	}
	return err
}

// Refusable returns nil if the version is what the guard refused last of the list.
func Refusable(ctx context.Context, reader db.Reader, list, version string) error {
	refused, err := RefusedLists(ctx, reader)
	if err != nil {
		return err
	}
	for _, r := range refused {
		if r.List == list && r.Version == version {
			return nil
		}
	}
	return reason.New(reason.Missing, "keeper.Refusable", "")
}

// abandoned is for how long nobody must have taken a list's turn until nobody keeps it:
// hubs look every five seconds and take a turn before they fetch.
const abandoned = time.Minute

// Retire takes a list out of force that no hub fetches any more. It refuses one that a
// hub still fetches, which would put it in force again, and the last one, without which
// nobody could be screened.
func Retire(ctx context.Context, tx db.Tx, list string, at time.Time) error {
	if err := Retirable(ctx, tx, list, at); err != nil {
		return err
	}
	return deleteActive(ctx, tx, list)
}

// Retirable returns nil if a list can be retired, see [Retire].
func Retirable(ctx context.Context, reader db.Reader, list string, at time.Time) error {
	const op = "keeper.Retire"
	all, err := selectActive(ctx, reader)
	if err != nil {
		return err
	}
	for _, a := range all {
		switch {
		case a.name != list:
		case at.Before(a.nextAt.Add(abandoned)):
			return reason.New(reason.Inconsistent, op, "a hub may fetch it still: take it out of lists in every hub's "+
				"configuration, and try again after "+a.nextAt.Add(abandoned).Format(time.DateTime)+" UTC")
		case len(all) == 1:
			return reason.New(reason.Inconsistent, op, "it is the last list, and without one nobody can be screened")
		default:
			return nil
		}
	}
	return reason.New(reason.Missing, op, "")
}
