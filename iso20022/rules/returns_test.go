package rules_test

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/iso20022/rules"
)

// giveback is a pacs.004 or pacs.007 in the making.
type giveback struct {
	whole           string
	number          int
	control, total  string
	dated, reason   bool
	cover, original string
	transactions    []transaction
}

// word puts the word of the message into a name: Rtr, Rtrd for a return, Rvsl and
// Rvsd for a reversal.
var givebacks = map[string]*strings.Replacer{
	"pacs.004.001.10": strings.NewReplacer("{root}", "PmtRtr", "{n}", "Rtr", "{d}", "Rtrd"),
	"pacs.007.001.10": strings.NewReplacer("{root}", "FIToFIPmtRvsl", "{n}", "Rvsl", "{d}", "Rvsd"),
}

func (g giveback) xml(name string) string {
	var b strings.Builder
	put := func(there bool, format string, values ...any) {
		if there {
			fmt.Fprintf(&b, format, values...)
		}
	}
	put(true, `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:%s"><{root}>`, name)
	put(true, `<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-11-25T10:00:00Z</CreDtTm><NbOfTxs>%d</NbOfTxs>`, g.number)
	put(g.control != "", `<CtrlSum>%s</CtrlSum>`, g.control)
	put(g.whole != "", `<Grp{n}>%s</Grp{n}>`, g.whole)
	put(g.total != "", `<Ttl{d}IntrBkSttlmAmt Ccy="EUR">%s</Ttl{d}IntrBkSttlmAmt>`, g.total)
	put(g.dated, `<IntrBkSttlmDt>2026-11-25</IntrBkSttlmDt>`)
	put(true, `<SttlmInf><SttlmMtd>%s</SttlmMtd>`, g.cover)
	put(g.cover == "COVE", `<InstgRmbrsmntAgt>%s</InstgRmbrsmntAgt>`, someAgent)
	put(true, `</SttlmInf></GrpHdr>`)
	put(g.original != "", `<OrgnlGrpInf><OrgnlMsgId>O</OrgnlMsgId><OrgnlMsgNmId>%s</OrgnlMsgNmId>`, g.original)
	put(g.original != "" && g.reason, `<{n}RsnInf><Rsn><Cd>CUST</Cd></Rsn></{n}RsnInf>`)
	put(g.original != "", `</OrgnlGrpInf>`)
	for _, t := range g.transactions {
		put(true, `<TxInf><{d}IntrBkSttlmAmt Ccy="%s">%s</{d}IntrBkSttlmAmt>`, t.currency, t.amount)
		put(t.dated, `<IntrBkSttlmDt>2026-11-25</IntrBkSttlmDt>`)
		put(t.instructed != "", `<{d}InstdAmt Ccy="%s">1</{d}InstdAmt>`, t.instructed)
		put(t.exchange != "", `<XchgRate>%s</XchgRate>`, t.exchange)
		put(true, `</TxInf>`)
	}
	put(true, "</{root}></Document>")
	return givebacks[name].Replace(b.String())
}

