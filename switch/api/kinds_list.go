package api

import (
	"context"
	"fmt"

	"github.com/causeway-pay/causeway/compliance/keeper"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// namesList refuses what names none.
func namesList(list string) error {
	if list == "" {
		return refused(reason.InvalidRequest, "list must be named")
	}
	return nil
}

func listAccept() Kind {
	return Definition[wire.ListAcceptance]{
		Name: wire.KindListAccept, Propose: []Role{Compliance}, Approve: []Role{Compliance},
		Check: func(change *wire.ListAcceptance) error { return namesList(change.List) },
		Verify: func(ctx context.Context, reader db.Reader, change wire.ListAcceptance) error {
			return keeper.Refusable(ctx, reader, change.List, change.Version)
		},
		Describe: func(change wire.ListAcceptance) string {
			return fmt.Sprintf("accept version %s of list %s, which differs by too much to come into force by itself",
				change.Version, change.List)
		},
		Apply: func(ctx context.Context, tx db.Tx, approval Approval, change wire.ListAcceptance) error {
			return keeper.Accept(ctx, tx, change.List, change.Version, approval.At)
		},
	}.Kind()
}

func listRetire(now clock.Clock) Kind {
	return Definition[wire.ListRetirement]{
		Name: wire.KindListRetire, Propose: []Role{Compliance}, Approve: []Role{Compliance},
		Check: func(change *wire.ListRetirement) error { return namesList(change.List) },
		Verify: func(ctx context.Context, reader db.Reader, change wire.ListRetirement) error {
			return keeper.Retirable(ctx, reader, change.List, now.Now())
		},
		Describe: func(change wire.ListRetirement) string {
			return fmt.Sprintf("screen against list %s no more", change.List)
		},
		Apply: func(ctx context.Context, tx db.Tx, approval Approval, change wire.ListRetirement) error {
			return keeper.Retire(ctx, tx, change.List, approval.At)
		},
	}.Kind()
}
