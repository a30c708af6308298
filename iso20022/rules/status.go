package rules

import (
	"bytes"

	"github.com/causeway-pay/causeway/iso20022/wire"
)

// statusRules are the rules on the status of a transaction under that of its
// group or payment.
type statusRules struct{ accepted, pending, received, rejected ruleID }

var (
	groupRules   = statusRules{groupAccepted, groupPending, groupReceived, groupRejected}
	paymentRules = statusRules{paymentAccepted, paymentPending, paymentReceived, paymentRejected}
)

// hold holds the status of a transaction to that of what it belongs to.
func (s statusRules) hold(w *walk, above string, transaction wire.Node) {
	status := transaction.Child("TxSts")
	if !status.Exists() {
		return
	}
	rejected := string(status.Bytes()) == "RJCT"
	switch above {
	case "ACTC", "ACCP", "ACSP", "ACSC", "ACWC", "ACCR":
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
		w.groupStatus(group, "GrpSts")
	}
	for transaction := range body.All("TxInfAndSts") {
		group := only
		if groups > 1 {
			group = groupNamed(body, "OrgnlGrpInfAndSts", transaction)
		}
		groupRules.hold(w, group.Child("GrpSts").Text(), transaction)
		w.original(groups, transaction)
	}
}

// groupNamed returns the group that a transaction names, nothing if it names none.
func groupNamed(body wire.Node, groups string, transaction wire.Node) wire.Node {
	id := transaction.Child("OrgnlGrpInf").Child("OrgnlMsgId").Bytes()
	for group := range body.All(groups) {
		if id != nil && bytes.Equal(group.Child("OrgnlMsgId").Bytes(), id) {
			return group
		}
	}
	return wire.Node{}
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
func (w *walk) groupStatus(group wire.Node, name string) {
	status := string(group.Child(name).Bytes())
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
	w.groupStatus(group, "GrpSts")
	above := group.Child("GrpSts").Text()
	for payment := range body.All("OrgnlPmtInfAndSts") {
		status := payment.Child("PmtInfSts").Text()
		for transaction := range payment.All("TxInfAndSts") {
			groupRules.hold(w, above, transaction)
			paymentRules.hold(w, status, transaction)
		}
	}
}
