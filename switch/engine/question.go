package engine

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/route"
)

// indicativeMajor is the amount, in whole units of the merchant's currency, that
// an indication is given for: enough that every currency of a wallet has a price
// in whole minor units, and little enough to lie in the first tier of a tariff.
const indicativeMajor = 1_000

// Price implements [connectors.Hub]. A request that names a payment is quoted
// firmly, any other by what a payment would cost at the moment.
func (e *Engine) Price(
	ctx context.Context, from connectors.Participant, request connectors.PriceRequest,
) (connectors.PriceQuote, error) {
	const op = "engine.Price"
	switch {
	case from.Suspended:
		return connectors.PriceQuote{}, reason.New(reason.InvalidContract, op, from.ID+" is suspended")
	case request.Sell != from.Currency:
		return connectors.PriceQuote{}, reason.New(reason.UnsupportedCurrency, op, "not the wallet's currency")
	case request.AcquirerID != "" && request.Amount.Currency != request.Buy:
		return connectors.PriceQuote{}, reason.New(reason.UnsupportedCurrency, op, "amount")
	case request.AcquirerID != "":
		return e.firmPrice(ctx, from, request)
	}
	return e.indicativePrice(from, request)
}

func (e *Engine) firmPrice(
	ctx context.Context, from connectors.Participant, request connectors.PriceRequest,
) (connectors.PriceQuote, error) {
	firm, err := e.Quote(ctx, QuoteRequest{
		OwnerID: from.ID, AcquirerID: request.AcquirerID, WalletID: from.ID, Mode: request.Mode, Amount: request.Amount,
	})
	if err != nil {
		return connectors.PriceQuote{}, err
	}
	return connectors.PriceQuote{
		ID: firm.ID, Rate: payerRate(firm.Offer, request), QuotedAt: firm.QuotedAt, ExpiresAt: firm.ExpiresAt,
	}, nil
}

// indicativePrice prices a payment to the first acquirer that the wallet may pay
// in the currency.
func (e *Engine) indicativePrice(
	from connectors.Participant, request connectors.PriceRequest,
) (connectors.PriceQuote, error) {
	directory := e.Directory()
	wallet, known := directory.Participant(from.ID)
	if !known {
		return connectors.PriceQuote{}, reason.New(reason.InvalidContract, "engine.Price", "wallet left")
	}
	refused := reason.New(reason.UnsupportedCurrency, "engine.Price", "no corridor in "+string(request.Buy))
	for _, acquirer := range inOrder(directory, connectors.RoleAcquirer) {
		corridor, err := directory.Corridor(wallet, acquirer, money.New(0, request.Buy), e.Clock.Now())
		if err != nil {
			continue
		}
		asked := e.request(parties{wallet, acquirer, corridor}, indicativeAmount(corridor), productOf(request.Mode))
		offer, err := e.Pricer.Offer(asked)
		if err != nil {
			return connectors.PriceQuote{}, err
		}
		return connectors.PriceQuote{Rate: payerRate(offer, request), QuotedAt: asked.At}, nil
	}
	return connectors.PriceQuote{}, refused
}

func indicativeAmount(corridor route.Corridor) money.Amount {
	minor := int64(indicativeMajor)
	for range corridor.Limit.Currency.Exponent() {
		minor *= 10
	}
	return money.New(min(minor, corridor.Limit.Minor), corridor.Limit.Currency)
}

// payerRate is the rate of the wallet's leg; a leg without conversion is one to
// one.
func payerRate(offer fx.Offer, request connectors.PriceRequest) money.Rate {
	if offer.Payer.Rate.Valid() {
		return offer.Payer.Rate
	}
	return money.Rate{Base: request.Buy, Quote: request.Sell, Mantissa: 1}
}

// inOrder returns the participants of a role by their ids.
func inOrder(directory *route.Directory, role connectors.Role) []route.Participant {
	all := slices.DeleteFunc(directory.Participants(), func(p route.Participant) bool { return p.Role != role })
	slices.SortFunc(all, func(a, b route.Participant) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// Identify implements [connectors.Hub]. It says whose a code is, not whether
// somebody may still pay it.
func (e *Engine) Identify(
	_ context.Context, _ connectors.Participant, codeValue string,
) (connectors.Action, error) {
	cashier := e.options.PublicURL != "" && strings.HasPrefix(codeValue, e.options.PublicURL+CashierPath)
	if cashier || strings.HasPrefix(strings.ToUpper(codeValue), orderCodePrefix) {
		return connectors.ActionScan, nil
	}
	_, mode, err := e.Directory().CodeOwner(codeValue)
	switch {
	case err != nil:
		return connectors.ActionNone, nil
	case mode.Fetched():
		return connectors.ActionScan, nil
	default:
		return connectors.ActionOpen, nil
	}
}
