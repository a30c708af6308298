package iso20022

import (
	"time"

	"github.com/causeway-pay/causeway/money"
)

// CreditTransfer is one customer credit transfer: pacs.008.001.13 with exactly
// one transaction.
type CreditTransfer struct {
	// MessageID is unique per sender, at most 35 characters (GrpHdr/MsgId).
	MessageID string
	CreatedAt time.Time
	// ExpiresAt ends the instruction (GrpHdr/XpryDtTm); zero means none.
	ExpiresAt time.Time

	InstructingAgent Agent
	InstructedAgent  Agent

	// InstructionID, EndToEndID and TransactionID hold at most 35 characters.
	InstructionID string
	EndToEndID    string
	TransactionID string
	UETR          UETR
	// ClearingReference is the switch's own reference (PmtId/ClrSysRef).
	ClearingReference string
	// LocalInstrument is the payment mode (PmtTpInf/LclInstrm/Prtry), such as
	// PaymentCode or OrderCode.
	LocalInstrument string
	// MerchantCategory is the ISO 18245 category (PmtTpInf/CtgyPurp/Prtry).
	MerchantCategory string

	// SettlementAmount is what moves between the two agents of this leg
	// (IntrBkSttlmAmt).
	SettlementAmount money.Amount
	// SettlementDate is the value date; zero means the day of CreatedAt.
	SettlementDate time.Time
	// InstructedAmount is what the merchant asked for (InstdAmt). It is written
	// always; where its currency differs from that of SettlementAmount, Rate
	// must be set.
	InstructedAmount money.Amount
	Rate             *AgreedRate

	Debtor          Party
	DebtorAccount   Account
	DebtorAgent     Agent
	Creditor        Party
	CreditorAccount Account
	CreditorAgent   Agent

	// Remittance is free text of at most 140 characters (RmtInf/Ustrd).
	Remittance string
	// Supplementary carries what the partner's protocol has and ISO 20022 has
	// not, as opaque text (SplmtryData/Envlp), so that nothing is lost.
	Supplementary []byte
}

// StatusReport is the answer to one transfer or return: pacs.002.001.15.
type StatusReport struct {
	MessageID        string
	CreatedAt        time.Time
	InstructingAgent Agent
	InstructedAgent  Agent

	OriginalMessageID string
	// OriginalMessageName is the full name, such as "pacs.008.001.13".
	OriginalMessageName string
	OriginalInstruction string
	OriginalEndToEndID  string
	OriginalTransaction string
	OriginalUETR        UETR

	Status Status
	// Reason is an ExternalStatusReason1Code; required with RJCT.
	Reason string
	// ReasonText adds to the reason, at most 105 characters.
	ReasonText string
	// AcceptedAt is when the debtor side said yes (AccptncDtTm); zero if it has
	// not.
	AcceptedAt time.Time
	// ClearingReference is the switch's own reference (ClrSysRef).
	ClearingReference string
}

// PaymentReturn gives money of a completed transfer back, wholly or in part:
// pacs.004.001.14 with one transaction.
type PaymentReturn struct {
	MessageID        string
	CreatedAt        time.Time
	InstructingAgent Agent
	InstructedAgent  Agent

	// ReturnID identifies the return, at most 35 characters (RtrId).
	ReturnID            string
	OriginalMessageID   string
	OriginalMessageName string
	OriginalEndToEndID  string
	OriginalTransaction string
	OriginalUETR        UETR
	// OriginalAmount is the settlement amount of the returned leg.
	OriginalAmount money.Amount
	// ReturnedAmount is what moves back on this leg (RtrdIntrBkSttlmAmt).
	ReturnedAmount money.Amount
	// InstructedAmount is the refund in the merchant's currency
	// (RtrdInstdAmt); Rate is set where the currencies differ.
	InstructedAmount money.Amount
	Rate             *money.Rate
	// SettlementDate is the value date; zero means the day of CreatedAt.
	SettlementDate time.Time
	// Reason is an ExternalReturnReason1Code: CUST for a refund, FOCR after a
	// cancellation request.
	Reason string
}

