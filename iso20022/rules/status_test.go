package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/iso20022/rules"
)

// statuses are all that a group or transaction can have, and none.
func statuses(set string) []string {
	return append([]string{""}, rules.External().Set(set)...)
}

// element writes an element, nothing for an empty value.
func element(name, value string) string {
	if value == "" {
		return ""
	}
	return "<" + name + ">" + value + "</" + name + ">"
}

// TestStatuses: every status of a group meets every status of a transaction, and
// what is found is what rules C8 to C11 say.
func TestStatuses(t *testing.T) {
	accepted := []string{"ACTC", "ACCP", "ACSP", "ACSC", "ACWC"}
	for _, group := range statuses("ExternalPaymentGroupStatus1Code") {
		for _, transaction := range statuses("ExternalPaymentTransactionStatus1Code") {
			message := strings.Replace(base(t, "pacs.002.001.11"), "<TxSts>RJCT</TxSts>", element("TxSts", transaction), 1)
			message = strings.Replace(message, "<TxSts>ACSP</TxSts>", "", 1)
			message = strings.Replace(message, "</OrgnlMsgNmId>", "</OrgnlMsgNmId>"+element("GrpSts", group), 1)
			var want []string
			switch {
			case transaction == "":
			case slices.Contains(accepted, group) && transaction == "RJCT":
				want = []string{"C8-group-status-accepted"}
			case group == "PDNG" && transaction == "RJCT":
				want = []string{"C9-group-status-pending"}
			case group == "RCVD":
				want = []string{"C10-group-status-received"}
			case group == "RJCT" && transaction != "RJCT":
				want = []string{"C11-group-status-rejected"}
			}
			if found, paths := titles(message, rules.Options{}); !slices.Equal(found, want) {
				t.Errorf("%q in %q: %q at %q, want %q", transaction, group, found, paths, want)
			}
		}
	}
}

// TestReasonTexts: only a rejected or pending group explains itself.
func TestReasonTexts(t *testing.T) {
	for _, group := range statuses("ExternalPaymentGroupStatus1Code") {
		reason := "<StsRsnInf><Rsn><Cd>AC01</Cd></Rsn><AddtlInf>why</AddtlInf></StsRsnInf>"
		message := edit(t, base(t, "pacs.002.001.11"), "<TxSts>RJCT</TxSts> =>  ;; <TxSts>ACSP</TxSts> => ")
		message = strings.Replace(message, "</OrgnlMsgNmId>", "</OrgnlMsgNmId>"+element("GrpSts", group)+reason, 1)
		found, _ := titles(message, rules.Options{})
		allowed := group == "" || group == "RJCT" || group == "PDNG"
		if allowed != (len(found) == 0) {
			t.Errorf("%q: %q", group, found)
		}
	}
}

// TestSettlementsBalance: a multilateral settlement is right exactly if debits and
// credits are equal in each currency.
func TestSettlementsBalance(t *testing.T) {
	currencies := []string{"EUR", "HKD", "JPY"}
	rapid.Check(t, func(t *rapid.T) {
		net := map[string]int64{}
		var records strings.Builder
		write := func(currency string, amount int64) {
			net[currency] += amount
			direction := "CRDT"
			if amount < 0 {
				amount, direction = -amount, "DBIT"
			}
			fmt.Fprintf(&records, `<MvmntRcrd><Id>V</Id><Amt><Amt Ccy="%s">%d</Amt><CdtDbt>%s</CdtDbt></Amt></MvmntRcrd>`,
				currency, amount, direction)
		}
		for range rapid.IntRange(2, 8).Draw(t, "movements") {
			write(rapid.SampledFrom(currencies).Draw(t, "currency"), rapid.Int64Range(-1e15, 1e15).Draw(t, "amount"))
		}
		if rapid.Bool().Draw(t, "closed") {
			for _, currency := range currencies {
				write(currency, -net[currency])
			}
		}
		balanced := net["EUR"] == 0 && net["HKD"] == 0 && net["JPY"] == 0
		found, _ := titles(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.029.001.02"><MulSttlmReq>`+
			`<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-11-25T00:00:00Z</CreDtTm><NbOfSttlmReqs>1</NbOfSttlmReqs></GrpHdr>`+
			`<SttlmReq><InstrId>I</InstrId>`+records.String()+`</SttlmReq></MulSttlmReq></Document>`, rules.Options{})
		if balanced != (len(found) == 0) || !balanced && !slices.Equal(found, []string{"movements-balance"}) {
			t.Fatalf("%q of %v", found, net)
		}
	})
}

