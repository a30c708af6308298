package person

import (
	"context"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/agreement"
	"github.com/causeway-pay/causeway/switch/customs"
	"github.com/causeway-pay/causeway/switch/engine"
)

// PageMax is how many rows of a partner one page of [Known] looks through: what a database
// reads in well under a second.
const PageMax = 20_000

// Place is where a page of [Known] begins. The zero Place is the beginning.
type Place struct {
	// State is [ErasingPayments] or [ErasingAgreements]: what is looked through.
	State State
	After ids.ID
}

// Page is a part of what is known about a person.
type Page struct {
	Payments   []Payment
	Agreements []Agreement
	// Next is where to go on; Done says that there is nothing more.
	Next Place
	Done bool
}

// Known looks through at most limit rows of a person's partner in a region and returns
// those that are about the person: first payments with their declarations, then a payer's
// agreements. Each says what would hold it if what was made before a time may go.
func Known(
	ctx context.Context, reader db.Reader, region string, who engine.Person, before time.Time, from Place, limit int,
) (page Page, err error) {
	state := from.State
	if state == "" {
		state = ErasingPayments
	}
	var next ids.ID
	if state == ErasingAgreements {
		page.Agreements, next, err = agreementsOf(ctx, reader, region, who, before, from.After, limit)
	} else {
		page.Payments, next, err = paymentsOf(ctx, reader, region, who, before, from.After, limit)
	}
	page.Next = Place{state, next}
	if next == ids.Nil {
		page.Next.State = following(state, who)
	}
	page.Done = page.Next.State == Erased
	return page, err
}

// following is what is looked through when a state is done: only payers agree to be debited.
func following(state State, who engine.Person) State {
	if state == ErasingPayments && who.Side == engine.Payer {
		return ErasingAgreements
	}
	return Erased
}

func paymentsOf(
	ctx context.Context, reader db.Reader, region string, who engine.Person, before time.Time, after ids.ID, limit int,
) (own []Payment, next ids.ID, err error) {
	records, next, err := engine.PaymentsOf(ctx, reader, region, who, after, limit)
	if err != nil {
		return nil, ids.Nil, err
	}
	declared, err := customs.OfPayments(ctx, reader, db.Column(records, func(r engine.Record) ids.ID { return r.ID }))
	return db.Column(records, func(r engine.Record) Payment { return held(r, declared[r.ID], before) }), next, err
}

func agreementsOf(
	ctx context.Context, reader db.Reader, region string, who engine.Person, before time.Time, after ids.ID, limit int,
) (own []Agreement, next ids.ID, err error) {
	all, next, err := agreement.OfPayer(ctx, reader, region, who.PartnerID, who.Reference, after, limit)
	return db.Column(all, func(a agreement.Agreement) Agreement { return heldAgreement(a, before) }), next, err
}
