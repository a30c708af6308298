package rules

import "github.com/causeway-pay/causeway/iso20022/wire"

// The rules, in the order of the catalogue.
const (
	settlementMethodAgent ruleID = iota
	settlementMethodClearing
	settlementMethodClearingSystem
	settlementMethodCoverAgent
	settlementMethodCover
	thirdReimbursementAgent
	instructingReimbursementAccount
	instructedReimbursementAccount
	thirdReimbursementAccount
	intermediary1Account
	intermediary2Account
	intermediary3Account
	previousInstructing1Account
	previousInstructing2Account
	previousInstructing3Account
	creditorAgentAccount
	debtorAgentAccount
	intermediary1
	intermediary2
	intermediary3
	previousInstructing2
	previousInstructing3
	transactionIdentification
	exchangeRateMissing
	exchangeRateSameCurrency
	exchangeRateAlone
	chargeBearerCharges
	chargesInstructedAmount
	chargesCurrency
	chequeCreditorAccount
	amendmentFalse
	amendmentTrue
	narrativeText
	ultimateCreditor
	ultimateDebtor
	numberOfTransactions
	controlSum
	totalDate
	totalSum
	totalCurrency
	headerDate
	transactionDate
	headerInstructedAgent
	headerInstructingAgent
	headerPaymentType
	groupReturnControlSum
	groupReturnCount
	groupReturnReason
	groupReturnTransactions
	groupReturnNoTransactions
	returnNoCover
	headerOriginalGroup
	groupAccepted
	groupPending
	groupReceived
	groupRejected
	originalGroupAbsent
	originalGroupMultiple
	originalGroupSingle
	groupReasonText
	groupNumberPerStatus
	paymentAccepted
	paymentPending
	paymentReceived
	paymentRejected
	groupCancellationCount
	groupCancellationReason
	groupCancellationFalse
	groupCancellationTrue
	caseLevel
	resolvedCaseLevel
	cancellationReasonText
	partialOrRejected
	correctiveInitiation
	correctiveInterbank
	correctiveDate
	chargeBearerLevel
	chargesAccount
	chargesAccountAgent
	ultimateDebtorLevel
	debtorAgentInstructionLevel
	chequeInstruction
	chequeAccount
	chequeMaturity
	chequeDeliveryAgent
	chequeNoAgent
	creditorAccountMissing
	bankTransactionCode
	forwardBalance
	financialInstrument
	messagePagination
	entriesCount
	entriesSum
	entriesNet
	balancesAndEntries
	settlementRequests
	movementRecords
	movementsBalance
	bicCountry
	ibanCountry
	ibanLength
	ibanChecksum
	leiChecksum
	isinChecksum
	creditorChecksum
	country
	language
	currencyActive
	currencyKnown
	amountForm
	amountDigits
	rules
)

const (
	settling = "pacs.002=C19 pacs.003=C25 pacs.004=C45 pacs.007=C27 pacs.008=C35 " +
		"pacs.009=C40 pacs.028=C14 pain.002=C22 camt.029=C29 camt.056=C18"
	clearing = "pacs.002=C20 pacs.003=C26 pacs.004=C46 pacs.007=C28 pacs.008=C36 " +
		"pacs.009=C41 pacs.028=C15 pain.002=C23 camt.029=C30 camt.056=C19"
	covering = "pacs.002=C21 pacs.004=C47 pacs.007=C29 pacs.008=C37 " +
		"pacs.009=C42 pacs.028=C16 pain.002=C24 camt.029=C31 camt.056=C20"
	covered = "pacs.002=C22 pacs.004=C48 pacs.007=C30 pacs.008=C38 " +
		"pacs.009=C43 pacs.028=C17 pain.002=C25 camt.029=C32 camt.056=C21"
	third = "pacs.002=C28 pacs.004=C52 pacs.007=C34 pacs.008=C42 " +
		"pacs.009=C47 pacs.028=C21 pain.002=C31 camt.029=C35 camt.056=C25"
	thirdAcc = "pacs.002=C27 pacs.004=C51 pacs.007=C33 pacs.008=C41 " +
		"pacs.009=C46 pacs.028=C20 pain.002=C30 camt.029=C34 camt.056=C24"
	instgAcc = "pacs.002=C14 pacs.004=C22 pacs.007=C22 pacs.008=C20 " +
		"pacs.009=C15 pacs.028=C10 pain.002=C16 camt.029=C19 camt.056=C15"
	instdAcc = "pacs.002=C13 pacs.004=C20 pacs.007=C20 pacs.008=C18 " +
		"pacs.009=C13 pacs.028=C9 pain.002=C15 camt.029=C18 camt.056=C14"
	reports  = "camt.052=C19 camt.053=C19 camt.054=C18"
	accounts = "camt.052 camt.053 camt.054"
)

