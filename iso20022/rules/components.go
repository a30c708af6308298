package rules

import (
	"bytes"
	"strings"

	"github.com/causeway-pay/causeway/iso20022/wire"
)

// statement is a rule about which children an element has: with when, one of
// needs must be there. Without when it is about
// every element whose type knows all of needs.
type statement struct {
	id    ruleID
	when  string
	needs []string
}

// statements are made into implications for each type that has the children.
var statements = []statement{
	{thirdReimbursementAgent, "ThrdRmbrsmntAgt", []string{"InstgRmbrsmntAgt"}},
	{thirdReimbursementAgent, "ThrdRmbrsmntAgt", []string{"InstdRmbrsmntAgt"}},
	{instructingReimbursementAccount, "InstgRmbrsmntAgtAcct", []string{"InstgRmbrsmntAgt"}},
	{instructedReimbursementAccount, "InstdRmbrsmntAgtAcct", []string{"InstdRmbrsmntAgt"}},
	{thirdReimbursementAccount, "ThrdRmbrsmntAgtAcct", []string{"ThrdRmbrsmntAgt"}},
	{intermediary1Account, "IntrmyAgt1Acct", []string{"IntrmyAgt1"}},
	{intermediary2Account, "IntrmyAgt2Acct", []string{"IntrmyAgt2"}},
	{intermediary3Account, "IntrmyAgt3Acct", []string{"IntrmyAgt3"}},
	{previousInstructing1Account, "PrvsInstgAgt1Acct", []string{"PrvsInstgAgt1"}},
	{previousInstructing2Account, "PrvsInstgAgt2Acct", []string{"PrvsInstgAgt2"}},
	{previousInstructing3Account, "PrvsInstgAgt3Acct", []string{"PrvsInstgAgt3"}},
	{creditorAgentAccount, "CdtrAgtAcct", []string{"CdtrAgt"}},
	{debtorAgentAccount, "DbtrAgtAcct", []string{"DbtrAgt"}},
	{intermediary1, "IntrmyAgt1", []string{"CdtrAgt"}},
	{intermediary2, "IntrmyAgt2", []string{"IntrmyAgt1"}},
	{intermediary3, "IntrmyAgt3", []string{"IntrmyAgt2"}},
	{previousInstructing2, "PrvsInstgAgt2", []string{"PrvsInstgAgt1"}},
	{previousInstructing3, "PrvsInstgAgt3", []string{"PrvsInstgAgt2"}},
	{transactionIdentification, "EndToEndId", []string{"UETR", "TxId"}},
	{chargesInstructedAmount, "ChrgsInf", []string{"InstdAmt", "RtrdInstdAmt", "RvsdInstdAmt"}},
	{chargesAccount, "ChrgsAcctAgt", []string{"ChrgsAcct"}},
	{bankTransactionCode, "", []string{"Domn", "Prtry"}},
	{correctiveInitiation, "InstdAmt", []string{"InstrId", "EndToEndId"}},
	{correctiveInterbank, "IntrBkSttlmAmt", []string{"InstrId", "EndToEndId", "TxId"}},
	{correctiveDate, "InstdAmt", []string{"ReqdExctnDt", "ReqdColltnDt"}},
	{financialInstrument, "", []string{"ISIN", "OthrId", "Desc"}},
}

// comparison is a rule about the values of an element that has certain children:
// it looks if one of when is there.
type comparison struct {
	id        ruleID
	has, when []string
	run       func(*walk, wire.Node)
}

