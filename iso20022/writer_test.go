package iso20022_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

var (
	someUETR = iso20022.UETR{0xeb, 0x62, 0x35, 0x64, 5: 0x5c, 6: 0x4f, 7: 0x11, 8: 0xa0, 15: 0x2a}
	someTime = time.Date(2026, 4, 13, 2, 30, 0, 500_000_000, time.UTC)
)

// transfer is a payer of a Hong Kong wallet who pays a merchant in Japan.
func transfer() iso20022.CreditTransfer {
	return iso20022.CreditTransfer{
		MessageID: "M-1", CreatedAt: someTime, ExpiresAt: someTime.Add(10 * time.Minute),
		InstructingAgent: iso20022.Agent{OtherID: "CAUSEWAY"}, InstructedAgent: iso20022.Agent{OtherID: "HK-WALLET"},
		InstructionID: "I-1", EndToEndID: "E-1", TransactionID: "T-1", UETR: someUETR, ClearingReference: "R-1",
		LocalInstrument: "PaymentCode", MerchantCategory: "5812",
		SettlementAmount: money.New(7422, "HKD"), SettlementDate: time.Date(2026, 4, 14, 0, 0, 0, 0, time.UTC),
		InstructedAmount: money.New(1500, "JPY"),
		Rate: &iso20022.AgreedRate{
			Rate:     money.Rate{Base: "HKD", Quote: "JPY", Mantissa: 20210123, Scale: 6},
			QuotedAt: someTime, QuoteID: someUETR,
		},
		Debtor:        iso20022.Party{OtherID: "payer-1"},
		DebtorAccount: iso20022.Account{ProxyType: "TOKN", ProxyID: "281006020000001234"},
		DebtorAgent:   iso20022.Agent{OtherID: "HK-WALLET"},
		Creditor:      iso20022.Party{Name: "Kiku & Söhne <Ueno>", Town: "Tokyo", Country: "JP", OtherID: "SHOP-7"},
		CreditorAgent: iso20022.Agent{BIC: "CWAYJPJT", OtherID: "JP-ACQUIRER"},
		Remittance:    "Two bowls",
		Supplementary: []byte("{\"order\":\"<A&B>\",\"table\":\"at the window\"}\r\n"),
	}
}

// Values that a codec over floating point gets wrong.
func TestAmountsAreExact(t *testing.T) {
	tests := []struct {
		amount money.Amount
		want   string
	}{
		{money.New(100000000, "IDR"), `Ccy="IDR">1000000.00<`},
		{money.New(21000000, "JPY"), `Ccy="JPY">21000000<`},
		{money.New(12345678901234567, "EUR"), `Ccy="EUR">123456789012345.67<`},
		{money.New(999999999999999999, "JPY"), `Ccy="JPY">999999999999999999<`},
		{money.New(999999999999999999, "EUR"), `Ccy="EUR">9999999999999999.99<`},
		{money.New(9007199254740993, "JPY"), `Ccy="JPY">9007199254740993<`},
		{money.New(100000000000000001, "EUR"), `Ccy="EUR">1000000000000000.01<`},
		{money.New(30, "EUR"), `Ccy="EUR">0.30<`},
		{money.New(1, "KWD"), `Ccy="KWD">0.001<`},
		{money.New(1, "CLF"), `Ccy="CLF">0.0001<`},
		{money.New(0, "EUR"), `Ccy="EUR">0.00<`},
	}
	for _, tt := range tests {
		m := transfer()
		m.SettlementAmount, m.InstructedAmount, m.Rate = tt.amount, tt.amount, nil
		data, err := m.AppendXML(nil)
		if err != nil || strings.Count(string(data), tt.want) != 2 {
			t.Errorf("%s: %v\n%s", tt.amount, err, data)
			continue
		}
		back, err := iso20022.ParseCreditTransfer(data)
		if err != nil || back.SettlementAmount != tt.amount {
			t.Errorf("%s came back as %s, %v", tt.amount, back.SettlementAmount, err)
		}
	}
}

