package api

import (
	"context"
	"fmt"
	"strings"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/customs"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/person"
)

// known shows a page of what is known about a person, which is on record before it is
// shown. The record names the partner and the payment that was asked with, and not the
// person.
func (s *server) known(c call) (answer, error) {
	var query wire.PersonQuery
	if err := c.body(&query); err != nil {
		return answer{}, err
	}
	who, err := personAsked(query)
	if err != nil {
		return answer{}, err
	}
	if who.PartnerID != "" {
		if err := s.participantKnown("the partner", who.PartnerID); err != nil {
			return answer{}, err
		}
	}
	from, err := placeOf(query.From)
	if err != nil {
		return answer{}, err
	}
	var page wire.PersonPage
	subject, detail := ids.Nil, map[string]string{"side": string(who.Side), "partner": who.PartnerID, "from": query.From}
	if query.PaymentID != nil {
		subject = *query.PaymentID
	}
	before := s.Clock.Now().Add(-s.KeepPersons)
	err = s.reading(c, "person.export", subject, detail, func(ctx context.Context, tx db.Tx) error {
		asked := who
		if query.PaymentID != nil {
			if asked, err = engine.PersonOf(ctx, tx, *query.PaymentID, who.Side); err != nil {
				return err
			}
		}
		known, err := person.Known(ctx, tx, s.Region, asked, before, from, person.PageMax)
		page = personPageOf(known, who.Side)
		return err
	})
	return ok(page, err)
}

// personAsked returns who is asked about, of whom a payment names only the side.
func personAsked(query wire.PersonQuery) (engine.Person, error) {
	side, err := sideOf(query.Side)
	payment := engine.Person{Side: side}
	payer := engine.Person{Side: engine.Payer, PartnerID: query.WalletID, Reference: query.PayerReference}
	payee := engine.Person{Side: engine.Payee, PartnerID: query.AcquirerID, Reference: query.PayeeReference}
	noPayer, noPayee := payer.PartnerID+payer.Reference == "", payee.PartnerID+payee.Reference == ""
	switch {
	case err != nil:
		return engine.Person{}, err
	case query.PaymentID != nil && noPayer && noPayee:
		return payment, nil
	case query.PaymentID != nil || query.Side != "":
	case noPayee && payer.PartnerID != "" && payer.Reference != "":
		return payer, nil
	case noPayer && payee.PartnerID != "" && payee.Reference != "":
		return payee, nil
	}
	return engine.Person{}, malformed("a person is named by wallet_id and payer_reference, by acquirer_id and " +
		"payee_reference, or by payment_id and side")
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

func personPageOf(known person.Page, side engine.Side) wire.PersonPage {
	page := wire.PersonPage{Agreements: each(known.Agreements, personAgreementOf)}
	page.Payments = each(known.Payments, func(p person.Payment) wire.PersonPayment {
		if side == engine.Payee {
			return payeePaymentOf(p)
		}
		return payerPaymentOf(p)
	})
	if !known.Done {
		page.Next = fmt.Sprintf("%s.%s", known.Next.State, known.Next.After)
	}
	return page
}

// payeePaymentOf is a payment as its payee may see it: without the payer.
func payeePaymentOf(p person.Payment) wire.PersonPayment {
	t := p.Detail.Transfer
	return wire.PersonPayment{
		ID: p.ID, CreatedAt: p.CreatedAt, State: string(p.State), AcquirerID: p.AcquirerID,
		Merchant: partyOf(t.Creditor), MerchantAccount: t.CreditorAccount.ID, Order: t.Remittance,
		Amount: wire.AmountOf(p.Amount), Declarations: each(p.Declarations, payeeDeclarationOf), Kept: string(p.Hold),
	}
}

func payerPaymentOf(p person.Payment) wire.PersonPayment {
	shown, debtor, paid := payeePaymentOf(p), partyOf(p.Detail.Transfer.Debtor), wire.AmountOf(p.PayerAmount)
	shown.MerchantAccount, shown.Debtor, shown.PayerAmount = "", &debtor, &paid
	shown.WalletID, shown.PayerReference, shown.PayerName = p.WalletID, p.PayerReference, p.Detail.PayerName
	shown.DebtorAccount, shown.Declarations = p.Detail.Transfer.DebtorAccount.ID, each(p.Declarations, payerDeclarationOf)
	return shown
}

func payeeDeclarationOf(d customs.Declaration) wire.PersonDeclaration {
	return wire.PersonDeclaration{
		ID: d.ID, DeclaredAt: d.DeclaredAt, State: string(d.State), Office: d.Said.OfficeCode,
		OfficeCountry: d.Said.OfficeCountry, MerchantCode: d.Said.MerchantCode, MerchantName: d.Said.MerchantName,
		OrderID: d.Said.OrderID, Amount: wire.AmountOf(d.Said.Amount),
	}
}

func payerDeclarationOf(d customs.Declaration) wire.PersonDeclaration {
	shown := payeeDeclarationOf(d)
	shown.IdentityCheck, shown.WalletPaymentID = d.Receipt.IdentityCheck, d.Receipt.WalletPaymentID
	shown.ClearingID, shown.Status, shown.Result = d.Receipt.ClearingID, d.Progress.Status, d.Progress.ResultText
	if b := d.Said.Buyer; b != nil {
		shown.Buyer = &wire.Buyer{
			Name: b.Name, CertificateType: b.CertificateType, CertificateNumber: b.CertificateNumber,
			EffectiveDate: b.EffectiveDate, ExpiryDate: b.ExpiryDate,
		}
	}
	return shown
}

func partyOf(p iso20022.Party) wire.Party {
	return wire.Party{Name: p.Name, Town: p.Town, Country: p.Country, OtherID: p.OtherID}
}

func personAgreementOf(a person.Agreement) wire.PersonAgreement {
	return wire.PersonAgreement{
		ID: a.ID, State: string(a.State), AcquirerID: a.AcquirerID, WalletID: a.WalletID, ClientID: a.ClientID,
		CreatedAt: a.CreatedAt, ChangedAt: a.ChangedAt, Kept: string(a.Hold),
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
		ID: e.ID, Side: string(e.Who.Side), PartnerID: e.Who.PartnerID, State: string(e.State), Before: e.Before,
		Payments: e.Payments, Declarations: e.Declarations, Agreements: e.Agreements, Kept: e.Kept, KeptOpen: e.KeptOpen,
		AskedAt: e.AskedAt,
	}
	if !e.DoneAt.IsZero() {
		shown.DoneAt = &e.DoneAt
	}
	return shown
}
