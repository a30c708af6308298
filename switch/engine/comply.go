package engine

import (
	"context"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/compliance/limits"
	"github.com/causeway-pay/causeway/compliance/travel"
	"github.com/causeway-pay/causeway/compliance/watchlist"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/route"
)

// comply has compliance decide about a payment that is priced. A refusal is an
// error with its reason, next to the decision behind it.
func (e *Engine) comply(ctx context.Context, record Record, p parties) (compliance.Decision, error) {
	decision, err := e.Officer.Decide(ctx, e.presented(record, p))
	switch {
	case err != nil:
		return compliance.Decision{}, reason.Wrap(reason.Unknown, "engine.comply", err)
	case decision.Outcome == compliance.Reject:
		return decision, reason.New(decision.Reason, "engine.comply", "")
	case decision.Outcome == compliance.Hold && !patient(record, p.wallet):
		return decision, reason.New(reason.Regulation, "engine.comply", "")
	default:
		return decision, nil
	}
}

// patient reports whether a payment can wait for people: whoever asked for it is told that
// it is in process, and asks again. A payment by agreement is over after a minute, and so
// is the code of another network; what they are made with is kept nowhere.
func patient(record Record, wallet route.Participant) bool {
	return record.Mode != connectors.AutoDebit && (record.Mode != connectors.PaymentCode || !wallet.Network())
}

// presented is a payment as compliance looks at it.
func (e *Engine) presented(record Record, p parties) compliance.Payment {
	transfer := record.Detail.Transfer
	return compliance.Payment{
		Payment: limits.Payment{
			ID: record.ID, Region: record.Region, At: e.Clock.Now(), PayerCountry: p.wallet.Country,
			MerchantCountry: p.acquirer.Country, Product: string(record.Mode), WalletID: p.wallet.ID,
			AcquirerID: p.acquirer.ID, PayerReference: record.PayerReference, MerchantReference: transfer.Creditor.OtherID,
			Amount: record.Amount, PayerAmount: record.PayerAmount, Worth: record.Detail.Booked.Worth,
		},
		MerchantCategory: transfer.MerchantCategory,
		Parties: []watchlist.Party{
			{Role: "payer", Name: record.Detail.PayerName},
			{Role: "buyer", Name: transfer.Debtor.Name},
			{Role: "merchant", Name: transfer.Creditor.Name},
			{Role: "wallet", Name: p.wallet.Name},
			{Role: "acquirer", Name: p.acquirer.Name},
			{Role: "purpose", Name: transfer.Remittance, Text: true},
			{Role: "address", Name: transfer.Creditor.Town, Text: true},
		},
		Debtor: travel.Party{
			Name: record.Detail.PayerName, Account: accountOf(record), Town: transfer.Debtor.Town,
			Country: p.wallet.Country,
		},
		Creditor: travel.Party{
			Name: transfer.Creditor.Name, Account: transfer.Creditor.OtherID, Town: transfer.Creditor.Town,
			Country: p.acquirer.Country, Identifier: transfer.Creditor.OtherID,
		},
		Message: func() ([]byte, error) { return e.transfer(record, connectors.RoleWallet).AppendXML(nil) },
	}
}

// accountOf is by what the payer's account can be traced. Where the payer is not
// known before the wallet has asked, it is the unique reference of the transaction,
// as the travel rule has it for transfers without an account number: the wallet
// answers for who paid under it.
func accountOf(record Record) string {
	if record.PayerReference == "" {
		return compact(record.ID)
	}
	return record.PayerReference
}
