package rules

import "github.com/causeway-pay/causeway/iso20022/wire"

// initiationKind is a family of messages in which customers order payments: the
// name of its transactions.
type initiationKind struct{ transaction string }

// paymentHeader is what a payment says for all its transactions.
type paymentHeader struct {
	paymentType, chargeBearer, ultimateDebtor, instruction wire.Node
	cheque                                                 bool
}

func (k initiationKind) check(w *walk, body wire.Node) {
	var sum total
	transactions := uint64(0)
	for payment := range body.All("PmtInf") {
		var own total
		n := uint64(0)
		header := paymentHeader{
			paymentType: payment.Child("PmtTpInf"), chargeBearer: payment.Child("ChrgBr"),
			ultimateDebtor: payment.Child("UltmtDbtr"), instruction: payment.Child("InstrForDbtrAgt"),
			cheque: string(payment.Child("PmtMtd").Bytes()) == "CHK",
		}
		for transaction := range payment.All(k.transaction) {
			n++
			amount := orderedAmount(transaction)
			own.add(amount.Bytes())
			sum.add(amount.Bytes())
			w.levels(&header, transaction)
			w.cheque(header.cheque, transaction)
		}
		transactions += n
		w.control(payment, n, &own)
	}
	w.control(body.Child("GrpHdr"), transactions, &sum)
}

// orderedAmount returns the amount to pay, or the equivalent of which it is to
// be paid in another currency.
func orderedAmount(transaction wire.Node) wire.Node {
	amount := transaction.Child("Amt")
	if instructed := amount.Child("InstdAmt"); instructed.Exists() {
		return instructed
	}
	return amount.Child("EqvtAmt").Child("Amt")
}

// levels reports what stands both for all transactions of a payment and for one.
func (w *walk) levels(h *paymentHeader, transaction wire.Node) {
	w.twice(headerPaymentType, h.paymentType, transaction.Child("PmtTpInf"))
	w.twice(chargeBearerLevel, h.chargeBearer, transaction.Child("ChrgBr"))
	w.twice(ultimateDebtorLevel, h.ultimateDebtor, transaction.Child("UltmtDbtr"))
	w.twice(debtorAgentInstructionLevel, h.instruction, transaction.Child("InstrForDbtrAgt"))
}

// cheque holds a transaction to its payment method.
func (w *walk) cheque(cheque bool, transaction wire.Node) {
	instruction, account := transaction.Child("ChqInstr"), transaction.Child("CdtrAcct")
	if !cheque {
		if instruction.Exists() {
			w.report(chequeInstruction, instruction)
		}
		if !account.Exists() && !transaction.Child("Cdtr").Exists() {
			w.missing(creditorAccountMissing, transaction, "CdtrAcct")
		}
		return
	}
	if account.Exists() {
		w.report(chequeAccount, account)
	}
	agent, delivery := transaction.Child("CdtrAgt"), instruction.Child("DlvryMtd")
	switch string(delivery.Child("Cd").Bytes()) {
	case "MLFA", "CRFA", "RGFA", "PUFA":
		if !agent.Exists() {
			w.missing(chequeDeliveryAgent, transaction, "CdtrAgt")
		}
	default:
		if agent.Exists() && !delivery.Child("Prtry").Exists() {
			w.report(chequeNoAgent, agent)
		}
	}
}