// broken says by the words of the standard which rules the message breaks,
// without their numbers.
func (g giveback) broken() []string {
	broken := map[string]bool{}
	whole, many := g.whole == "true" || g.whole == "1", len(g.transactions) > 0
	sum, mixed := new(big.Rat), false
	for _, t := range g.transactions {
		amount, _ := new(big.Rat).SetString(t.amount)
		sum.Add(sum, amount)
		mixed = mixed || t.currency != "EUR"
		foreign := t.instructed != "" && t.instructed != t.currency
		broken["total-settlement-amount"] = broken["total-settlement-amount"] || g.total != "" && t.currency != "EUR"
		broken["group-header-settlement-date"] = broken["group-header-settlement-date"] || g.dated && t.dated
		broken["transaction-settlement-date"] = broken["transaction-settlement-date"] || !g.dated && !t.dated
		rate1, rate2 := "instructed-amount-and-exchange-rate-1", "instructed-amount-and-exchange-rate-2"
		broken[rate1] = broken[rate1] || foreign && t.exchange == ""
		broken[rate2] = broken[rate2] || t.instructed != "" && !foreign && t.exchange != ""
	}
	differs := func(stated string) bool {
		value, ok := new(big.Rat).SetString(stated)
		return ok && value.Cmp(sum) != 0
	}
	single := many && !whole
	broken["control-sum-and-group-return"] = whole && g.control != ""
	broken["group-return-and-transaction-information-not-present"] = whole && many
	broken["group-return-and-return-reason"] = whole && (g.original == "" || !g.reason)
	broken["group-return-and-transaction-information-present"] = !whole && g.whole != "" && !many
	broken["group-return-and-number-of-transactions"] = single && g.number != len(g.transactions)
	broken["total-settlement-amount-and-date"] = single && g.total != "" && !g.dated
	broken["total-settlement-amount-and-sum"] = single && !mixed && differs(g.total)
	broken["control-sum"] = single && differs(g.control)
	broken["no-cover-settlement-method"] = (single || whole) && g.cover == "COVE" && g.original == "pacs.003.001.08"
	var names []string
	for name, is := range broken {
		if is {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// drawGiveback draws one with amounts of hundredths.
func drawGiveback(t *rapid.T) giveback {
	sample := func(name string, values ...string) string { return rapid.SampledFrom(values).Draw(t, name) }
	g := giveback{
		whole: sample("whole", "", "false", "true", "0", "1"), cover: sample("method", "CLRG", "COVE"),
		original: sample("original", "", "pacs.003.001.08", "pacs.008.001.09"),
		dated:    rapid.Bool().Draw(t, "dated"), reason: rapid.Bool().Draw(t, "reason"),
	}
	sum := int64(0)
	for range rapid.IntRange(0, 3).Draw(t, "transactions") {
		amount := rapid.Int64Range(0, 1e15).Draw(t, "amount")
		sum += amount
		g.transactions = append(g.transactions, transaction{
			amount: hundredths(amount), currency: sample("currency", "EUR", "EUR", "USD"),
			dated: rapid.Bool().Draw(t, "own date"), instructed: sample("instructed", "", "EUR", "USD"),
			exchange: sample("exchange", "", "1.1"),
		})
	}
	off := rapid.SampledFrom([]int64{0, 0, 1})
	g.number = len(g.transactions) + int(off.Draw(t, "number"))
	if rapid.Bool().Draw(t, "controlled") {
		g.control = hundredths(sum + off.Draw(t, "control"))
	}
	if rapid.Bool().Draw(t, "totalled") {
		g.total = hundredths(sum + off.Draw(t, "total"))
	}
	return g
}

// TestReturnsAgainstAModel: what is found in returns and reversals of every
// combination is what the words of the standard say, the same in both.
func TestReturnsAgainstAModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGiveback(t)
		for name := range givebacks {
			found, paths := titles(g.xml(name), rules.Options{})
			for i, rule := range found {
				// The number in front is that of the message's report.
				if number, plain, _ := strings.Cut(rule, "-"); number[0] == 'C' && rule != "control-sum" {
					found[i] = plain
				}
			}
			slices.Sort(found)
			if got, want := slices.Compact(found), g.broken(); !slices.Equal(got, want) {
				t.Fatalf("%s: found %q at %q, want %q in %+v", name, got, paths, want, g)
			}
		}
	})
}

