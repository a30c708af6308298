package rules_test

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/iso20022/rules"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// transfer is a pacs.008 in the making, as far as header and transactions must
// agree.
type transfer struct {
	number       int
	control      string
	total        string
	currency     string
	dated        bool
	agents       bool
	transactions []transaction
}

// transaction is one of them.
type transaction struct {
	amount, currency     string
	dated, agents        bool
	instructed, exchange string
	charges              bool
	bearer               string
	ids                  string
}

var someAgent = shorthand.Replace("{agent}")

func (m transfer) xml() string {
	var b strings.Builder
	put := func(there bool, format string, values ...any) {
		if there {
			fmt.Fprintf(&b, format, values...)
		}
	}
	put(true, `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.09"><FIToFICstmrCdtTrf>`)
	put(true, `<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-11-25T10:00:00Z</CreDtTm><NbOfTxs>%d</NbOfTxs>`, m.number)
	put(m.control != "", `<CtrlSum>%s</CtrlSum>`, m.control)
	put(m.total != "", `<TtlIntrBkSttlmAmt Ccy="%s">%s</TtlIntrBkSttlmAmt>`, m.currency, m.total)
	put(m.dated, `<IntrBkSttlmDt>2026-11-25</IntrBkSttlmDt>`)
	put(true, `<SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf>`)
	put(m.agents, `<InstgAgt>%s</InstgAgt>`, someAgent)
	put(true, `</GrpHdr>`)
	for _, t := range m.transactions {
		put(true, `<CdtTrfTxInf><PmtId><EndToEndId>E</EndToEndId>%s</PmtId>`, t.ids)
		put(true, `<IntrBkSttlmAmt Ccy="%s">%s</IntrBkSttlmAmt>`, t.currency, t.amount)
		put(t.dated, `<IntrBkSttlmDt>2026-11-25</IntrBkSttlmDt>`)
		put(t.instructed != "", `<InstdAmt Ccy="%s">1</InstdAmt>`, t.instructed)
		put(t.exchange != "", `<XchgRate>%s</XchgRate>`, t.exchange)
		put(true, `<ChrgBr>%s</ChrgBr>`, t.bearer)
		put(t.charges, `<ChrgsInf><Amt Ccy="EUR">1</Amt><Agt>%s</Agt></ChrgsInf>`, someAgent)
		put(t.agents, `<InstgAgt>%s</InstgAgt>`, someAgent)
		put(true, `<Dbtr/><DbtrAgt>%s</DbtrAgt><CdtrAgt>%s</CdtrAgt><Cdtr/></CdtTrfTxInf>`, someAgent, someAgent)
	}
	return b.String() + "</FIToFICstmrCdtTrf></Document>"
}

// broken says by the words of the standard which rules the message breaks.
func (m transfer) broken() []string {
	broken := map[string]bool{}
	sum, mixed := new(big.Rat), false
	for _, t := range m.transactions {
		amount, _ := new(big.Rat).SetString(t.amount)
		sum.Add(sum, amount)
		mixed = mixed || t.currency != m.currency
		broken["C12-group-header-settlement-date"] = broken["C12-group-header-settlement-date"] || m.dated && t.dated
		broken["C47-transaction-settlement-date"] = broken["C47-transaction-settlement-date"] || !m.dated && !t.dated
		broken["C19-instructing-agent"] = broken["C19-instructing-agent"] || m.agents && t.agents
		for rule := range t.broken() {
			broken[rule] = true
		}
	}
	broken["C27-number-of-transactions"] = m.number != len(m.transactions)
	if m.total != "" {
		total, _ := new(big.Rat).SetString(m.total)
		broken["C43-total-settlement-amount-and-date"] = !m.dated
		broken["C45-total-settlement-amount"] = mixed
		broken["C44-total-settlement-amount-and-sum"] = !mixed && total.Cmp(sum) != 0
	}
	if m.control != "" {
		control, _ := new(big.Rat).SetString(m.control)
		broken["control-sum"] = control.Cmp(sum) != 0
	}
	var rules []string
	for rule, is := range broken {
		if is {
			rules = append(rules, rule)
		}
	}
	slices.Sort(rules)
	return rules
}

func (t transaction) broken() map[string]bool {
	broken := map[string]bool{}
	add := func(rule string, is bool) {
		if is {
			broken[rule] = true
		}
	}
	add("C15-instructed-amount-and-exchange-rate-1", t.instructed != "" && t.instructed != t.currency && t.exchange == "")
	add("C16-instructed-amount-and-exchange-rate-2", t.instructed == t.currency && t.exchange != "")
	add("C17-instructed-amount-and-exchange-rate-3", t.instructed == "" && t.exchange != "")
	add("C5-charge-bearer-and-charges-information", t.bearer == "CRED" && !t.charges)
	add("C7-charges-information-and-instructed-amount", t.charges && t.instructed == "")
	add("C46-transaction-identification-presence", t.ids == "")
	return broken
}