// TestMovementsWithoutDirection: what has no direction does not say who owes.
func TestMovementsWithoutDirection(t *testing.T) {
	message := edit(t, base(t, "pacs.029.001.02"), "<CdtDbt>DBIT</CdtDbt> => ")
	if found, paths := titles(message, rules.Options{}); len(found) > 0 {
		t.Errorf("%q at %q", found, paths)
	}
}

// TestInitiationTotals: the totals of an initiation are those of its payments,
// and each payment's those of its transactions.
func TestInitiationTotals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var payments strings.Builder
		number, sum := 0, int64(0)
		var want []string
		off := rapid.SampledFrom([]int64{0, 0, 0, 1})
		note := func(rule string, wrong int64) int64 {
			if wrong != 0 {
				want = append(want, rule)
			}
			return wrong
		}
		for range rapid.IntRange(1, 3).Draw(t, "payments") {
			var transactions strings.Builder
			own, total := rapid.IntRange(1, 3).Draw(t, "transactions"), int64(0)
			for range own {
				amount := rapid.Int64Range(0, 1e14).Draw(t, "amount")
				total += amount
				transactions.WriteString(`<CdtTrfTxInf><PmtId><EndToEndId>E</EndToEndId></PmtId><Amt><InstdAmt Ccy="EUR">` +
					hundredths(amount) + `</InstdAmt></Amt><Cdtr><Nm>C</Nm></Cdtr></CdtTrfTxInf>`)
			}
			number, sum = number+own, sum+total
			stated := own + int(note("number-of-transactions", off.Draw(t, "own number")))
			control := total + note("control-sum", off.Draw(t, "own sum"))
			fmt.Fprintf(&payments, `<PmtInf><PmtInfId>P</PmtInfId><PmtMtd>TRF</PmtMtd><NbOfTxs>%d</NbOfTxs>`+
				`<CtrlSum>%s</CtrlSum><ReqdExctnDt><Dt>2026-11-25</Dt></ReqdExctnDt><Dbtr><Nm>D</Nm></Dbtr>`+
				`<DbtrAcct><Id><Othr><Id>1</Id></Othr></Id>`+
				`</DbtrAcct><DbtrAgt>%s</DbtrAgt>%s</PmtInf>`, stated, hundredths(control), someAgent, transactions.String())
		}
		stated := number + int(note("number-of-transactions", off.Draw(t, "number")))
		control := sum + note("control-sum", off.Draw(t, "sum"))
		found, _ := titles(fmt.Sprintf(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.10"><CstmrCdtTrfInitn>`+
			`<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-11-25T00:00:00Z</CreDtTm><NbOfTxs>%d</NbOfTxs><CtrlSum>%s</CtrlSum>`+
			`<InitgPty><Nm>I</Nm></InitgPty></GrpHdr>%s</CstmrCdtTrfInitn></Document>`,
			stated, hundredths(control), payments.String()), rules.Options{})
		slices.Sort(found)
		slices.Sort(want)
		if !slices.Equal(found, want) {
			t.Fatalf("found %q, want %q", found, want)
		}
	})
}

