package api

import (
	"slices"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/customs"
)

func (s *server) declarations(c call) (answer, error) {
	query, p, err := c.listing("state", "before", "limit")
	if err != nil {
		return answer{}, err
	}
	state := customs.State(query.Get("state"))
	if state != "" && !slices.Contains(customs.States(), state) {
		return answer{}, malformed("no state of declarations has this name")
	}
	list, err := customs.List(c.Context(), s.Pool, state, p.before, p.id, p.more())
	page, next := cut(p, list, func(d customs.Declaration) (time.Time, ids.ID) { return d.DeclaredAt, d.ID })
	return ok(wire.Declarations{Declarations: each(page, declarationOf), Next: next}, err)
}

func declarationOf(d customs.Declaration) wire.Declaration {
	why := ""
	if d.Reason != reason.None {
		why = d.Reason.String()
	}
	return wire.Declaration{
		ID: d.ID, PaymentID: d.PaymentID, AcquirerID: d.AcquirerID, WalletID: d.WalletID, RequestID: d.Said.RequestID,
		State: string(d.State), Reason: why, Status: d.Progress.Status, Office: d.Said.OfficeCode,
		Merchant: d.Said.MerchantCode, OrderID: d.Said.OrderID, Split: d.Said.Split, Amount: wire.AmountOf(d.Said.Amount),
		DeclaredAt: d.DeclaredAt, AnsweredAt: d.AnsweredAt, Attempts: d.Attempts,
	}
}
