package person

import (
	"context"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/agreement"
	"github.com/causeway-pay/causeway/switch/engine"
)

// PageMax is how many rows of a wallet one page of [Known] looks through: what a database
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
	Payments   []engine.Record
	Agreements []agreement.Agreement
	// Next is where to go on; Done says that there is nothing more.
	Next Place
	Done bool
}

// Known looks through at most limit rows of a person's wallet in a region and returns
// those that are about the person: first payments, then agreements.
func Known(
	ctx context.Context, reader db.Reader, region string, who engine.Person, from Place, limit int,
) (page Page, err error) {
	if from.State == ErasingAgreements {
		page.Next.State = ErasingAgreements
		page.Agreements, page.Next.After, err = agreement.OfPayer(ctx, reader, region, who.WalletID, who.Reference,
			from.After, limit)
		page.Done = page.Next.After == ids.Nil
		return page, err
	}
	page.Next.State = ErasingPayments
	page.Payments, page.Next.After, err = engine.PaymentsOf(ctx, reader, region, who, from.After, limit)
	if page.Next.After == ids.Nil {
		page.Next.State = ErasingAgreements
	}
	return page, err
}