func TestExchangeRateFollowsTheAgreedRate(t *testing.T) {
	tests := []struct {
		rate money.Rate
		want string
	}{
		{money.Rate{Base: "HKD", Quote: "JPY", Mantissa: 20210123, Scale: 6}, "0.0494801541"},
		{money.Rate{Base: "JPY", Quote: "HKD", Mantissa: 5, Scale: 2}, "0.05"},
		{money.Rate{Base: "HKD", Quote: "JPY", Mantissa: 20}, "0.05"},
	}
	for _, tt := range tests {
		m := transfer()
		m.Rate.Rate = tt.rate
		data, err := m.AppendXML(nil)
		if err != nil || !strings.Contains(string(data), "<XchgRate>"+tt.want+"</XchgRate>") {
			t.Errorf("%s: %v, want %s\n%s", tt.rate, err, tt.want, data)
		}
	}
}

const (
	header      = "FIToFICstmrCdtTrf/GrpHdr"
	transaction = "FIToFICstmrCdtTrf/CdtTrfTxInf"
)

func TestWriterRefuses(t *testing.T) {
	type M = iso20022.CreditTransfer
	tests := []struct {
		path   string
		change func(m *M)
	}{
		{header + "/MsgId", func(m *M) { m.MessageID = strings.Repeat("x", 36) }},
		{header + "/MsgId", func(m *M) { m.MessageID = "" }},
		{header + "/MsgId", func(m *M) { m.MessageID = "a\x00b" }},
		{header + "/MsgId", func(m *M) { m.MessageID = "a\nb" }},
		{header + "/MsgId", func(m *M) { m.MessageID = "a\u0085b" }},
		{header + "/MsgId", func(m *M) { m.MessageID = "a\uffff" }},
		{header + "/MsgId", func(m *M) { m.MessageID = "a\xff" }},
		{header + "/CreDtTm", func(m *M) { m.CreatedAt = time.Time{} }},
		{header + "/CreDtTm", func(m *M) { m.CreatedAt = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }},
		{header + "/XpryDtTm", func(m *M) { m.ExpiresAt = time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC) }},
		{transaction + "/PmtId/EndToEndId", func(m *M) { m.EndToEndID = "" }},
		{transaction + "/PmtId/UETR", func(m *M) { m.UETR = iso20022.UETR{} }},
		{transaction + "/PmtId/UETR", func(m *M) { m.UETR[6] = 0x7f }},
		{transaction + "/PmtId/UETR", func(m *M) { m.UETR[8] = 0x1f }},
		{transaction + "/PmtTpInf/CtgyPurp/Prtry", func(m *M) { m.MerchantCategory = strings.Repeat("5", 36) }},
		{transaction + "/IntrBkSttlmAmt", func(m *M) { m.SettlementAmount.Minor = -1 }},
		{transaction + "/IntrBkSttlmAmt", func(m *M) { m.SettlementAmount.Minor = 1e18 }},
		{transaction + "/IntrBkSttlmDt", func(m *M) { m.SettlementDate = time.Date(1, 2, 3, 0, 0, 0, 0, time.UTC) }},
		{transaction + "/IntrBkSttlmAmt", func(m *M) {
			m.SettlementAmount, m.InstructedAmount, m.Rate = money.Amount{}, money.Amount{}, nil
		}},
		{transaction + "/IntrBkSttlmAmt", func(m *M) {
			m.SettlementAmount.Currency, m.InstructedAmount.Currency, m.Rate = "DEM", "DEM", nil
		}},
		{transaction + "/XchgRate", func(m *M) { m.Rate.Rate.Mantissa = 0 }},
		{transaction + "/XchgRate", func(m *M) { m.Rate.Rate.Scale = 255 }},
		{transaction + "/AgrdRate/PreAgrdXchgRate", func(m *M) { m.Rate.Rate.Mantissa, m.Rate.Rate.Scale = 123456789012, 8 }},
		{transaction + "/AgrdRate/PreAgrdXchgRate", func(m *M) { m.Rate.Rate.Mantissa, m.Rate.Rate.Scale = 12345678901, 11 }},
		{transaction + "/AgrdRate/QtId", func(m *M) { m.Rate.QuoteID[6] = 0x1f }},
		{"", func(m *M) { m.Rate = nil }},
		{"", func(m *M) { m.Rate.Rate.Quote = "USD" }},
		{"", func(m *M) { m.InstructedAmount.Currency = "HKD" }},
		{transaction + "/DbtrAcct/Prxy/Id", func(m *M) { m.DebtorAccount.ProxyID = "" }},
		{transaction + "/DbtrAcct/Prxy/Id", func(m *M) { m.DebtorAccount.ProxyID = strings.Repeat("x", 2049) }},
		{transaction + "/DbtrAcct/Prxy/Tp/Cd", func(m *M) { m.DebtorAccount.ProxyType = "TOKEN" }},
		{transaction + "/CdtrAcct/Id/Othr/Id", func(m *M) { m.CreditorAccount.ID = strings.Repeat("x", 35) }},
		{transaction + "/DbtrAgt", func(m *M) { m.DebtorAgent = iso20022.Agent{} }},
		{transaction + "/CdtrAgt/FinInstnId/BICFI", func(m *M) { m.CreditorAgent.BIC = "cwayjpjt" }},
		{transaction + "/CdtrAgt/FinInstnId/BICFI", func(m *M) { m.CreditorAgent.BIC = "CWAYJPJT1" }},
		{transaction + "/CdtrAgt/FinInstnId/BICFI", func(m *M) { m.CreditorAgent.BIC = "CWAY1PJT" }},
		{transaction + "/Cdtr/Nm", func(m *M) { m.Creditor.Name = strings.Repeat("é", 141) }},
		{transaction + "/Cdtr/PstlAdr/Ctry", func(m *M) { m.Creditor.Country = "Japan" }},
		{transaction + "/RmtInf/Ustrd", func(m *M) { m.Remittance = strings.Repeat("x", 141) }},
		{transaction + "/SplmtryData/Envlp", func(m *M) {
			m.Supplementary = make([]byte, iso20022.SupplementaryMax+1)
		}},
	}
	for i, tt := range tests {
		m := transfer()
		tt.change(&m)
		checkRefused(t, i, m, tt.path)
	}
}

