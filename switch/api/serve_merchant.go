package api

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/merchant"
)

// merchantStates are the states that merchants can be asked for.
var merchantStates = []connectors.MerchantStatus{
	"", connectors.MerchantPending, connectors.MerchantRegistered, connectors.MerchantRefused,
}

func (s *server) merchants(c call) (answer, error) {
	query, p, err := c.listing("status", "acquirer", "limit")
	if err != nil {
		return answer{}, err
	}
	status := connectors.MerchantStatus(query.Get("status"))
	if !slices.Contains(merchantStates, status) {
		return answer{}, malformed("status is PENDING, REGISTERED or REFUSED")
	}
	acquirer, err := s.participantIn(query, "acquirer")
	if err != nil {
		return answer{}, err
	}
	list, err := merchant.List(c.Context(), s.Pool, merchant.Filter{
		AcquirerID: acquirer, Status: status, Limit: p.limit,
	})
	return ok(wire.Merchants{Merchants: each(list, merchantStatusOf)}, err)
}

func merchantStatusOf(l merchant.Listed) wire.MerchantStatus {
	return wire.MerchantStatus{
		AcquirerID: l.AcquirerID, RequestID: l.RequestID, MerchantID: l.MerchantID, StoreID: l.StoreID,
		WalletID: l.WalletID, Status: string(l.Status), Why: l.Why, ChangedAt: l.ChangedAt,
	}
}

// merchantFile opens a registration, which is on record before anybody sees it: it may
// name people.
func (s *server) merchantFile(c call) (answer, error) {
	query, err := c.query("acquirer", "request")
	if err != nil {
		return answer{}, err
	}
	acquirer, request := query.Get("acquirer"), query.Get("request")
	var file wire.MerchantFile
	detail := map[string]string{"acquirer": acquirer, "request": request}
	err = s.reading(c, "merchant.read", ids.Nil, detail, func(ctx context.Context, tx db.Tx) error {
		opened, err := merchant.Open(ctx, tx, acquirer, request)
		file = wire.MerchantFile{
			RegisteredAt: opened.RegisteredAt, Registration: json.RawMessage(opened.Body),
			Statuses: each(opened.Statuses, merchantStatusOf),
		}
		return err
	})
	return ok(file, err)
}