// TestDirectDebitsBetweenAgents: each credit instruction has its own total, and
// the group header counts and adds up the debits of all.
func TestDirectDebitsBetweenAgents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		var want []string
		all, many := int64(0), 0
		for i := range rapid.IntRange(1, 3).Draw(t, "instructions") {
			sum := int64(0)
			debits := ""
			for range rapid.IntRange(1, 3).Draw(t, "debits") {
				amount := rapid.Int64Range(0, 1e12).Draw(t, "amount")
				sum += amount
				many++
				debits += fmt.Sprintf(`<DrctDbtTxInf><PmtId><EndToEndId>E</EndToEndId><TxId>T</TxId></PmtId>`+
					`<IntrBkSttlmAmt Ccy="EUR">%s</IntrBkSttlmAmt><Dbtr>%s</Dbtr></DrctDbtTxInf>`, hundredths(amount), someAgent)
			}
			off := rapid.SampledFrom([]int64{0, 1}).Draw(t, "off")
			if off != 0 {
				want = append(want, fmt.Sprintf("C18-total-settlement-amount-and-sum CdtInstr[%d]/TtlIntrBkSttlmAmt", i+1))
			}
			fmt.Fprintf(&b, `<CdtInstr><CdtId>C</CdtId><TtlIntrBkSttlmAmt Ccy="EUR">%s</TtlIntrBkSttlmAmt>`+
				`<Cdtr>%s</Cdtr>%s</CdtInstr>`, hundredths(sum+off), someAgent, debits)
			all += sum
		}
		number, control := rapid.IntRange(0, 1).Draw(t, "number"), rapid.Int64Range(0, 1).Draw(t, "control")
		if number != 0 {
			want = append(want, "number-of-transactions GrpHdr/NbOfTxs")
		}
		if control != 0 {
			want = append(want, "control-sum GrpHdr/CtrlSum")
		}
		found, paths := titles(fmt.Sprintf(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.010.001.04"><FIDrctDbt>`+
			`<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-11-25T10:00:00Z</CreDtTm><NbOfTxs>%d</NbOfTxs><CtrlSum>%s</CtrlSum>`+
			`</GrpHdr>%s</FIDrctDbt></Document>`, many+number, hundredths(all+control), b.String()), rules.Options{})
		for i := range found {
			found[i] += " " + strings.TrimPrefix(paths[i], "Document/FIDrctDbt/")
		}
		slices.Sort(found)
		slices.Sort(want)
		if !slices.Equal(found, want) {
			t.Fatalf("found %q, want %q", found, want)
		}
	})
}

// TestBranchOfTheDebtorAgent: only what is certainly another institution is no
// branch.
func TestBranchOfTheDebtorAgent(t *testing.T) {
	const lei, otherLEI = "<LEI>5493000IBP32UQZ0KL24</LEI>", "<LEI>549300DTUYXVMJXZNY75</LEI>"
	for _, tt := range []struct {
		charging, debtor string
		broken           bool
	}{
		{"<BICFI>AAAAHKHH</BICFI>", "<BICFI>AAAAHKHH</BICFI>", false},
		{"<BICFI>AAAAHKHH123</BICFI>", "<BICFI>AAAAHKHH</BICFI>", false},
		{"<BICFI>AAAASGSG</BICFI>", "<BICFI>AAAAHKHHXXX</BICFI>", false},
		{"<BICFI>AAABHKHH</BICFI>", "<BICFI>AAAAHKHH</BICFI>", true},
		{"<BICFI>AAABHKHH</BICFI>" + lei, "<BICFI>AAAAHKHH</BICFI>" + lei, false},
		{"<BICFI>AAABHKHH</BICFI>" + lei, "<BICFI>AAAAHKHH</BICFI>" + otherLEI, true},
		{"<BICFI>AAABHKHH</BICFI>" + lei, "<BICFI>AAAAHKHH</BICFI>", true},
		{"<Othr><Id>1</Id></Othr>", "<BICFI>AAAAHKHH</BICFI>", false},
		{"<BICFI>AAABHKHH</BICFI>", "<Othr><Id>1</Id></Othr>", false},
		{lei, otherLEI, false},
	} {
		message := edit(t, base(t, "pain.001.001.10"), "<DbtrAgt>{agent} => <DbtrAgt><FinInstnId>"+tt.debtor+
			" </FinInstnId> ;; </DbtrAgt> +> <ChrgsAcct>{account}</ChrgsAcct><ChrgsAcctAgt><FinInstnId>"+tt.charging+
			"</FinInstnId></ChrgsAcctAgt>")
		found, _ := titles(message, rules.Options{})
		if broken := len(found) == 1 && found[0] == "C5-charges-account-agent"; broken != tt.broken || len(found) > 1 {
			t.Errorf("%s under %s: %q", tt.charging, tt.debtor, found)
		}
	}
}