func checkRefused(t *testing.T, i int, m writable, path string) {
	t.Helper()
	before := []byte("before")
	data, err := m.AppendXML(before)
	var refusal *iso20022.Error
	if !errors.As(err, &refusal) {
		t.Errorf("case %d: error %v", i, err)
		return
	}
	if refusal.Path != path || refusal.Message != iso20022.MessageName(m) || refusal.Problem == "" {
		t.Errorf("case %d: refused %q at %q, want %q", i, refusal.Problem, refusal.Path, path)
	}
	if string(data) != "before" {
		t.Errorf("case %d: left %q", i, data)
	}
}

// Lengths are counted in characters, not in bytes.
func TestLengthsCountCharacters(t *testing.T) {
	m := transfer()
	m.Creditor.Name = strings.Repeat("ก", 140)
	if _, err := m.AppendXML(nil); err != nil {
		t.Error(err)
	}
}

func TestOtherWritersRefuse(t *testing.T) {
	report := iso20022.StatusReport{MessageID: "M", CreatedAt: someTime, Status: iso20022.Rejected, Reason: "AM04"}
	change := func(f func(r *iso20022.StatusReport)) iso20022.StatusReport { r := report; f(&r); return r }
	answer := iso20022.CancellationAnswer{AssignmentID: "A", CreatedAt: someTime,
		Assigner: iso20022.Agent{OtherID: "X"}, Assignee: iso20022.Agent{OtherID: "Y"}}
	confirmed := func(code, why string) iso20022.CancellationAnswer {
		a := answer
		a.Confirmation, a.Reason = code, why
		return a
	}
	entry := iso20022.BookedEntry{Amount: money.New(1, "EUR")}
	tests := []struct {
		path  string
		value writable
	}{
		{"", change(func(r *iso20022.StatusReport) { r.Reason = "" })},
		{"", change(func(r *iso20022.StatusReport) { r.Status = "ACCC" })},
		{"", change(func(r *iso20022.StatusReport) { r.Status = "" })},
		{"", change(func(r *iso20022.StatusReport) { r.Reason = "NARR" })},
		{"FIToFIPmtStsRpt/TxInfAndSts/StsRsnInf/Rsn/Cd", change(func(r *iso20022.StatusReport) { r.Reason = "AM4" })},
		{"FIToFIPmtStsRpt/TxInfAndSts/StsRsnInf/Rsn/Cd", change(func(r *iso20022.StatusReport) { r.Reason = "am04" })},
		{"FIToFIPmtStsRpt/TxInfAndSts/StsRsnInf/AddtlInf",
			change(func(r *iso20022.StatusReport) { r.ReasonText = strings.Repeat("x", 106) })},
		{"FIToFIPmtStsRpt/TxInfAndSts/OrgnlGrpInf/OrgnlMsgNmId",
			change(func(r *iso20022.StatusReport) { r.OriginalMessageID = "M-0" })},
		{"FIToFIPmtStsRpt/TxInfAndSts/OrgnlUETR",
			change(func(r *iso20022.StatusReport) { r.OriginalUETR = iso20022.UETR{1} })},
		{"", confirmed("MAYB", "")},
		{"", confirmed("RJCR", "")},
		{"",
			iso20022.PaymentReturn{MessageID: "M", CreatedAt: someTime, ReturnID: "R", ReturnedAmount: money.New(1, "EUR")}},
		{"", iso20022.CancellationRequest{AssignmentID: "A", CreatedAt: someTime}},
		{"FIToFIPmtCxlReq/Assgnmt/Assgnr/Agt",
			iso20022.CancellationRequest{AssignmentID: "A", CreatedAt: someTime, Reason: "CUST"}},
		{"", iso20022.Notification{Currency: "JPY", Entries: []iso20022.BookedEntry{entry}}},
		{"BkToCstmrDbtCdtNtfctn/Ntfctn/Acct/Ccy",
			iso20022.Notification{MessageID: "M", CreatedAt: someTime, NotificationID: "N", AccountID: "A", Currency: "XXX"}},
		{"FICdtTrf/CdtTrfTxInf/PmtId/UETR",
			iso20022.InstitutionTransfer{MessageID: "M", CreatedAt: someTime, EndToEndID: "E"}},
		{"FIToFIPmtStsReq/GrpHdr/MsgId", iso20022.StatusRequest{CreatedAt: someTime}},
	}
	for i, tt := range tests {
		checkRefused(t, i, tt.value, tt.path)
	}
}

func TestMessageTooLarge(t *testing.T) {
	m := iso20022.Notification{MessageID: "M", CreatedAt: someTime, NotificationID: "N", AccountID: "A", Currency: "EUR"}
	m.Entries = make([]iso20022.BookedEntry, 2000)
	for i := range m.Entries {
		m.Entries[i].Amount = money.New(int64(i), "EUR")
	}
	checkRefused(t, 0, m, "")
}

// Writing changes nothing in the value that it was given.
func TestWritingLeavesTheValueAlone(t *testing.T) {
	m := transfer()
	m.SettlementDate = time.Time{}
	m.Rate.Rate = money.Rate{Base: "HKD", Quote: "JPY", Mantissa: 2000, Scale: 2}
	if _, err := m.AppendXML(nil); err != nil {
		t.Fatal(err)
	}
	if m.Rate.Rate.Mantissa != 2000 || !m.SettlementDate.IsZero() {
		t.Errorf("changed to %v, %v", m.Rate.Rate, m.SettlementDate)
	}
}