var comparisons = []comparison{
	{settlementMethodAgent, []string{"SttlmMtd", "SttlmAcct"}, []string{"SttlmMtd"}, settlementMethod},
	{
		exchangeRateMissing, []string{"IntrBkSttlmAmt", "InstdAmt", "XchgRate"},
		[]string{"InstdAmt", "XchgRate"}, instructedRate,
	},
	{
		exchangeRateMissing, []string{"RtrdIntrBkSttlmAmt", "RtrdInstdAmt", "XchgRate"},
		[]string{"RtrdInstdAmt"}, returnedRate,
	},
	{
		exchangeRateMissing, []string{"RvsdIntrBkSttlmAmt", "RvsdInstdAmt", "XchgRate"},
		[]string{"RvsdInstdAmt"}, reversedRate,
	},
	{chargeBearerCharges, []string{"ChrgBr", "ChrgsInf", "InstdAmt"}, []string{"ChrgBr"}, chargeBearer},
	{chargesCurrency, []string{"IntrBkSttlmAmt", "ChrgsInf"}, []string{"ChrgsInf"}, chargesCurrencies},
	{chequeCreditorAccount, []string{"InstrForCdtrAgt", "CdtrAcct"}, []string{"InstrForCdtrAgt"}, chequeInstructed},
	{amendmentFalse, []string{"AmdmntInd", "AmdmntInfDtls"}, []string{"AmdmntInd"}, amendment},
	{narrativeText, []string{"Rsn", "AddtlInf"}, []string{"Rsn"}, narrative},
	{ultimateCreditor, []string{"UltmtCdtr", "Cdtr"}, []string{"UltmtCdtr"}, func(w *walk, n wire.Node) {
		distinct(w, n, ultimateCreditor, "UltmtCdtr", "Cdtr")
	}},
	{ultimateDebtor, []string{"UltmtDbtr", "Dbtr"}, []string{"UltmtDbtr"}, func(w *walk, n wire.Node) {
		distinct(w, n, ultimateDebtor, "UltmtDbtr", "Dbtr")
	}},
	{chequeMaturity, []string{"ChqTp", "ChqMtrtyDt"}, []string{"ChqMtrtyDt"}, maturity},
	{forwardBalance, []string{"Tp", "CdtDbtInd", "Avlbty"}, []string{"Avlbty"}, forward},
	{chargesAccountAgent, []string{"ChrgsAcctAgt", "DbtrAgt"}, []string{"ChrgsAcctAgt"}, chargesAgent},
	{creditorChecksum, []string{"CdtrSchmeId"}, []string{"CdtrSchmeId"}, creditorScheme},
}

// settlementMethod holds a settlement instruction to its method.
func settlementMethod(w *walk, n wire.Node) {
	switch string(n.Child("SttlmMtd").Bytes()) {
	case "INDA", "INGA":
		w.bar(n, settlementMethodAgent, "ClrSys", reimbursing)
	case "CLRG":
		w.bar(n, settlementMethodClearing, "SttlmAcct", reimbursing)
		if !n.Child("ClrSys").Exists() {
			w.missing(settlementMethodClearingSystem, n, "ClrSys")
		}
	case "COVE":
		w.bar(n, settlementMethodCover, "SttlmAcct", "ClrSys")
		if !n.Child("InstgRmbrsmntAgt").Exists() && !n.Child("InstdRmbrsmntAgt").Exists() {
			w.missing(settlementMethodCoverAgent, n, "InstgRmbrsmntAgt")
		}
	}
}

// reimbursing is how the names of all reimbursement agents end.
const reimbursing = "RmbrsmntAgt"

// bar reports the children whose names end so.
func (w *walk) bar(n wire.Node, id ruleID, first, second string) {
	for child := range n.Children() {
		if name := child.Name(); strings.HasSuffix(name, first) || strings.HasSuffix(name, second) {
			w.report(id, child)
		}
	}
}

func instructedRate(w *walk, n wire.Node) {
	rate, instructed := n.Child("XchgRate"), n.Child("InstdAmt")
	if !instructed.Exists() {
		if rate.Exists() {
			w.report(exchangeRateAlone, rate)
		}
		return
	}
	exchange(w, n, n.Child("IntrBkSttlmAmt"), instructed)
}

func returnedRate(w *walk, n wire.Node) {
	exchange(w, n, n.Child("RtrdIntrBkSttlmAmt"), n.Child("RtrdInstdAmt"))
}

func reversedRate(w *walk, n wire.Node) {
	exchange(w, n, n.Child("RvsdIntrBkSttlmAmt"), n.Child("RvsdInstdAmt"))
}

// exchange holds two amounts to the rate between them. An agreed rate, which
// versions younger than the reports have, is one.
func exchange(w *walk, n, settled, instructed wire.Node) {
	from, to, rate := instructed.CurrencyBytes(), settled.CurrencyBytes(), n.Child("XchgRate")
	switch {
	case from == nil || to == nil:
	case string(from) == string(to):
		if rate.Exists() {
			w.report(exchangeRateSameCurrency, rate)
		}
	case !rate.Exists() && !n.Child("AgrdRate").Exists():
		w.missing(exchangeRateMissing, n, "XchgRate")
	}
}

