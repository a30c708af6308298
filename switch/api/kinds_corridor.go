package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/route"
)

func corridorSet(directory func() *route.Directory) Kind {
	return Definition[wire.CorridorChange]{
		Name: wire.KindCorridorSet, Propose: []Role{Treasury}, Approve: []Role{Treasury}, Reload: true,
		Check: func(change *wire.CorridorChange) error {
			corridor, err := corridorFrom(*change)
			if err != nil {
				return err
			}
			change.Limit, change.Hours = wire.AmountOf(corridor.Limit), corridor.Hours.String()
			change.Wallets, change.Minimum = corridor.Wallets, corridorOf(corridor).Minimum
			return nil
		},
		Verify: func(_ context.Context, _ db.Reader, change wire.CorridorChange) error {
			for _, id := range change.Wallets {
				wallet, found := directory().Participant(id)
				if !found || wallet.Role != connectors.RoleWallet || wallet.Country != change.PayerCountry {
					return refused(reason.Missing, id+" is no wallet of "+change.PayerCountry)
				}
			}
			return nil
		},
		Describe: describeCorridor,
		Apply: func(ctx context.Context, tx db.Tx, _ Approval, change wire.CorridorChange) error {
			corridor, err := corridorFrom(change)
			if err != nil {
				return err
			}
			return route.SaveCorridor(ctx, tx, corridor)
		},
	}.Kind()
}

// corridorFrom reads a corridor and brings its wallets into order.
func corridorFrom(change wire.CorridorChange) (route.Corridor, error) {
	limit, err := change.Limit.Money()
	if err != nil {
		return route.Corridor{}, refused(reason.InvalidRequest, "limit must be an amount above zero")
	}
	corridor := route.Corridor{
		PayerCountry: change.PayerCountry, MerchantCountry: change.MerchantCountry, PayerMarkup: change.PayerMarkup,
		MerchantMarkup: change.MerchantMarkup, Limit: limit, Closed: change.Closed,
		Wallets: slices.Compact(slices.Sorted(slices.Values(change.Wallets))),
	}
	if change.Minimum != nil {
		minimum, err := change.Minimum.Money()
		if err != nil || minimum.Currency != limit.Currency {
			return route.Corridor{}, refused(reason.InvalidRequest, "minimum must be an amount in the currency of the limit")
		}
		corridor.Minimum = minimum.Minor
	}
	if corridor.Hours, err = route.ParseHours(change.Hours); err != nil {
		return route.Corridor{}, err
	}
	if problem := corridor.Problem(); problem != "" {
		return route.Corridor{}, refused(reason.InvalidRequest, problem)
	}
	return corridor, nil
}

// describeCorridor names also what is left out, because that is set, too.
func describeCorridor(change wire.CorridorChange) string {
	verb, minimum := "set", "no minimum"
	if change.Closed {
		verb = "close"
	}
	if change.Minimum != nil {
		minimum = "minimum " + change.Minimum.Decimal
	}
	return fmt.Sprintf("%s corridor %s-%s: markups %d and %d basis points, limit %s %s, %s, open %s for %s", verb,
		change.PayerCountry, change.MerchantCountry, change.PayerMarkup, change.MerchantMarkup, change.Limit.Decimal,
		change.Limit.Currency, minimum, cmp.Or(change.Hours, "always"),
		cmp.Or(strings.Join(change.Wallets, ", "), "all wallets"))
}