// catalogue holds the rules of this package; a family without a number is one
// whose report states the rule in words only.
var catalogue = [rules]Rule{
	settlementMethodAgent: {wire.Business, "settlement-method-agent", codeNotAdmitted,
		"settlement method INDA or INGA allows neither reimbursement agents nor a clearing system", false, settling},
	settlementMethodClearing: {wire.Business, "settlement-method-clearing", codeNotAdmitted,
		"settlement method CLRG allows neither a settlement account nor reimbursement agents", false, clearing},
	settlementMethodClearingSystem: {wire.Business, "settlement-method-clearing-system", codeMissing,
		"settlement method CLRG needs a clearing system", false, "pacs.003=C26"},
	settlementMethodCoverAgent: {wire.Business, "settlement-method-cover-agent", codeMissing,
		"settlement method COVE needs an instructing or instructed reimbursement agent", false, covering},
	settlementMethodCover: {wire.Business, "settlement-method-cover", codeNotAdmitted,
		"settlement method COVE allows neither a settlement account nor a clearing system", false, covered},
	thirdReimbursementAgent: {wire.Business, "third-reimbursement-agent", codeMissing,
		"a third reimbursement agent needs both of the other two", false, third},
	instructingReimbursementAccount: {wire.Business, "instructing-reimbursement-agent-account", codeMissing,
		"an account of the instructing reimbursement agent needs that agent", false, instgAcc},
	instructedReimbursementAccount: {wire.Business, "instructed-reimbursement-agent-account", codeMissing,
		"an account of the instructed reimbursement agent needs that agent", false, instdAcc},
	thirdReimbursementAccount: {wire.Business, "third-reimbursement-agent-account", codeMissing,
		"an account of the third reimbursement agent needs that agent", false, thirdAcc},
	intermediary1Account: {wire.Business, "intermediary-agent-1-account", codeMissing,
		"an account of intermediary agent 1 needs that agent", false,
		"pacs.003=C19 pacs.004=C23 pacs.008=C22 pacs.009=C16 pacs.010=C9 pain.001=C22"},
	intermediary2Account: {wire.Business, "intermediary-agent-2-account", codeMissing,
		"an account of intermediary agent 2 needs that agent", false,
		"pacs.003=C20 pacs.004=C25 pacs.008=C23 pacs.009=C19 pacs.010=C11 pain.001=C23"},
	intermediary3Account: {wire.Business, "intermediary-agent-3-account", codeMissing,
		"an account of intermediary agent 3 needs that agent", false,
		"pacs.003=C22 pacs.004=C28 pacs.008=C25 pacs.009=C23 pacs.010=C13 pain.001=C25"},
	previousInstructing1Account: {wire.Business, "previous-instructing-agent-1-account", codeMissing,
		"an account of previous instructing agent 1 needs that agent", false, "pacs.004=C33 pacs.008=C29 pacs.009=C28"},
	previousInstructing2Account: {wire.Business, "previous-instructing-agent-2-account", codeMissing,
		"an account of previous instructing agent 2 needs that agent", false, "pacs.004=C36 pacs.008=C31 pacs.009=C32"},
	previousInstructing3Account: {wire.Business, "previous-instructing-agent-3-account", codeMissing,
		"an account of previous instructing agent 3 needs that agent", false, "pacs.004=C39 pacs.008=C33 pacs.009=C36"},
	creditorAgentAccount: {wire.Business, "creditor-agent-account", codeMissing,
		"an account of the creditor agent needs that agent", false, "pacs.009=C6 pacs.010=C5"},
	debtorAgentAccount: {wire.Business, "debtor-agent-account", codeMissing,
		"an account of the debtor agent needs that agent", false, "pacs.009=C9"},
	intermediary1: {wire.Business, "intermediary-agent-1", codeMissing,
		"intermediary agent 1 needs a creditor agent", false, "pacs.009=C18 pacs.010=C10"},
	intermediary2: {wire.Business, "intermediary-agent-2", codeMissing,
		"intermediary agent 2 needs intermediary agent 1", false,
		"pacs.003=C21 pacs.004=C27 pacs.008=C24 pacs.009=C21 pacs.010=C12 pain.001=C24 pain.013=C19"},
	intermediary3: {wire.Business, "intermediary-agent-3", codeMissing,
		"intermediary agent 3 needs intermediary agent 2", false,
		"pacs.003=C23 pacs.004=C30 pacs.008=C26 pacs.009=C25 pacs.010=C14 pain.001=C26 pain.013=C20"},
	previousInstructing2: {wire.Business, "previous-instructing-agent-2", codeMissing,
		"previous instructing agent 2 needs previous instructing agent 1", false,
		"pacs.004=C38 pacs.008=C32 pacs.009=C34"},
	previousInstructing3: {wire.Business, "previous-instructing-agent-3", codeMissing,
		"previous instructing agent 3 needs previous instructing agent 2", false,
		"pacs.004=C41 pacs.008=C34 pacs.009=C38"},
	transactionIdentification: {wire.Business, "transaction-identification-presence", codeMissing,
		"a transaction needs a transaction identification or a UETR", false,
		"pacs.003=C32 pacs.008=C46 pacs.009=C51 pacs.010=C20"},
	exchangeRateMissing: {wire.Business, "instructed-amount-and-exchange-rate-1", codeMissing,
		"an instructed amount of another currency than the settlement amount needs an exchange rate", false,
		"pacs.003=C15 pacs.004=C42 pacs.007=C25 pacs.008=C15"},
	exchangeRateSameCurrency: {wire.Business, "instructed-amount-and-exchange-rate-2", codeNotAdmitted,
		"no exchange rate where instructed and settlement amount have the same currency", false,
		"pacs.003=C16 pacs.004=C43 pacs.007=C26 pacs.008=C16"},
	exchangeRateAlone: {wire.Business, "instructed-amount-and-exchange-rate-3", codeNotAdmitted,
		"no exchange rate without an instructed amount", false, "pacs.003=C17 pacs.008=C17"},
	chargeBearerCharges: {wire.Business, "charge-bearer-and-charges-information", codeMissing,
		"charge bearer CRED needs the charges that were deducted", false, "pacs.008=C5"},
	chargesInstructedAmount: {wire.Business, "charges-information-and-instructed-amount", codeMissing,
		"charges need the instructed amount that they were taken from", false,
		"pacs.003=C8 pacs.004=C7 pacs.007=C7 pacs.008=C7"},
	chargesCurrency: {wire.Business, "charges-amount", "AM03",
		"charges should be in the currency of the settlement amount", true, "pacs.003=C7 pacs.008=C6"},
	chequeCreditorAccount: {wire.Business, "instruction-for-creditor-agent", codeNotAdmitted,
		"no creditor account where the creditor agent is to pay by cheque (CHQB)", false,
		"pacs.008=C21 pain.001=C20 pain.013=C18"},
	amendmentFalse: {wire.Business, "amendment-indicator-false", codeNotAdmitted,
		"no amendment details where the amendment indicator is false", false,
		"pacs.002=C2 pacs.003=C3 pacs.004=C3 pacs.007=C3 pacs.028=C2 pain.002=C3 camt.029=C3 camt.056=C2"},
	amendmentTrue: {wire.Business, "amendment-indicator-true", codeMissing,
		"an amendment indicator that is true needs the amendment details", false,
		"pacs.002=C3 pacs.003=C4 pacs.004=C4 pacs.007=C4 pacs.028=C3 pain.002=C4 camt.029=C4 camt.056=C3"},
	narrativeText: {wire.Business, "reason-narrative", codeMissing,
		"reason NARR needs additional information", false,
		"pacs.002=C24 pacs.004=C44 pain.002=C27 pain.014=C19 " + reports},
	ultimateCreditor: {wire.Business, "ultimate-creditor", codeContent,
		"an ultimate creditor should differ from the creditor", true,
		"pacs.003=C34 pacs.004=C57 pacs.008=C48 pacs.009=C53 pacs.010=C21 pain.001=C31 pain.013=C24"},
	ultimateDebtor: {wire.Business, "ultimate-debtor", codeContent,
		"an ultimate debtor should differ from the debtor", true,
		"pacs.003=C35 pacs.004=C58 pacs.008=C49 pacs.009=C55 pacs.010=C22 pain.001=C32 pain.013=C25"},
	numberOfTransactions: {wire.Business, "number-of-transactions", "AM18",
		"the number of transactions is not that of the transactions in the message", false,
		"pacs.003 pacs.008=C27 pacs.009 pacs.010 pain.001 pain.013 camt.056"},
	controlSum: {wire.Business, "control-sum", "AM10",
		"the control sum is not the sum of the amounts in the message", false,
		"pacs.003 pacs.004 pacs.007 pacs.008 pacs.009 pacs.010 pacs.029 pain.001 pain.013 camt.056"},
	totalDate: {wire.Business, "total-settlement-amount-and-date", codeMissing,
		"a total settlement amount needs the settlement date beside it", false,
		"pacs.003=C29 pacs.004=C53 pacs.007=C35 pacs.008=C43 pacs.009=C48"},
	totalSum: {wire.Business, "total-settlement-amount-and-sum", "AM10",
		"the total settlement amount is not the sum of the settlement amounts", false,
		"pacs.003=C30 pacs.004=C54 pacs.007=C36 pacs.008=C44 pacs.009=C49 pacs.010=C18"},
	totalCurrency: {wire.Business, "total-settlement-amount", "AM03",
		"a settlement amount is in another currency than the total", false,
		"pacs.003=C31 pacs.004=C55 pacs.007=C37 pacs.008=C45 pacs.009=C50 pacs.010=C19"},
	headerDate: {wire.Business, "group-header-settlement-date", codeNotAdmitted,
		"a settlement date in the group header and in a transaction", false,
		"pacs.003=C12 pacs.004=C12 pacs.007=C12 pacs.008=C12 pacs.009=C10 pacs.010=C8"},
	transactionDate: {wire.Business, "transaction-settlement-date", codeMissing,
		"a settlement date is missing in the group header or in each transaction", false,
		"pacs.003=C33 pacs.004=C56 pacs.007=C38 pacs.008=C47 pacs.009=C52"},
	headerInstructedAgent: {wire.Business, "instructed-agent", codeNotAdmitted,
		"an instructed agent in the group header and in a transaction", false,
		"pacs.003=C14 pacs.004=C19 pacs.007=C19 pacs.008=C14 pacs.009=C12"},
	headerInstructingAgent: {wire.Business, "instructing-agent", codeNotAdmitted,
		"an instructing agent in the group header and in a transaction", false,
		"pacs.003=C18 pacs.004=C21 pacs.007=C21 pacs.008=C19 pacs.009=C14"},
	headerPaymentType: {wire.Business, "payment-type-information", codeNotAdmitted,
		"payment type information at two levels", false,
		"pacs.003=C24 pacs.008=C28 pacs.009=C27 pacs.010=C15 pain.001=C28 pain.013=C21"},
	groupReturnControlSum: {wire.Business, "control-sum-and-group-return", codeNotAdmitted,
		"no control sum where a whole group is returned or reversed", false, "pacs.004=C8 pacs.007=C8"},
	groupReturnCount: {wire.Business, "group-return-and-number-of-transactions", "AM18",
		"the number of transactions is not that of the transactions that are returned or reversed", false,
		"pacs.004=C14 pacs.007=C14"},
	groupReturnReason: {wire.Business, "group-return-and-return-reason", codeMissing,
		"the return or reversal of a whole group needs its reason", false, "pacs.004=C15 pacs.007=C15"},
	groupReturnTransactions: {wire.Business, "group-return-and-transaction-information-not-present", codeNotAdmitted,
		"no single transactions where a whole group is returned or reversed", false, "pacs.004=C16 pacs.007=C16"},
	groupReturnNoTransactions: {wire.Business, "group-return-and-transaction-information-present", codeMissing,
		"what is not the return or reversal of a whole group needs the transactions", false,
		"pacs.004=C17 pacs.007=C17"},
	returnNoCover: {wire.Business, "no-cover-settlement-method", codeContent,
		"direct debits are neither returned nor reversed by settlement method COVE", false,
		"pacs.004=C31 pacs.007=C23"},
	headerOriginalGroup: {wire.Business, "original-group-information", codeNotAdmitted,
		"the original message is named for all transactions and for one", false, "pacs.004=C32 pacs.007=C24"},
	groupAccepted: {wire.Business, "group-status-accepted", codeContent,
		"a rejected transaction or payment in an accepted group", false, "pacs.002=C8 pain.002=C10 pain.014=C8"},
	groupPending: {wire.Business, "group-status-pending", codeContent,
		"a rejected transaction or payment in a pending group", false, "pacs.002=C9 pain.002=C11 pain.014=C9"},
	groupReceived: {wire.Business, "group-status-received", codeNotAdmitted,
		"no status of a transaction or payment where the group is only received", false,
		"pacs.002=C10 pain.002=C12 pain.014=C11"},
	groupRejected: {wire.Business, "group-status-rejected", codeContent,
		"a transaction or payment in a rejected group that is not rejected", false,
		"pacs.002=C11 pain.002=C13 pain.014=C10"},
	originalGroupAbsent: {wire.Business, "original-group-information-absence", codeMissing,
		"each transaction must name its original message where the report does not", false,
		"pacs.002=C16 pacs.028=C11"},
	originalGroupMultiple: {wire.Business, "original-group-information-multiple-presence", codeMissing,
		"each transaction must name its original message where the report names several", false,
		"pacs.002=C17 pacs.028=C12"},
	originalGroupSingle: {wire.Business, "original-group-information-single-presence", codeNotAdmitted,
		"a transaction names its original message although the report names the only one", false,
		"pacs.002=C18 pacs.028=C13"},
	groupReasonText: {wire.Business, "status-reason-information", codeNotAdmitted,
		"additional information on the status of a group that is neither rejected nor pending", false,
		"pacs.002=C23 pain.002=C26 pain.014=C18"},
	groupNumberPerStatus: {wire.Business, "number-of-transactions-per-status", codeNotAdmitted,
		"numbers of transactions per status should only stand beside group status PART", true,
		"pacs.002=C15 pain.002=C17 pain.014=C13"},
	paymentAccepted: {wire.Business, "payment-information-status-accepted", codeContent,
		"a rejected transaction in an accepted payment", false, "pain.002=C18 pain.014=C14"},
	paymentPending: {wire.Business, "payment-information-status-pending", codeContent,
		"a rejected transaction in a pending payment", false, "pain.002=C19 pain.014=C15"},
	paymentReceived: {wire.Business, "payment-information-status-received", codeNotAdmitted,
		"no status of a transaction where the payment is only received", false, "pain.002=C20 pain.014=C16"},
	paymentRejected: {wire.Business, "payment-information-status-rejected", codeContent,
		"a transaction in a rejected payment that is not rejected", false, "pain.002=C21 pain.014=C17"},
	groupCancellationCount: {wire.Business, "group-cancellation-and-number-of-transactions", "AM18",
		"the number of transactions is not that of the transactions to cancel", false, "camt.056=C8"},
	groupCancellationReason: {wire.Business, "group-cancellation-and-reason", codeMissing,
		"the cancellation of a whole group needs its reason", false, "camt.056=C9"},
	groupCancellationFalse: {wire.Business, "group-cancellation-false-and-transaction-information", codeMissing,
		"what is not the cancellation of a whole group needs the transactions", false, "camt.056=C10"},
	groupCancellationTrue: {wire.Business, "group-cancellation-true-and-transaction-information", codeNotAdmitted,
		"no single transactions where the whole group is to be cancelled", false, "camt.056=C11"},
	caseLevel: {wire.Business, "case-level", codeNotAdmitted,
		"a case at two levels", false, "camt.056=C16"},
	resolvedCaseLevel: {wire.Business, "resolved-case-level", codeNotAdmitted,
		"a resolved case at two levels", false, "camt.029=C20"},
	cancellationReasonText: {wire.Business, "cancellation-status-reason-information", codeNotAdmitted,
		"additional information on a cancellation that is neither rejected nor pending", false, "camt.029=C7"},
	partialOrRejected: {wire.Business, "partial-or-rejected-cancellation", codeMissing,
		"a partial or rejected cancellation needs its details", false, "camt.029=C26"},
	correctiveInitiation: {wire.Business, "corrective-initiation-identification", codeMissing,
		"a corrective initiation needs an instruction or end-to-end identification", false, "camt.029=C16"},
	correctiveInterbank: {wire.Business, "corrective-interbank-identification", codeMissing,
		"a corrective transfer needs an instruction, end-to-end or transaction identification", false, "camt.029=C17"},
	correctiveDate: {wire.Business, "corrective-requested-date", codeMissing,
		"a corrective initiation needs a requested execution or collection date", false, "camt.029=C28"},
	chargeBearerLevel: {wire.Business, "charge-bearer", codeNotAdmitted,
		"a charge bearer at two levels", false, "pain.001=C4 pain.013=C5"},
	chargesAccount: {wire.Business, "charges-account", codeMissing,
		"an agent of the charges account needs that account", false, "pain.001=C6"},
	chargesAccountAgent: {wire.Business, "charges-account-agent", "AGNT",
		"an agent of the charges account is a branch of the debtor agent", false, "pain.001=C5"},
	ultimateDebtorLevel: {wire.Business, "ultimate-debtor-level", codeNotAdmitted,
		"an ultimate debtor at two levels", false, "pain.001=C34"},
	debtorAgentInstructionLevel: {wire.Business, "instruction-for-debtor-agent", codeNotAdmitted,
		"an instruction for the debtor agent at two levels", false, "pain.001=C21"},
	chequeInstruction: {wire.Business, "cheque-instruction", codeNotAdmitted,
		"a cheque instruction needs payment method CHK", false, "pain.001=C14 pain.013=C10"},
	chequeAccount: {wire.Business, "cheque-and-creditor-account", codeNotAdmitted,
		"payment method CHK allows no creditor account", false, "pain.001=C7 pain.013=C14"},
	chequeMaturity: {wire.Business, "cheque-maturity-date", codeContent,
		"a maturity date needs a draft (cheque type DRFT or ELDR)", false, "pain.001=C15 pain.013=C11"},
	chequeDeliveryAgent: {wire.Business, "cheque-delivery-and-creditor-agent", codeMissing,
		"a cheque delivered through the final agent needs a creditor agent", false, "pain.001=C8"},
	chequeNoAgent: {wire.Business, "cheque-delivery-and-no-creditor-agent", codeNotAdmitted,
		"a cheque not delivered through the final agent allows no creditor agent", false, "pain.001=C9"},
	creditorAccountMissing: {wire.Business, "non-cheque-payment-method", codeMissing,
		"a transaction without a creditor needs a creditor account", false, "pain.001=C27"},
	bankTransactionCode: {wire.Business, "domain-or-proprietary", codeMissing,
		"a bank transaction code needs its domain or a proprietary code", false,
		"camt.052=C10 camt.053=C10 camt.054=C10"},
	forwardBalance: {wire.Business, "forward-balance-and-availability", codeNotAdmitted,
		"a forward available balance (FWAV) has no availability", false, "camt.052=C12 camt.053=C12"},
	financialInstrument: {wire.Business, "instrument-identification-presence", codeMissing,
		"a financial instrument needs an ISIN, another identification or a description", false,
		"camt.052=C8 camt.053=C8 camt.054=C8"},
	messagePagination: {wire.Business, "message-or-report-pagination", codeNotAdmitted,
		"pages are numbered in the message and in a report", false, "camt.052=C16 camt.053=C16 camt.054=C15"},
	entriesCount: {wire.Business, "entries-count", "AM18",
		"a number of entries is not that of the entries in the report", false, accounts},
	entriesSum: {wire.Business, "entries-sum", "AM10",
		"a sum of entries is not that of the entries in the report", false, accounts},
	entriesNet: {wire.Business, "entries-net", "AM10",
		"the net of the entries is not credits less debits", false, accounts},
	balancesAndEntries: {wire.Business, "balances-and-entries", "AM10",
		"the opening balance and the booked entries do not make the closing balance", false, "camt.052 camt.053"},
	settlementRequests: {wire.Business, "number-of-settlement-requests", "AM18",
		"the number of settlement requests is not that of the requests in the message", false, "pacs.029"},
	movementRecords: {wire.Business, "number-of-movement-records", "AM18",
		"the number of movement records is not that of the records in the request", false, "pacs.029"},
	movementsBalance: {wire.Business, "movements-balance", "AM10",
		"debits and credits of a settlement request are not equal in each currency", false, "pacs.029"},

	bicCountry: {wire.Identifier, "bic-country", "RC01",
		"a BIC (ISO 9362) without a country of ISO 3166 in its fifth and sixth place", false, ""},
	ibanCountry: {wire.Identifier, "iban-country", "AC01",
		"an IBAN (ISO 13616) of a country that has registered none", false, ""},
	ibanLength: {wire.Identifier, "iban-length", "AC01",
		"an IBAN (ISO 13616) that does not have the length of its country", false, ""},
	ibanChecksum: {wire.Identifier, "iban-checksum", "AC01",
		"an IBAN (ISO 13616) whose check digits are wrong", false, ""},
	leiChecksum: {wire.Identifier, "lei-checksum", codeContent,
		"an LEI (ISO 17442) whose check digits are wrong", false, ""},
	isinChecksum: {wire.Identifier, "isin-checksum", codeContent,
		"an ISIN (ISO 6166) whose check digit is wrong", false, ""},
	creditorChecksum: {wire.Identifier, "creditor-identifier-checksum", codeContent,
		"a SEPA creditor identifier whose check digits are wrong", false, ""},
	country: {wire.Identifier, "country", "BE09",
		"no country of ISO 3166", false, ""},
	language: {wire.Identifier, "language", codeContent,
		"no language of ISO 639-1", false, ""},
	currencyActive: {wire.Identifier, "currency-active", "AM03",
		"no active currency of ISO 4217", false, ""},
	currencyKnown: {wire.Identifier, "currency-known", "AM03",
		"no active or past currency of ISO 4217", false, ""},
	amountForm: {wire.Identifier, "amount-form", "AM09",
		"an amount is written with digits on both sides of the point and without a sign", false, ""},
	amountDigits: {wire.Identifier, "amount-digits", "CH20",
		"more digits after the point than the currency has (ISO 4217)", false, ""},
}