// TestSummaries: the figures of a summary are those of all entries or of the
// booked ones, and of no others.
func TestSummaries(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all, booked struct{ number, sum, credits, debits int64 }
		var entries strings.Builder
		for range rapid.IntRange(1, 6).Draw(t, "entries") {
			amount := rapid.Int64Range(1, 1e14).Draw(t, "amount")
			credit, isBooked := rapid.Bool().Draw(t, "credit"), rapid.Bool().Draw(t, "booked")
			status := "PDNG"
			if isBooked {
				status = "BOOK"
			}
			for _, figures := range []*struct{ number, sum, credits, debits int64 }{&all, &booked} {
				if figures == &booked && !isBooked {
					continue
				}
				figures.number++
				figures.sum += amount
				if credit {
					figures.credits += amount
				} else {
					figures.debits += amount
				}
			}
			signedAmount := amount
			if !credit {
				signedAmount = -amount
			}
			entries.WriteString("<Ntry>" + signed(signedAmount) + "<Sts><Cd>" + status + "</Cd></Sts>" +
				"<BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd></Ntry>")
		}
		figures := rapid.SampledFrom([]*struct{ number, sum, credits, debits int64 }{&all, &booked}).Draw(t, "figures")
		message := func(off int64) string {
			net := strings.Replace(signed(figures.credits-figures.debits+off), ` Ccy="EUR"`, "", 1)
			return fmt.Sprintf(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>`+
				`<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-11-25T00:00:00Z</CreDtTm></GrpHdr><Ntfctn><Id>N</Id>`+
				`<Acct><Id><Othr><Id>1</Id></Othr></Id></Acct><TxsSummry><TtlNtries><NbOfNtries>%d</NbOfNtries><Sum>%s</Sum>`+
				`<TtlNetNtry>%s</TtlNetNtry></TtlNtries></TxsSummry>%s</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>`,
				figures.number+off*100, hundredths(figures.sum+off), net, entries.String())
		}
		if found, _ := titles(message(0), rules.Options{}); len(found) > 0 {
			t.Fatalf("%q in %s", found, message(0))
		}
		want := []string{"entries-count", "entries-net", "entries-sum"}
		found, _ := titles(message(1), rules.Options{})
		slices.Sort(found)
		if all.number == booked.number && !slices.Equal(found, want) {
			t.Fatalf("%q in %s", found, message(1))
		}
	})
}

// TestInitiationStatuses: every status of an initiation meets every status of a
// payment, and that every status of a transaction; what is found is what rules
// C10 to C13 and C18 to C21 say.
func TestInitiationStatuses(t *testing.T) {
	message := edit(t, base(t, "pain.002.001.11"), "<TxSts>ACSP</TxSts> => ")
	of := func(names [4]string, above, below string) []string {
		switch {
		case below == "" || above == "":
		case slices.Contains([]string{"ACTC", "ACCP", "ACSP", "ACSC", "ACWC"}, above) && below == "RJCT":
			return names[:1]
		case above == "PDNG" && below == "RJCT":
			return names[1:2]
		case above == "RCVD":
			return names[2:3]
		case above == "RJCT" && below != "RJCT":
			return names[3:]
		}
		return nil
	}
	groups := statuses("ExternalPaymentGroupStatus1Code")
	for _, group := range groups {
		for _, payment := range groups {
			for _, transaction := range []string{"", "RJCT", "ACSP", "PDNG", "RCVD"} {
				text := strings.Replace(message, "<TxSts>RJCT</TxSts>", element("TxSts", transaction), 1)
				text = strings.Replace(text, "P-1</OrgnlPmtInfId>", "P-1</OrgnlPmtInfId>"+element("PmtInfSts", payment), 1)
				text = strings.Replace(text, "</OrgnlMsgNmId>", "</OrgnlMsgNmId>"+element("GrpSts", group), 1)
				want := slices.Concat(of([4]string{
					"C10-group-status-accepted", "C11-group-status-pending", "C12-group-status-received", "C13-group-status-rejected",
				}, group, payment), of([4]string{
					"C18-payment-information-status-accepted", "C19-payment-information-status-pending",
					"C20-payment-information-status-received", "C21-payment-information-status-rejected",
				}, payment, transaction))
				if found, paths := titles(text, rules.Options{}); !slices.Equal(found, want) {
					t.Errorf("%q in %q in %q: %q at %q, want %q", transaction, payment, group, found, paths, want)
				}
			}
		}
	}
}

// TestCheques: drafts alone have a maturity, and those that go through the final
// agent alone have one, each by every code that there is.
func TestCheques(t *testing.T) {
	cheque := func(instruction string) []string {
		found, _ := titles(edit(t, base(t, "pain.001.001.10"), "<PmtMtd>TRF => <PmtMtd>CHK ;; {accounts} =>  ;; </Amt> +> "+
			"<ChqInstr>"+instruction), rules.Options{})
		return found
	}
	for _, kind := range []string{"CCHQ", "CCCH", "BCHQ", "DRFT", "ELDR"} {
		drafted := kind == "DRFT" || kind == "ELDR"
		found := cheque("<ChqTp>" + kind + "</ChqTp><ChqMtrtyDt>2026-12-01</ChqMtrtyDt></ChqInstr>")
		if good := len(found) == 0; good != drafted {
			t.Errorf("maturity of %s: %q", kind, found)
		}
	}
	for _, way := range []string{
		"MLDB", "MLCD", "MLFA", "CRDB", "CRCD", "CRFA", "PUDB", "PUCD", "PUFA", "RGDB", "RGCD", "RGFA",
	} {
		delivery := "<DlvryMtd><Cd>" + way + "</Cd></DlvryMtd></ChqInstr>"
		final := strings.HasSuffix(way, "FA")
		if found := cheque(delivery); (len(found) == 0) == final {
			t.Errorf("%s without an agent: %q", way, found)
		}
		if found := cheque(delivery + "<CdtrAgt>" + someAgent + "</CdtrAgt>"); (len(found) == 0) != final {
			t.Errorf("%s with an agent: %q", way, found)
		}
	}
}