func chargeBearer(w *walk, n wire.Node) {
	if string(n.Child("ChrgBr").Bytes()) == "CRED" && !n.Child("ChrgsInf").Exists() {
		w.missing(chargeBearerCharges, n, "ChrgsInf")
	}
}

func chargesCurrencies(w *walk, n wire.Node) {
	if w.warn == nil {
		return
	}
	settled := n.Child("IntrBkSttlmAmt").CurrencyBytes()
	for charges := range n.All("ChrgsInf") {
		if amount := charges.Child("Amt"); !bytes.Equal(amount.CurrencyBytes(), settled) {
			w.report(chargesCurrency, amount)
		}
	}
}

func chequeInstructed(w *walk, n wire.Node) {
	account := n.Child("CdtrAcct")
	for instruction := range n.All("InstrForCdtrAgt") {
		if string(instruction.Child("Cd").Bytes()) == "CHQB" && account.Exists() {
			w.report(chequeCreditorAccount, account)
			return
		}
	}
}

func amendment(w *walk, n wire.Node) {
	details := n.Child("AmdmntInfDtls")
	switch n.Child("AmdmntInd").True() {
	case true:
		if !details.Exists() {
			w.missing(amendmentTrue, n, "AmdmntInfDtls")
		}
	default:
		if details.Exists() {
			w.report(amendmentFalse, details)
		}
	}
}

func narrative(w *walk, n wire.Node) {
	if string(n.Child("Rsn").Child("Cd").Bytes()) == "NARR" && !n.Child("AddtlInf").Exists() {
		w.missing(narrativeText, n, "AddtlInf")
	}
}

// distinct warns of two parties that are the same to the letter.
func distinct(w *walk, n wire.Node, id ruleID, ultimate, party string) {
	if w.warn != nil && same(n.Child(ultimate), n.Child(party)) {
		w.report(id, n.Child(ultimate))
	}
}

// same reports whether two elements hold the same, whatever their own names.
func same(a, b wire.Node) bool {
	if a.Exists() != b.Exists() {
		return false
	}
	x, y := a.First(), b.First()
	if !x.Exists() && !y.Exists() {
		return bytes.Equal(a.Bytes(), b.Bytes())
	}
	var others []wire.Node
	for child := range b.Children() {
		others = append(others, child)
	}
	for child := range a.Children() {
		if len(others) == 0 || child.Name() != others[0].Name() || !same(child, others[0]) {
			return false
		}
		others = others[1:]
	}
	return len(others) == 0
}

func maturity(w *walk, n wire.Node) {
	kind := string(n.Child("ChqTp").Bytes())
	if kind != "DRFT" && kind != "ELDR" {
		w.report(chequeMaturity, n.Child("ChqMtrtyDt"))
	}
}

func forward(w *walk, n wire.Node) {
	if string(n.At("Tp", "CdOrPrtry", "Cd").Bytes()) == "FWAV" {
		w.report(forwardBalance, n.Child("Avlbty"))
	}
}

// chargesAgent reports an agent of another institution than the debtor agent, as
// far as BIC and LEI tell: the first four characters of a BIC stand for the
// institution (ISO 9362), and branches share the LEI of their bank.
func chargesAgent(w *walk, n wire.Node) {
	charging, debtor := n.Child("ChrgsAcctAgt").Child("FinInstnId"), n.Child("DbtrAgt").Child("FinInstnId")
	own, other := charging.Child("BICFI"), debtor.Child("BICFI")
	lei := charging.Child("LEI")
	if len(own.Bytes()) < 4 || len(other.Bytes()) < 4 || bytes.Equal(own.Bytes()[:4], other.Bytes()[:4]) ||
		lei.Exists() && bytes.Equal(lei.Bytes(), debtor.Child("LEI").Bytes()) {
		return
	}
	w.report(chargesAccountAgent, own)
}

// creditorScheme checks a SEPA creditor identifier, recognised by its scheme.
func creditorScheme(w *walk, n wire.Node) {
	other := n.Child("CdtrSchmeId").At("Id", "PrvtId", "Othr")
	id := other.Child("Id")
	if string(other.At("SchmeNm", "Prtry").Bytes()) == "SEPA" && !creditorIdentifier(id.Bytes()) {
		w.report(creditorChecksum, id)
	}
}
