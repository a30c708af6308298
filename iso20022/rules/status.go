package rules

import "github.com/causeway-pay/causeway/iso20022/wire"

// statusRules are the rules on the status of a transaction or payment under that
// of its group or payment.
type statusRules struct{ accepted, pending, received, rejected ruleID }

var (
	groupRules   = statusRules{groupAccepted, groupPending, groupReceived, groupRejected}
	paymentRules = statusRules{paymentAccepted, paymentPending, paymentReceived, paymentRejected}
)

// hold holds a status to that of what its subject belongs to.
func (s statusRules) hold(w *walk, above []byte, status wire.Node) {
	if !status.Exists() {
		return
	}
	rejected := string(status.Bytes()) == "RJCT"
	switch string(above) {
	case "ACTC", "ACCP", "ACSP", "ACSC", "ACWC":
		if rejected {
			w.report(s.accepted, status)
		}
	case "PDNG":
		if rejected {
			w.report(s.pending, status)
		}
	case "RCVD":
		w.report(s.received, status)
	case "RJCT":
		if !rejected {
			w.report(s.rejected, status)
		}
	}
}

func statusReport(w *walk, body wire.Node) {
	groups, only := 0, wire.Node{}
	for group := range body.All("OrgnlGrpInfAndSts") {
		groups++
		only = group
		w.groupStatus(group)
	}
	var several map[string][]byte
	if groups > 1 {
		several = groupStatuses(body)
	}
	status := only.Child("GrpSts").Bytes()
	for transaction := range body.All("TxInfAndSts") {
		if several != nil {
			// A transaction that names no group of the report has none.
			status = several[string(transaction.Child("OrgnlGrpInf").Child("OrgnlMsgId").Bytes())]
		}
		groupRules.hold(w, status, transaction.Child("TxSts"))
		w.original(groups, transaction)
	}
}

// groupStatuses returns the status of each of several groups by its message.
func groupStatuses(body wire.Node) map[string][]byte {
	statuses := map[string][]byte{}
	for group := range body.All("OrgnlGrpInfAndSts") {
		statuses[string(group.Child("OrgnlMsgId").Bytes())] = group.Child("GrpSts").Bytes()
	}
	return statuses
}

// original holds the original message that a transaction names to those that
// the report names.
func (w *walk) original(groups int, transaction wire.Node) {
	original := transaction.Child("OrgnlGrpInf")
	switch {
	case groups == 0 && !original.Exists():
		w.missing(originalGroupAbsent, transaction, "OrgnlGrpInf")
	case groups == 1 && original.Exists():
		w.report(originalGroupSingle, original)
	case groups > 1 && !original.Exists():
		w.missing(originalGroupMultiple, transaction, "OrgnlGrpInf")
	}
}

// groupStatus checks what stands beside the status of a group.
func (w *walk) groupStatus(group wire.Node) {
	status := string(group.Child("GrpSts").Bytes())
	if status != "" && status != "RJCT" && status != "PDNG" {
		for reason := range group.All("StsRsnInf") {
			if text := reason.Child("AddtlInf"); text.Exists() {
				w.report(groupReasonText, text)
			}
		}
	}
	if number := group.Child("NbOfTxsPerSts"); number.Exists() && status != "PART" {
		w.report(groupNumberPerStatus, number)
	}
}

func statusRequest(w *walk, body wire.Node) {
	groups := 0
	for range body.All("OrgnlGrpInf") {
		groups++
	}
	for transaction := range body.All("TxInf") {
		w.original(groups, transaction)
	}
}

func activationStatus(w *walk, body wire.Node) {
	group := body.Child("OrgnlGrpInfAndSts")
	w.groupStatus(group)
	above := group.Child("GrpSts").Bytes()
	for payment := range body.All("OrgnlPmtInfAndSts") {
		w.paymentStatus(payment)
		for transaction := range payment.All("TxInfAndSts") {
			groupRules.hold(w, above, transaction.Child("TxSts"))
		}
	}
}

// paymentStatus holds the transactions of a payment to its status.
func (w *walk) paymentStatus(payment wire.Node) {
	status := payment.Child("PmtInfSts").Bytes()
	for transaction := range payment.All("TxInfAndSts") {
		paymentRules.hold(w, status, transaction.Child("TxSts"))
	}
}

// initiationStatus checks the status of an initiation. Its group status binds the
// payments, and theirs the transactions.
func initiationStatus(w *walk, body wire.Node) {
	group := body.Child("OrgnlGrpInfAndSts")
	w.groupStatus(group)
	above := group.Child("GrpSts").Bytes()
	for payment := range body.All("OrgnlPmtInfAndSts") {
		groupRules.hold(w, above, payment.Child("PmtInfSts"))
		w.paymentStatus(payment)
	}
}
