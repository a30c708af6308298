package rules

import (
	"bytes"

	"github.com/causeway-pay/causeway/iso20022/wire"
)

// returnKind is a family of messages that move money back: the names of the
// indicator that the whole group of the original moves, and of the reason.
type returnKind struct {
	transferKind
	whole, reason string
}

func (k returnKind) check(w *walk, body wire.Node) {
	header := k.header(body.Child("GrpHdr"))
	sum, transactions := k.transactions(w, body, &header)
	whole := header.node.Child(k.whole)
	if whole.True() {
		k.group(w, body, &header)
		return
	}
	if transactions == 0 {
		// Without transactions the header speaks of those of the original.
		if whole.Exists() {
			w.missing(groupReturnNoTransactions, body, k.transaction)
		}
		return
	}
	if stated, ok := count(header.number.Bytes()); ok && stated != transactions {
		w.report(groupReturnCount, header.number)
	}
	k.sums(w, &header, &sum)
	k.original(w, body, &header)
}

// group checks what moves all transactions of a message back.
func (k returnKind) group(w *walk, body wire.Node, h *transferHeader) {
	if h.control.Exists() {
		w.report(groupReturnControlSum, h.control)
	}
	for transaction := range body.All(k.transaction) {
		w.report(groupReturnTransactions, transaction)
	}
	if !body.At("OrgnlGrpInf", k.reason, "Rsn").Exists() {
		w.missing(groupReturnReason, body, "OrgnlGrpInf/"+k.reason+"/Rsn")
	}
	k.original(w, body, h)
}

// original checks what is said of the message whose money moves back.
func (k returnKind) original(w *walk, body wire.Node, h *transferHeader) {
	original := body.Child("OrgnlGrpInf")
	method := h.node.At("SttlmInf", "SttlmMtd")
	if string(method.Bytes()) == "COVE" && bytes.HasPrefix(original.Child("OrgnlMsgNmId").Bytes(), []byte("pacs.003")) {
		w.report(returnNoCover, method)
	}
	for transaction := range body.All(k.transaction) {
		w.twice(headerOriginalGroup, original, transaction.Child("OrgnlGrpInf"))
	}
}

// agentsDirectDebit checks direct debits between agents. Each credit instruction
// is the header of its debits; the group header counts and adds up all of them.
func agentsDirectDebit(w *walk, body wire.Node) {
	var all total
	transactions := uint64(0)
	for instruction := range body.All("CdtInstr") {
		header := debits.header(instruction)
		sum, n := debits.transactions(w, instruction, &header)
		debits.sums(w, &header, &sum)
		for transaction := range instruction.All(debits.transaction) {
			all.add(transaction.Child(debits.amount).Bytes())
		}
		transactions += n
	}
	w.control(body.Child("GrpHdr"), transactions, &all)
}
