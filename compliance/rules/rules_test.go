package rules_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/compliance/rules"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022/isotest"
	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/money"
)

const message = `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.13"><FIToFICstmrCdtTrf><GrpHdr><MsgId>M1</MsgId>` +
	`<CreDtTm>2026-07-21T10:15:30+08:00</CreDtTm><NbOfTxs>1</NbOfTxs><SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr>` +
	`<CdtTrfTxInf><PmtId><EndToEndId>E1</EndToEndId></PmtId><IntrBkSttlmAmt Ccy="HKD">73.79</IntrBkSttlmAmt>` +
	`<ChrgBr>SHAR</ChrgBr><Dbtr><Nm>Example Mei</Nm></Dbtr><DbtrAgt><FinInstnId><BICFI>HARBHKHH</BICFI></FinInstnId></DbtrAgt>` +
	`<CdtrAgt><FinInstnId><BICFI>SAKUJPJT</BICFI></FinInstnId></CdtrAgt><Cdtr><Nm>Tea &amp; Cake House</Nm>` +
	`<PstlAdr><TwnNm>Tokyo</TwnNm><Ctry>JP</Ctry><AdrLine>one</AdrLine><AdrLine>two</AdrLine></PstlAdr></Cdtr></CdtTrfTxInf></FIToFICstmrCdtTrf></Document>`

func tea() rules.Facts {
	return rules.Facts{
		At: time.Date(2026, 7, 21, 2, 15, 30, 0, time.UTC), PayerCountry: "HK", MerchantCountry: "JP", Product: "PaymentCode",
		WalletID: "HK-WALLET", AcquirerID: "JP-ACQUIRER", MerchantCategory: "5812",
		Amount: money.New(1500, "JPY"), PayerAmount: money.New(7379, "HKD"), Worth: money.New(820, "EUR"),
		Message: func() ([]byte, error) { return []byte(message), nil },
	}
}

func set(t testing.TB, list ...rules.Rule) *rules.Set {
	t.Helper()
	s, err := rules.NewSet(list)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestExpressions(t *testing.T) {
	for expression, want := range map[string]bool{
		`worth > 819`:                                       true,
		`worth > 820`:                                       false,
		`amount == 1500 && currency == "JPY"`:               true,
		`payer_amount < 7379`:                               false,
		`payer_currency in ["HKD", "SGD"]`:                  true,
		`payer_country + "-" + merchant_country == "HK-JP"`: true,
		`mcc.startsWith("58") && product == "PaymentCode"`:  true,
		`wallet == "HK-WALLET" && acquirer.endsWith("R")`:   true,
		`at.getHours("Asia/Tokyo") == 11`:                   true,
		`at < timestamp("2026-01-01T00:00:00Z")`:            false,
		`iso.CdtTrfTxInf[0].Cdtr.Nm == "Tea & Cake House"`:  true,
		`iso.CdtTrfTxInf.exists(t, t.IntrBkSttlmAmt.Ccy == "HKD" && t.IntrBkSttlmAmt.Value == "73.79")`: true,
		`size(iso.CdtTrfTxInf[0].Cdtr.PstlAdr.AdrLine) == 2`:                                            true,
		`has(iso.CdtTrfTxInf[0].UltmtDbtr)`:                                                             false,
		`iso.CdtTrfTxInf[0].Cdtr.Nm.matches("(?i)casino|bet")`:                                          false,
		`iso.GrpHdr.NbOfTxs == "1"`:                                                                     true,
	} {
		verdict := set(t, rules.Rule{Name: "x", When: expression, Then: rules.Hold}).Apply(t.Context(), tea())
		if got := verdict.Outcome == rules.Hold; got != want || slices.ContainsFunc(verdict.Hits, func(h rules.Hit) bool { return h.Failure != "" }) {
			t.Errorf("%s: %+v", expression, verdict)
		}
	}
}

// What cannot be decided counts as a hit, and says so without a value of the
// payment.
func TestUndecided(t *testing.T) {
	broken := tea()
	broken.Message = func() ([]byte, error) { return nil, errors.New("lost") }
	invalid := tea()
	invalid.Message = func() ([]byte, error) { return []byte("<x/>"), nil }
	none := tea()
	none.Message = nil
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx   context.Context
		when  string
		facts rules.Facts
		want  string
	}{
		"no such element": {t.Context(), `iso.CdtTrfTxInf[0].UltmtDbtr.Nm == "x"`, tea(), "does not have"},
		"no second":       {t.Context(), `iso.CdtTrfTxInf[1].Dbtr.Nm == "x"`, tea(), "does not have"},
		"no number":       {t.Context(), `int(iso.CdtTrfTxInf[0].Cdtr.Nm) > 3`, tea(), "does not have"},
		"division":        {t.Context(), `1 / (worth - 820) > 3`, tea(), "does not have"},
		"no bool":         {t.Context(), `iso.GrpHdr.MsgId`, tea(), "does not have"},
		"overflow":        {t.Context(), `worth * 9223372036854775807 > 3`, tea(), "does not have"},
		"lost message":    {t.Context(), `iso.GrpHdr.MsgId == "M1"`, broken, "does not have"},
		"another message": {t.Context(), `iso.GrpHdr.MsgId == "M1"`, invalid, "does not have"},
		"no message":      {t.Context(), `iso.GrpHdr.MsgId == "M1"`, none, "does not have"},
		"lost, guarded":   {t.Context(), `has(iso.CdtTrfTxInf)`, broken, "does not have"},
		"other, guarded":  {t.Context(), `has(iso.CdtTrfTxInf)`, invalid, "does not have"},
		"lost, any":       {t.Context(), `"GrpHdr" in iso || worth > 820`, broken, "does not have"},
		"too long": {t.Context(), `[1,2,3,4,5,6,7,8,9,10].all(a, [1,2,3,4,5,6,7,8,9,10].all(b, ` + strings.Repeat(`a + b > -`, 1) + `1 && ` +
			strings.Repeat(`"aaaaaaaaaaaaaaaaaaaa".contains("b") == false && `, 70) + `true))`, tea(), "too long"},
		"time is over": {ended, strings.Repeat(`[1,2,3,4,5,6,7,8,9].all(a, [1,2,3,4,5,6,7,8,9].all(b, a + b > 0)) && `, 3) + `true`, tea(), "too long"},
	} {
		verdict := set(t, rules.Rule{Name: "x", When: c.when, Then: rules.Reject}).Apply(c.ctx, c.facts)
		if verdict.Outcome != rules.Reject || len(verdict.Hits) != 1 || !strings.Contains(verdict.Hits[0].Failure, c.want) {
			t.Errorf("%s: %+v", name, verdict)
		}
	}
	guarded := set(t, rules.Rule{Name: "x", When: `has(iso.CdtTrfTxInf) && iso.CdtTrfTxInf[0].Dbtr.Nm == "x"`, Then: rules.Hold})
	if verdict := guarded.Apply(t.Context(), none); verdict.Outcome != rules.Pass || verdict.Hits != nil {
		t.Errorf("guarded: %+v", verdict)
	}
	// What decides without the message needs none.
	other := set(t, rules.Rule{Name: "x", When: `worth > 820 && has(iso.CdtTrfTxInf)`, Then: rules.Hold})
	if verdict := other.Apply(t.Context(), broken); verdict.Outcome != rules.Pass || verdict.Hits != nil {
		t.Errorf("decided by the worth: %+v", verdict)
	}
}