// StatusRequest asks what became of a transfer: pacs.028.001.06.
type StatusRequest struct {
	MessageID        string
	CreatedAt        time.Time
	InstructingAgent Agent
	InstructedAgent  Agent

	OriginalMessageID   string
	OriginalMessageName string
	OriginalInstruction string
	OriginalEndToEndID  string
	OriginalTransaction string
	OriginalUETR        UETR
}

// CancellationRequest asks to undo a transfer: camt.056.001.11.
type CancellationRequest struct {
	AssignmentID string
	CreatedAt    time.Time
	Assigner     Agent
	Assignee     Agent
	CaseID       string

	OriginalMessageID   string
	OriginalMessageName string
	OriginalEndToEndID  string
	OriginalTransaction string
	OriginalUETR        UETR
	OriginalAmount      money.Amount
	OriginalDate        time.Time
	// Reason is an ExternalCancellationReason1Code, such as CUST or TECH.
	Reason string
}

// CancellationAnswer resolves a cancellation request: camt.029.001.13.
type CancellationAnswer struct {
	AssignmentID string
	CreatedAt    time.Time
	Assigner     Agent
	Assignee     Agent
	CaseID       string

	// Confirmation is [CancellationDone], [CancellationPending] or
	// [CancellationRefused].
	Confirmation        string
	OriginalMessageID   string
	OriginalMessageName string
	OriginalEndToEndID  string
	OriginalTransaction string
	OriginalUETR        UETR
	// Reason explains RJCR, such as ARDT or NOOR.
	Reason string
}

// InstitutionTransfer moves a settlement obligation between two agents:
// pacs.009.001.12 (core) with one transaction.
type InstitutionTransfer struct {
	MessageID        string
	CreatedAt        time.Time
	InstructingAgent Agent
	InstructedAgent  Agent

	InstructionID string
	EndToEndID    string
	TransactionID string
	UETR          UETR
	Amount        money.Amount
	// SettlementDate is the value date; zero means the day of CreatedAt.
	SettlementDate time.Time
	Debtor         Agent
	Creditor       Agent
	Remittance     string
}

// BookedEntry is one entry of a notification or statement (Ntry).
type BookedEntry struct {
	Reference string
	Amount    money.Amount
	// Credit tells the direction as the account owner sees it: CRDT or DBIT.
	Credit   bool
	BookedAt time.Time
	// ValueAt is the value date; its calendar day is written.
	ValueAt time.Time
	// EndToEndID and UETR tie the entry to its payment; a zero UETR is left out.
	EndToEndID string
	UETR       UETR
	Text       string
}

// Notification tells an account owner what was booked: camt.054.001.13.
type Notification struct {
	MessageID      string
	CreatedAt      time.Time
	NotificationID string
	// AccountID is the account at the switch, such as "HK-WALLET.HKD".
	AccountID string
	Currency  money.Currency
	Owner     Agent
	From, To  time.Time
	// Entries are in Currency. About 400 of them fit the 256 KiB of a message.
	Entries []BookedEntry
}

// Balance is what an account held at a moment.
type Balance struct {
	// Amount is positive if the owner is owed, negative if the owner owes.
	Amount money.Amount
	At     time.Time
	// Interim marks the balance between two pages of one statement.
	Interim bool
}

// AccountStatement is one page of what was booked on an account in a period,
// between the balance before and the balance after: camt.053.001.13 with exactly
// one statement.
type AccountStatement struct {
	MessageID string
	// CreatedAt is that of the message and of the statement.
	CreatedAt time.Time
	// StatementID is the same on all pages of a statement, at most 35 characters.
	StatementID string
	// Page counts the pages from 1; LastPage marks the last one.
	Page     int64
	LastPage bool
	// Sequence counts the statements of the account from 1 (ElctrncSeqNb).
	Sequence int64
	From, To time.Time
	// AccountID is the account at the switch, such as "HK-WALLET.HKD".
	AccountID string
	Currency  money.Currency
	Owner     Agent
	// Opening (OPBD) and Closing (CLBD) are the balances before and after the
	// entries of this page. A page whose entries do not lead from one to the other
	// is neither written nor accepted.
	Opening, Closing Balance
	// Entries are in Currency. About 400 of them fit the 256 KiB of a message.
	Entries []BookedEntry
}
