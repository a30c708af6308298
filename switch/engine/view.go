package engine

import (
	"context"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/switch/customs"
	"github.com/causeway-pay/causeway/switch/payment"
)

// statuses is what partners are told about each state.
var statuses = map[payment.State]iso20022.Status{
	payment.Created: iso20022.Pending,
	// Accepted, and held before anything else happens.
	payment.UnderReview: iso20022.AcceptedUnposted,
	payment.Reserved:    iso20022.AcceptedSettlement,
	payment.Unresolved:  iso20022.Pending,
	payment.Pushing:     iso20022.Pending,
	payment.Cancelling:  iso20022.Pending,
	payment.Held:        iso20022.Pending,
	payment.Posted:      iso20022.Completed,
	payment.Declined:    iso20022.Rejected,
	payment.Cancelled:   iso20022.Cancelled,
	payment.Rejected:    iso20022.Rejected,
}

var returnStatuses = map[payment.ReturnState]iso20022.Status{
	payment.ReturnReserved: iso20022.Pending,
	payment.ReturnHeld:     iso20022.Pending,
	payment.ReturnPosted:   iso20022.Completed,
	payment.ReturnDeclined: iso20022.Rejected,
}

// view is a payment as a participant may see it, with its returns.
func (e *Engine) view(ctx context.Context, to connectors.Participant, record Record) (connectors.Payment, error) {
	view := e.leg(record, to.Role)
	if record.State != payment.Posted {
		return view, nil
	}
	returns, _, err := e.returns.Find(ctx, record.ID)
	if err != nil {
		return connectors.Payment{}, reason.Wrap(reason.Unknown, "engine.view", err)
	}
	for _, r := range returns {
		if r.Kind == CancelReturn && r.State == payment.ReturnPosted {
			view.Status, view.Reason = iso20022.Cancelled, reason.Closed
		}
		view.Returns = append(view.Returns, returnView(r, record, to.Role))
	}
	return view, nil
}

// leg is a payment with the leg between the hub and one role.
func (e *Engine) leg(record Record, role connectors.Role) connectors.Payment {
	view := connectors.Payment{
		ID: record.ID, RequestID: record.RequestID, Mode: record.Mode, Status: statuses[record.State],
		Reason: record.Reason, AcquirerID: record.AcquirerID, WalletID: record.WalletID,
		PayerReference: record.PayerReference, WalletPaymentID: record.WalletPaymentID, OrderCode: record.OrderCode,
		NotifyURL: record.NotifyURL, RedirectURL: record.Detail.RedirectURL, CompletedAt: record.CompletedAt,
		Transfer: e.transfer(record, role),
	}
	if record.Detail.StaticCode != "" {
		view.OrderCode = record.Detail.StaticCode
	}
	priced := record.Detail.Merchant
	if role == connectors.RoleWallet {
		// To a wallet a payment is known by the hub's id alone.
		view.RequestID, view.OrderCode, view.NotifyURL = record.ID.String(), "", ""
		priced = record.Detail.Payer
	}
	view.QuoteExpiresAt = priced.ExpiresAt
	if wallet, ok := e.Directory().Participant(record.WalletID); ok {
		view.WalletName = wallet.Name
		if role == connectors.RoleAcquirer && record.State == payment.Posted {
			view.Declarable = customs.Declarable(wallet.Participant, record.PayerAmount)
		}
	}
	return view
}

// transfer is the pacs.008 of one leg.
func (e *Engine) transfer(record Record, role connectors.Role) iso20022.CreditTransfer {
	t := record.Detail.Transfer
	priced := record.Detail.Merchant
	t.InstructingAgent, t.InstructedAgent = agent(record.AcquirerID), hubAgent
	t.SettlementAmount = record.MerchantAmount
	if role == connectors.RoleWallet {
		priced = record.Detail.Payer
		t.InstructingAgent, t.InstructedAgent = hubAgent, agent(record.WalletID)
		t.SettlementAmount = record.PayerAmount
		if record.Detail.PayerName != "" {
			t.Debtor.Name = record.Detail.PayerName
		}
	}
	if t.SettlementAmount.Currency == "" {
		t.SettlementAmount = record.Amount
		t.SettlementAmount.Minor = 0
	}
	t.MessageID = compact(transferID(record.ID, role))
	t.CreatedAt, t.ExpiresAt = record.CreatedAt, record.ExpiresAt
	t.InstructionID, t.TransactionID = compact(record.ID), compact(record.ID)
	t.EndToEndID = iso20022.Identifier35(record.RequestID)
	t.UETR, t.ClearingReference = iso20022.UETR(record.ID), compact(record.ID)
	t.LocalInstrument = string(record.Mode)
	t.DebtorAgent, t.CreditorAgent = agent(record.WalletID), agent(record.AcquirerID)
	t.DebtorAccount = iso20022.Account{}
	if record.PayerReference != "" {
		t.DebtorAccount.ID = compact(ids.Derive(ids.Nil, record.WalletID+"/"+record.PayerReference, 0))
	}
	if priced.QuoteID != ids.Nil {
		t.Rate = &iso20022.AgreedRate{
			Rate: priced.Price.Rate, QuotedAt: priced.QuotedAt, QuoteID: iso20022.UETR(priced.QuoteID),
		}
	}
	return t
}

// HubAgent names the switch in messages.
const HubAgent = "CAUSEWAY"

var hubAgent = iso20022.Agent{OtherID: HubAgent}

func agent(participantID string) iso20022.Agent {
	if participantID == "" {
		return iso20022.Agent{OtherID: "NOTPROVIDED"}
	}
	return iso20022.Agent{OtherID: participantID}
}

// compact is an id in 32 characters, which fits where ISO 20022 allows 35.
func compact(id ids.ID) string {
	const digits = "0123456789abcdef"
	text := make([]byte, 0, 32)
	for _, b := range id {
		text = append(text, digits[b>>4], digits[b&15])
	}
	return string(text)
}

func returnView(r ReturnRecord, record Record, role connectors.Role) connectors.Return {
	view := connectors.Return{
		ID: r.ID, RequestID: r.RequestID, Status: returnStatuses[r.State], Reason: r.Reason, Amount: r.Amount,
		SettlementAmount: r.Detail.Merchant.Amount, CompletedAt: r.CompletedAt,
	}
	priced := r.Detail.MerchantBack.or(record.Detail.Merchant)
	if role == connectors.RoleWallet {
		view.SettlementAmount, priced = r.Detail.Payer.Amount, r.Detail.PayerBack.or(record.Detail.Payer)
	}
	if priced.QuoteID != ids.Nil {
		view.Rate = &iso20022.AgreedRate{
			Rate: priced.Price.Rate, QuotedAt: priced.QuotedAt, QuoteID: iso20022.UETR(priced.QuoteID),
		}
	}
	return view
}
