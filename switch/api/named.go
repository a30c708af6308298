package api

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/recon"
	"github.com/causeway-pay/causeway/settlement/window"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/route"
)

// What a query or a change names must be there: an empty list would say that there is nothing
// about somebody, where the name was misspelt.

// participantIn reads the participant that a query names, "" if it names none.
func (s *server) participantIn(query url.Values, name string) (string, error) {
	id := query.Get(name)
	if id == "" {
		return "", nil
	}
	return id, s.participantKnown(name, id)
}

// participantKnown refuses a participant under a parameter's name that is not in the directory.
func (s *server) participantKnown(name, id string) error {
	if _, known := s.Directory().Participant(id); !known {
		return malformed(name + " is not connected: switch partner list, or /v1/participants, says who is")
	}
	return nil
}

// windowKnown refuses a window that never was.
func windowKnown(ctx context.Context, reader db.Reader, id ids.ID) error {
	_, err := window.Get(ctx, reader, id)
	if db.NoRows(err) {
		return reason.New(reason.Missing, "api.window", "")
	}
	return err
}

// accountKnown refuses an account that is neither in the ledger nor of a participant's
// transaction files.
func (s *server) accountKnown(ctx context.Context, reader db.Reader, account string) error {
	opened, err := ledger.Opened(ctx, reader, account)
	if err != nil || opened {
		return err
	}
	owner, _, _ := strings.Cut(account, ".")
	if p, known := s.Directory().Participant(owner); known && account == recon.TransactionsOf(p.ID, string(p.Currency)) {
		return nil
	}
	return malformed("account is not in the books: switch ledger balance, or /v1/ledger/balances, lists them")
}

// adjustable refuses an adjustment that nobody could approve.
func adjustable(ctx context.Context, reader db.Reader, change wire.AdjustmentChange) error {
	for _, side := range []string{change.DebitID, change.CreditID} {
		if side == ledger.Hub {
			continue
		}
		err := positionKnown(ctx, reader, side, change.Amount.Currency)
		if reason.Of(err) == reason.Missing {
			return malformed(fmt.Sprintf("one of the two has no position in %s: switch operate positions, or /v1/positions, "+
				"lists them, and HUB is the hub", change.Amount.Currency))
		}
		if err != nil {
			return err
		}
	}
	linked, err := engine.Linked(ctx, reader, change.Link)
	if err == nil && !linked {
		err = malformed("link is no payment and no obligation: switch operate payments and switch settle status list them")
	}
	return err
}

// applicable refuses a line of a fee schedule or of the tariff that would apply to no payment;
// empty names are about all.
func applicable(directory *route.Directory, participant, corridor, product string) error {
	_, connected := directory.Participant(participant)
	open := slices.ContainsFunc(directory.Corridors(), func(c route.Corridor) bool { return c.Name() == corridor })
	switch {
	case participant != "" && !connected:
		return malformed("the participant is not connected: switch partner list, or /v1/participants, says who is")
	case corridor != "" && !open:
		return malformed("corridor is none: switch route show, or /v1/corridors, lists them")
	case product != "" && !slices.Contains(connectors.Modes(), connectors.Mode(product)):
		return malformed(fmt.Sprintf("product is one of %q", connectors.Modes()))
	default:
		return nil
	}
}
