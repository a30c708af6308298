package api

import (
	"context"
	"fmt"
	"strings"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/switch/agreement"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/person"
)

// known shows a page of what is known about a person, which is on record before it is
// shown. The record names the wallet and the payment that was asked with, and not the
// person.
func (s *server) known(c call) (answer, error) {
	var query wire.PersonQuery
	if err := c.body(&query); err != nil {
		return answer{}, err
	}
	named := query.WalletID != "" && query.PayerReference != ""
	if named == (query.PaymentID != nil) || query.WalletID != "" && query.PayerReference == "" {
		return answer{}, malformed("a person is named by wallet_id and payer_reference, or by payment_id")
	}
	from, err := placeOf(query.From)
	if err != nil {
		return answer{}, err
	}
	var page wire.PersonPage
	subject, detail := ids.Nil, map[string]string{"wallet": query.WalletID, "from": query.From}
	if query.PaymentID != nil {
		subject = *query.PaymentID
	}
	err = s.reading(c, "person.export", subject, detail, func(ctx context.Context, tx db.Tx) error {
		who := engine.Person{WalletID: query.WalletID, Reference: query.PayerReference}
		if query.PaymentID != nil {
			if who, err = engine.PersonOf(ctx, tx, *query.PaymentID); err != nil {
				return err
			}
		}
		known, err := person.Known(ctx, tx, s.Region, who, from, person.PageMax)
		page = wire.PersonPage{
			Payments: each(known.Payments, personPaymentOf), Agreements: each(known.Agreements, personAgreementOf),
		}
		if !known.Done {
			page.Next = fmt.Sprintf("%s.%s", known.Next.State, known.Next.After)
		}
		return err
	})
	return ok(page, err)
}

// placeOf reads where a page begins.
func placeOf(from string) (person.Place, error) {
	if from == "" {
		return person.Place{}, nil
	}
	state, after, _ := strings.Cut(from, ".")
	id, err := ids.Parse(after)
	place := person.Place{State: person.State(state), After: id}
	if err != nil || place.State != person.ErasingPayments && place.State != person.ErasingAgreements {
		return person.Place{}, malformed("from is the next of the page before")
	}
	return place, nil
}

func personPaymentOf(r engine.Record) wire.PersonPayment {
	t := r.Detail.Transfer
	return wire.PersonPayment{
		ID: r.ID, CreatedAt: r.CreatedAt, State: string(r.State), WalletID: r.WalletID, PayerReference: r.PayerReference,
		PayerName: r.Detail.PayerName, Debtor: partyOf(t.Debtor), DebtorAccount: t.DebtorAccount.ID,
		Merchant: partyOf(t.Creditor), Order: t.Remittance, PayerAmount: wire.AmountOf(r.PayerAmount),
		Amount: wire.AmountOf(r.Amount),
	}
}

func partyOf(p iso20022.Party) wire.Party {
	return wire.Party{Name: p.Name, Town: p.Town, Country: p.Country, OtherID: p.OtherID}
}

func personAgreementOf(a agreement.Agreement) wire.PersonAgreement {
	return wire.PersonAgreement{
		ID: a.ID, State: string(a.State), AcquirerID: a.AcquirerID, WalletID: a.WalletID, ClientID: a.ClientID,
		CreatedAt: a.CreatedAt, ChangedAt: a.ChangedAt,
	}
}

func (s *server) erasures(c call) (answer, error) {
	_, p, err := c.listing("limit")
	if err != nil {
		return answer{}, err
	}
	list, err := person.List(c.Context(), s.Pool, s.Region, p.limit)
	return ok(wire.Erasures{Erasures: each(list, erasureOf)}, err)
}

func erasureOf(e person.Erasure) wire.Erasure {
	shown := wire.Erasure{
		ID: e.ID, WalletID: e.Who.WalletID, State: string(e.State), Before: e.Before, Payments: e.Payments,
		Agreements: e.Agreements, Kept: e.Kept, AskedAt: e.AskedAt,
	}
	if !e.DoneAt.IsZero() {
		shown.DoneAt = &e.DoneAt
	}
	return shown
}
