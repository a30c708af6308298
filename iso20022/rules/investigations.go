package rules

import "github.com/causeway-pay/causeway/iso20022/wire"

// cancellation checks a request to cancel: a group as a whole or transactions.
func cancellation(w *walk, body wire.Node) {
	var sum total
	transactions, whole := uint64(0), false
	top := body.Child("Case")
	for underlying := range body.All("Undrlyg") {
		group := underlying.Child("OrgnlGrpInfAndCxl")
		whole = whole || group.Child("GrpCxl").True()
		w.twice(caseLevel, top, group.Child("Case"))
		above := top
		if !above.Exists() {
			above = group.Child("Case")
		}
		own := uint64(0)
		for transaction := range underlying.All("TxInf") {
			own++
			w.twice(caseLevel, above, transaction.Child("Case"))
			sum.add(transaction.Child("OrgnlIntrBkSttlmAmt").Bytes())
		}
		transactions += own
		w.groupCancellation(underlying, group, own)
	}
	if control := body.Child("CtrlData"); control.Exists() && !whole {
		w.control(control, transactions, &sum)
	}
}

// control holds a number and a sum of transactions to what was counted.
func (w *walk) control(stated wire.Node, transactions uint64, sum *total) {
	number := stated.Child("NbOfTxs")
	if n, ok := count(number.Bytes()); ok && n != transactions {
		w.report(numberOfTransactions, number)
	}
	if control := stated.Child("CtrlSum"); control.Exists() && sum.differs(control.Bytes()) {
		w.report(controlSum, control)
	}
}

func (w *walk) groupCancellation(underlying, group wire.Node, transactions uint64) {
	whole := group.Child("GrpCxl")
	switch {
	case !whole.Exists():
	case whole.True():
		if !group.Child("CxlRsnInf").Child("Rsn").Exists() {
			w.missing(groupCancellationReason, group, "CxlRsnInf/Rsn")
		}
		for transaction := range underlying.All("TxInf") {
			w.report(groupCancellationTrue, transaction)
		}
	case transactions == 0:
		w.missing(groupCancellationFalse, underlying, "TxInf")
	default:
		number := group.Child("NbOfTxs")
		if stated, ok := count(number.Bytes()); ok && stated != transactions {
			w.report(groupCancellationCount, number)
		}
	}
}

// resolution checks the answer to an investigation.
func resolution(w *walk, body wire.Node) {
	top := body.Child("RslvdCase")
	confirmation := body.Child("Sts").Child("Conf")
	if status := string(confirmation.Bytes()); (status == "PECR" || status == "RJCR") && !body.Child("CxlDtls").Exists() {
		w.missing(partialOrRejected, body, "CxlDtls")
	}
	for details := range body.All("CxlDtls") {
		group := details.Child("OrgnlGrpInfAndSts")
		above := w.resolved(top, group)
		w.cancellationStatus(group, "GrpCxlSts")
		for payment := range details.All("OrgnlPmtInfAndSts") {
			within := w.resolved(above, payment)
			w.cancellationStatus(payment, "PmtInfCxlSts")
			for transaction := range payment.All("TxInfAndSts") {
				w.resolved(within, transaction)
			}
		}
		for transaction := range details.All("TxInfAndSts") {
			w.resolved(above, transaction)
		}
	}
}

// resolved holds the resolved case of an element to that of what it is in, and
// returns the outer one of the two.
func (w *walk) resolved(above, n wire.Node) wire.Node {
	own := n.Child("RslvdCase")
	w.twice(resolvedCaseLevel, above, own)
	if above.Exists() {
		return above
	}
	return own
}

func (w *walk) cancellationStatus(n wire.Node, name string) {
	status := string(n.Child(name).Bytes())
	if status == "" || status == "RJCR" || status == "PNCR" {
		return
	}
	for reason := range n.All("CxlStsRsnInf") {
		if text := reason.Child("AddtlInf"); text.Exists() {
			w.report(cancellationReasonText, text)
		}
	}
}