// The strictest outcome counts, with the reason of the first rule that wants it.
func TestVerdict(t *testing.T) {
	s := set(t,
		rules.Rule{Name: "hold", When: `worth > 0`, Then: rules.Hold},
		rules.Rule{Name: "limit", When: `worth > 500`, Then: rules.Reject, Reason: "AmountLimit"},
		rules.Rule{Name: "never", When: `worth < 0`, Then: rules.Reject},
		rules.Rule{Name: "risk", When: `true`, Then: rules.Reject},
	)
	verdict := s.Apply(t.Context(), tea())
	if verdict.Outcome != rules.Reject || verdict.Reason != reason.AmountLimit || len(verdict.Hits) != 3 {
		t.Errorf("%+v", verdict)
	}
	small := tea()
	small.Worth.Minor = 0
	if verdict := s.Apply(t.Context(), small); verdict.Reason != reason.RiskRejected || verdict.Hits[0].Rule != "risk" {
		t.Errorf("%+v", verdict)
	}
	if verdict := set(t).Apply(t.Context(), tea()); verdict.Outcome != rules.Pass || verdict.Reason != reason.None {
		t.Errorf("no rules: %+v", verdict)
	}
}

// What makes no sense is refused when it is written, with the place.
func TestRefused(t *testing.T) {
	good := rules.Rule{Name: "x", When: "true", Then: rules.Hold}
	with := func(when string) []rules.Rule { return []rules.Rule{{Name: "x", When: when, Then: rules.Hold}} }
	for want, list := range map[string][]rules.Rule{
		"more than 200":              slices.Repeat([]rules.Rule{good}, 201),
		"is no name":                 {{When: "true", Then: rules.Hold}},
		"that of another":            {good, good},
		"not HOLD or REJECT":         {{Name: "x", When: "true", Then: rules.Pass}},
		"not one to refuse for":      {{Name: "x", When: "true", Then: rules.Hold, Reason: "InProcess"}},
		`reason "None" is not`:       {{Name: "x", When: "true", Then: rules.Reject, Reason: "None"}},
		`reason "Whatever"`:          {{Name: "x", When: "true", Then: rules.Hold, Reason: "Whatever"}},
		"undeclared reference":       with("colour == 3"),
		"no matching overload":       with(`worth == "3"`),
		"Syntax error":               with("worth >"),
		"the expression is a int":    with("worth + 1"),
		"expression code point":      with(strings.Repeat(" ", 5000) + "true"),
		"invalid matches argument":   with(`product.matches("(")`),
		"comprehension exceeds":      with(`[1].all(a, [1].all(b, [1].all(c, true)))`),
		"recursion limit exceeded":   with(strings.Repeat("(", 300) + "true" + strings.Repeat(")", 300)),
		"undeclared reference to 'e": with(`exec("ls")`),
	} {
		if _, err := rules.NewSet(list); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := rules.NewSet(with("worth > 1\n && nothing")); err == nil || !strings.Contains(err.Error(), ":2:") {
		t.Errorf("the place: %v", err)
	}
}

func TestVariables(t *testing.T) {
	for _, v := range rules.Variables() {
		if v.Text == "" || v.Type == "" {
			t.Errorf("%+v", v)
		}
		if _, err := rules.NewSet([]rules.Rule{{Name: "x", When: v.Name + " == " + v.Name, Then: rules.Hold}}); err != nil {
			t.Errorf("%s: %v", v.Name, err)
		}
	}
}

// A report of what would change names what each rule does.
func TestCompare(t *testing.T) {
	old := set(t, rules.Rule{Name: "old", When: "worth >= 10", Then: rules.Reject})
	candidate := set(t,
		rules.Rule{Name: "large", When: "worth >= 15", Then: rules.Reject},
		rules.Rule{Name: "odd", When: "worth % 2 == 1", Then: rules.Hold},
		rules.Rule{Name: "lost", When: `iso.X == "1"`, Then: rules.Hold},
		rules.Rule{Name: "never", When: "worth < 0", Then: rules.Hold},
	)
	cases := func(yield func(rules.Case) bool) {
		for worth := range int64(20) {
			facts := rules.Facts{Worth: money.New(worth, "EUR")}
			if worth != 4 {
				facts.Message = func() ([]byte, error) { return []byte(strings.Replace(message, "<X/>", "", 1)), nil }
			}
			if !yield(rules.Case{ID: fmt.Sprint("P", worth), Facts: facts}) {
				return
			}
		}
	}
	report := rules.Compare(t.Context(), old, candidate, cases)
	if report.Payments != 20 || report.Changes[rules.Change{From: rules.Reject, To: rules.Hold}] != 5 ||
		report.Changes[rules.Change{From: rules.Pass, To: rules.Hold}] != 10 {
		t.Errorf("%+v", report.Changes)
	}
	got := ""
	for _, effect := range report.Rules {
		got += fmt.Sprintf("%s %s %d %d %d; ", effect.Rule, effect.Then, effect.Hits, effect.Failures, len(effect.Samples))
	}
	if got != "large REJECT 5 0 5; odd HOLD 10 0 10; lost HOLD 20 20 10; never HOLD 0 0 0; " {
		t.Error(got)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if report := rules.Compare(ended, nil, candidate, cases); report.Payments != 0 || len(report.Rules) != 4 {
		t.Errorf("after the end: %+v", report)
	}
}

// Rules can look into every valid message without falling over.
func FuzzMessages(f *testing.F) {
	f.Add(uint64(1))
	f.Add(uint64(7))
	s := set(f, rules.Rule{Name: "x", When: `iso.CdtTrfTxInf.all(t, has(t.PmtId.EndToEndId) && t.IntrBkSttlmAmt.Ccy.size() == 3)`, Then: rules.Hold})
	definition := schema.Lookup("pacs.008.001.13")
	f.Fuzz(func(t *testing.T, seed uint64) {
		text := isotest.Message(rand.New(rand.NewPCG(seed, 1)), definition, isotest.Styles[seed%uint64(len(isotest.Styles))])
		facts := rules.Facts{Message: func() ([]byte, error) { return text, nil }}
		if verdict := s.Apply(t.Context(), facts); verdict.Outcome != rules.Hold || verdict.Hits[0].Failure != "" {
			t.Errorf("%+v\n%s", verdict, text)
		}
	})
}

func BenchmarkApply(b *testing.B) {
	for name, list := range map[string][]rules.Rule{
		"plain": {{Name: "a", When: `worth > 100000 && merchant_country in ["AA", "BB"]`, Then: rules.Hold}},
		"iso":   {{Name: "a", When: `iso.CdtTrfTxInf[0].Cdtr.Nm.contains("Casino")`, Then: rules.Hold}},
	} {
		s := set(b, list...)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.Apply(context.Background(), tea())
			}
		})
	}
}