// TestTransfersAgainstAModel: what is found in payments of every combination is
// what the words of the standard say.
func TestTransfersAgainstAModel(t *testing.T) {
	currencies := rapid.SampledFrom([]string{"EUR", "EUR", "EUR", "USD"})
	cents := func(n int64) string {
		return strings.TrimSuffix(new(big.Rat).SetFrac64(n, 100).FloatString(2), "0")
	}
	rapid.Check(t, func(t *rapid.T) {
		m := transfer{
			currency: "EUR", dated: rapid.Bool().Draw(t, "dated"), agents: rapid.Bool().Draw(t, "agents"),
		}
		sum := int64(0)
		for i := range rapid.IntRange(1, 4).Draw(t, "transactions") {
			draw := func(name string) string { return name + strconv.Itoa(i) }
			amount := rapid.Int64Range(0, 1e15).Draw(t, draw("amount"))
			sum += amount
			m.transactions = append(m.transactions, transaction{
				amount: cents(amount), currency: currencies.Draw(t, draw("currency")),
				dated: rapid.Bool().Draw(t, draw("dated")), agents: rapid.Bool().Draw(t, draw("agents")),
				instructed: rapid.SampledFrom([]string{"", "EUR", "USD"}).Draw(t, draw("instructed")),
				exchange:   rapid.SampledFrom([]string{"", "1.1"}).Draw(t, draw("exchange")),
				charges:    rapid.Bool().Draw(t, draw("charges")),
				bearer:     rapid.SampledFrom([]string{"CRED", "DEBT", "SHAR", "SLEV"}).Draw(t, draw("bearer")),
				ids: rapid.SampledFrom([]string{
					"", "<TxId>T</TxId>", "<UETR>8a562c67-ca16-48ba-b074-65581be6f001</UETR>",
				}).Draw(t, draw("ids")),
			})
		}
		off := rapid.SampledFrom([]int64{0, 0, 1})
		m.number = len(m.transactions) + int(off.Draw(t, "number"))
		if rapid.Bool().Draw(t, "controlled") {
			m.control = cents(sum + off.Draw(t, "control"))
		}
		if rapid.Bool().Draw(t, "totalled") {
			m.total = cents(sum + off.Draw(t, "total"))
		}
		findings := rules.Check(new(wire.Reader).Read([]byte(m.xml())), rules.Options{})
		var found []string
		for _, f := range findings {
			if found = append(found, f.Rule); f.Layer != wire.Business {
				t.Fatalf("%v in %s", f, m.xml())
			}
		}
		slices.Sort(found)
		if found, want := slices.Compact(found), m.broken(); !slices.Equal(found, want) {
			t.Fatalf("found %q, want %q in %+v", found, want, m)
		}
	})
}

// TestSpellings: the same message in its canonical form breaks the same rules in
// the same places.
func TestSpellings(t *testing.T) {
	for _, name := range []string{"pacs.008.001.09", "pacs.004.001.10", "camt.053.001.08", "pain.001.001.10"} {
		wrong := strings.NewReplacer("HKD", "QQD", "<NbOfTxs>2", "<NbOfTxs>7", "AAAAHKHH", "AAAAQQHH")
		message := wrong.Replace(base(t, name))
		m := new(wire.Reader).Read([]byte(message))
		canonical := m.Document().AppendXML(nil)
		found, paths := titles(message, rules.Options{})
		again, pathsAgain := titles(string(canonical), rules.Options{})
		if len(found) < 3 {
			t.Errorf("%s: only %q", name, found)
		}
		both := func(found, paths []string) []string {
			joined := make([]string, len(found))
			for i := range found {
				joined[i] = found[i] + " " + paths[i]
			}
			slices.Sort(joined)
			return joined
		}
		if !slices.Equal(both(found, paths), both(again, pathsAgain)) {
			t.Errorf("%s: %q at %q\n%q at %q", name, found, paths, again, pathsAgain)
		}
	}
}

// TestFindingsInJSON: a message that comes as JSON breaks the same rules in the
// same places, on no line.
func TestFindingsInJSON(t *testing.T) {
	places := func(m *wire.Message, line func(wire.Finding) bool) []string {
		var told []string
		tell := func(f wire.Finding) {
			if !line(f) {
				t.Errorf("%s", f)
			}
			told = append(told, f.Rule+" "+f.Path)
		}
		for _, f := range rules.Check(m, rules.Options{Profile: load(t, "cbpr+"), At: day(2026, 11, 25), Warn: tell}) {
			tell(f)
		}
		slices.Sort(told)
		return told
	}
	for _, name := range bases(t) {
		wrong := strings.NewReplacer("HKD", "QQD", "<NbOfTxs>2", "<NbOfTxs>7", "AAAAHKHH", "AAAAQQHH")
		m := new(wire.Reader).Read([]byte(wrong.Replace(base(t, name))))
		want := places(m, func(f wire.Finding) bool { return f.Line > 1 })
		again := new(wire.Reader).ReadAny(m.AppendJSON(nil))
		got := places(again, func(f wire.Finding) bool { return f.Line == 0 })
		if !slices.Equal(got, want) || len(want) == 0 {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
