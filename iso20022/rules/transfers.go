package rules

import (
	"bytes"

	"github.com/causeway-pay/causeway/iso20022/wire"
)

// wholes are the rules about whole messages, by family.
var wholes = map[string]func(*walk, wire.Node){
	"pacs.002": statusReport,
	"pacs.003": debits.check,
	"pacs.004": returnKind{returned, "GrpRtr", "RtrRsnInf"}.check,
	"pacs.007": returnKind{reversed, "GrpRvsl", "RvslRsnInf"}.check,
	"pacs.008": credits.check,
	"pacs.009": credits.check,
	"pacs.010": agentsDirectDebit,
	"pacs.028": statusRequest,
	"pacs.029": settlementRequest,
	"pain.001": initiationKind{"CdtTrfTxInf"}.check,
	"pain.002": initiationStatus,
	"pain.013": initiationKind{"CdtTrfTx"}.check,
	"pain.014": activationStatus,
	"camt.029": resolution,
	"camt.052": reportKind{"Rpt", "RptPgntn"}.check,
	"camt.053": reportKind{"Stmt", "StmtPgntn"}.check,
	"camt.054": reportKind{"Ntfctn", "NtfctnPgntn"}.check,
	"camt.056": cancellation,
}

// transferKind is a family of messages that move money between agents: the
// names of its transactions, of their settlement amount, and of the total.
type transferKind struct{ transaction, amount, total string }

var (
	credits  = transferKind{"CdtTrfTxInf", "IntrBkSttlmAmt", "TtlIntrBkSttlmAmt"}
	debits   = transferKind{"DrctDbtTxInf", "IntrBkSttlmAmt", "TtlIntrBkSttlmAmt"}
	returned = transferKind{"TxInf", "RtrdIntrBkSttlmAmt", "TtlRtrdIntrBkSttlmAmt"}
	reversed = transferKind{"TxInf", "RvsdIntrBkSttlmAmt", "TtlRvsdIntrBkSttlmAmt"}
)

// transferHeader is what a group header says for all its transactions.
type transferHeader struct {
	node, number, control, total, date, instructing, instructed, paymentType wire.Node
	// mixed says that amounts are in another currency than the total.
	mixed bool
}

func (k transferKind) check(w *walk, body wire.Node) {
	header := k.header(body.Child("GrpHdr"))
	sum, transactions := k.transactions(w, body, &header)
	if stated, ok := count(header.number.Bytes()); ok && stated != transactions {
		w.report(numberOfTransactions, header.number)
	}
	k.sums(w, &header, &sum)
}

func (k transferKind) header(n wire.Node) transferHeader {
	h := transferHeader{node: n}
	for child := range h.node.Children() {
		switch child.Name() {
		case "NbOfTxs":
			h.number = child
		case "CtrlSum":
			h.control = child
		case k.total:
			h.total = child
		case "IntrBkSttlmDt":
			h.date = child
		case "InstgAgt":
			h.instructing = child
		case "InstdAgt":
			h.instructed = child
		case "PmtTpInf":
			h.paymentType = child
		}
	}
	return h
}

// transactions checks each transaction against the header, and adds them up.
func (k transferKind) transactions(w *walk, body wire.Node, h *transferHeader) (sum total, transactions uint64) {
	for transaction := range body.All(k.transaction) {
		transactions++
		k.against(w, transaction, h, &sum)
	}
	return sum, transactions
}

func (k transferKind) against(w *walk, transaction wire.Node, h *transferHeader, sum *total) {
	dated := false
	for child := range transaction.Children() {
		switch child.Name() {
		case k.amount:
			sum.add(child.Bytes())
			if h.total.Exists() && !bytes.Equal(child.CurrencyBytes(), h.total.CurrencyBytes()) {
				w.report(totalCurrency, child)
				h.mixed = true
			}
		case "IntrBkSttlmDt":
			dated = true
			w.twice(headerDate, h.date, child)
		case "InstgAgt":
			w.twice(headerInstructingAgent, h.instructing, child)
		case "InstdAgt":
			w.twice(headerInstructedAgent, h.instructed, child)
		case "PmtTpInf":
			w.twice(headerPaymentType, h.paymentType, child)
		}
	}
	if !dated && !h.date.Exists() {
		w.missing(transactionDate, transaction, "IntrBkSttlmDt")
	}
}

// twice reports an element that another level has already.
func (w *walk) twice(id ruleID, above, below wire.Node) {
	if above.Exists() && below.Exists() {
		w.report(id, below)
	}
}

// sums holds the totals of a header to its transactions.
func (k transferKind) sums(w *walk, h *transferHeader, sum *total) {
	if h.total.Exists() {
		if !h.date.Exists() {
			w.missing(totalDate, h.node, "IntrBkSttlmDt")
		}
		if !h.mixed && sum.differs(h.total.Bytes()) {
			w.report(totalSum, h.total)
		}
	}
	// The control sum is irrespective of currencies.
	if h.control.Exists() && sum.differs(h.control.Bytes()) {
		w.report(controlSum, h.control)
	}
}

// settlementRequest checks a multilateral settlement: what some participants owe
// is what others are owed.
func settlementRequest(w *walk, body wire.Node) {
	header := body.Child("GrpHdr")
	var sum total
	requests := uint64(0)
	for request := range body.All("SttlmReq") {
		requests++
		w.movements(request, &sum)
	}
	if number := header.Child("NbOfSttlmReqs"); number.Exists() {
		if stated, ok := count(number.Bytes()); ok && stated != requests {
			w.report(settlementRequests, number)
		}
	}
	if control := header.Child("CtrlSum"); control.Exists() && sum.differs(control.Bytes()) {
		w.report(controlSum, control)
	}
}

func (w *walk) movements(request wire.Node, sum *total) {
	var movements ledger
	records, directed := uint64(0), true
	for record := range request.All("MvmntRcrd") {
		records++
		amount, direction := record.At("Amt", "Amt"), record.At("Amt", "CdtDbt")
		sum.add(amount.Bytes())
		directed = directed && direction.Exists()
		movements.add(amount, string(direction.Bytes()) == "CRDT")
	}
	if number := request.Child("NbOfMvmntRcrds"); number.Exists() {
		if stated, ok := count(number.Bytes()); ok && stated != records {
			w.report(movementRecords, number)
		}
	}
	if directed && !movements.balanced() {
		w.report(movementsBalance, request)
	}
}
