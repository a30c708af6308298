package iso20022_test

import (
	"time"
	"unicode"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

// kind is one message type as the tests see it, whatever its Go type.
type kind struct {
	name     string
	generate func(t *rapid.T) any
	write    func(value any, dst []byte) ([]byte, error)
	parse    func(data []byte) (any, error)
}

type writable interface {
	AppendXML(dst []byte) ([]byte, error)
}

func kindOf[M writable](name string, generate func(t *rapid.T) M, parse func([]byte) (M, error)) kind {
	return kind{
		name:     name,
		generate: func(t *rapid.T) any { return generate(t) },
		write:    func(value any, dst []byte) ([]byte, error) { return value.(M).AppendXML(dst) },
		parse:    func(data []byte) (any, error) { return parse(data) },
	}
}

var kinds = []kind{
	kindOf("pacs.008.001.13", creditTransfer, iso20022.ParseCreditTransfer),
	kindOf("pacs.002.001.15", statusReport, iso20022.ParseStatusReport),
	kindOf("pacs.004.001.14", paymentReturn, iso20022.ParsePaymentReturn),
	kindOf("pacs.028.001.06", statusRequest, iso20022.ParseStatusRequest),
	kindOf("camt.056.001.11", cancellationRequest, iso20022.ParseCancellationRequest),
	kindOf("camt.029.001.13", cancellationAnswer, iso20022.ParseCancellationAnswer),
	kindOf("pacs.009.001.12", institutionTransfer, iso20022.ParseInstitutionTransfer),
	kindOf("camt.054.001.13", notification, iso20022.ParseNotification),
	kindOf("camt.053.001.13", accountStatement, iso20022.ParseAccountStatement),
}

var letters = rapid.RuneFrom([]rune(`aZ09 <>&"'/-?:().,+;]]>#`),
	unicode.Latin, unicode.Thai, unicode.Han, unicode.Arabic, unicode.So)

func text(t *rapid.T, label string, limit int) string {
	return rapid.StringOfN(letters, 1, limit, -1).Draw(t, label)
}

func maybe(t *rapid.T, label string, limit int) string {
	if rapid.Bool().Draw(t, label+" given") {
		return text(t, label, limit)
	}
	return ""
}

func uetr(t *rapid.T, label string) iso20022.UETR {
	var u iso20022.UETR
	copy(u[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, label))
	u[6], u[8] = u[6]&0x0f|0x40, u[8]&0x3f|0x80
	return u
}

func maybeUETR(t *rapid.T, label string) iso20022.UETR {
	if rapid.Bool().Draw(t, label+" given") {
		return uetr(t, label)
	}
	return iso20022.UETR{}
}

func instant(t *rapid.T, label string) time.Time {
	seconds := rapid.Int64Range(0, 253402214400-86400).Draw(t, label)
	nanoseconds := rapid.SampledFrom([]int64{0, 1, 1e3, 120e6, 999999999}).Draw(t, label+" fraction")
	zone := rapid.SampledFrom([]int{0, 0, 8 * 3600, 5*3600 + 1800, -11 * 3600, 14 * 3600, 3601}).Draw(t, label+" zone")
	at := time.Unix(seconds, nanoseconds).In(time.FixedZone("", zone))
	if at.Year() < 1970 {
		return at.UTC()
	}
	return at
}

func maybeInstant(t *rapid.T, label string) time.Time {
	if rapid.Bool().Draw(t, label+" given") {
		return instant(t, label)
	}
	return time.Time{}
}

func date(t *rapid.T, label string) time.Time {
	return time.Unix(86400*rapid.Int64Range(0, 2932895).Draw(t, label), 0).UTC()
}

func currency(t *rapid.T, label string) money.Currency {
	return rapid.SampledFrom([]money.Currency{"JPY", "IDR", "HKD", "KWD", "CLF", "EUR", "THB"}).Draw(t, label)
}

func amountIn(t *rapid.T, label string, c money.Currency) money.Amount {
	minor := rapid.OneOf(rapid.Int64Range(0, 1e6), rapid.Int64Range(0, 1e18-1)).Draw(t, label)
	return money.New(minor, c)
}

func agent(t *rapid.T, label string) iso20022.Agent {
	var a iso20022.Agent
	if rapid.Bool().Draw(t, label+" has BIC") {
		a.BIC = rapid.StringMatching(`[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?`).Draw(t, label+" BIC")
	}
	if a.BIC == "" || rapid.Bool().Draw(t, label+" has id") {
		a.OtherID = text(t, label+" id", 35)
	}
	return a
}

func maybeAgent(t *rapid.T, label string) iso20022.Agent {
	if rapid.Bool().Draw(t, label+" given") {
		return agent(t, label)
	}
	return iso20022.Agent{}
}

func party(t *rapid.T, label string) iso20022.Party {
	p := iso20022.Party{
		Name:    maybe(t, label+" name", 140),
		Town:    maybe(t, label+" town", 140),
		OtherID: maybe(t, label+" id", 256),
	}
	if rapid.Bool().Draw(t, label+" has country") {
		p.Country = rapid.StringMatching(`[A-Z]{2}`).Draw(t, label+" country")
	}
	return p
}

func account(t *rapid.T, label string) iso20022.Account {
	a := iso20022.Account{ID: maybe(t, label, 34), ProxyID: maybe(t, label+" proxy", 2048)}
	if a.ProxyID != "" && rapid.Bool().Draw(t, label+" has proxy type") {
		a.ProxyType = "TOKN"
	}
	return a
}

// rate draws a rate between two currencies in either direction that fits the
// 11 digits both ways.
func rate(t *rapid.T, a, b money.Currency) money.Rate {
	if rapid.Bool().Draw(t, "rate direction") {
		a, b = b, a
	}
	r := money.Rate{Base: a, Quote: b, Mantissa: rapid.Int64Range(1, 1e9).Draw(t, "rate"),
		Scale: uint8(rapid.IntRange(0, 10).Draw(t, "rate scale"))}
	limited, err := r.Round(11, 10, money.HalfEven)
	if err != nil {
		t.Fatal(err)
	}
	return limited
}

func creditTransfer(t *rapid.T) iso20022.CreditTransfer {
	settlement, instructed := currency(t, "settlement currency"), currency(t, "instructed currency")
	m := iso20022.CreditTransfer{
		MessageID: text(t, "message id", 35), CreatedAt: instant(t, "created"), ExpiresAt: maybeInstant(t, "expires"),
		InstructingAgent: maybeAgent(t, "instructing"), InstructedAgent: maybeAgent(t, "instructed"),
		InstructionID: maybe(t, "instruction", 35), EndToEndID: text(t, "end to end", 35),
		TransactionID: maybe(t, "transaction", 35), UETR: uetr(t, "uetr"),
		ClearingReference: maybe(t, "clearing reference", 35),
		LocalInstrument:   maybe(t, "instrument", 35), MerchantCategory: maybe(t, "category", 35),
		SettlementAmount: amountIn(t, "settlement amount", settlement), SettlementDate: date(t, "date"),
		InstructedAmount: amountIn(t, "instructed amount", instructed),
		Debtor:           party(t, "debtor"), DebtorAccount: account(t, "debtor account"),
		DebtorAgent: agent(t, "debtor agent"),
		Creditor:    party(t, "creditor"), CreditorAccount: account(t, "creditor account"),
		CreditorAgent: agent(t, "creditor agent"), Remittance: maybe(t, "remittance", 140),
	}
	if settlement != instructed {
		m.Rate = &iso20022.AgreedRate{Rate: rate(t, instructed, settlement), QuotedAt: maybeInstant(t, "quoted"),
			QuoteID: maybeUETR(t, "quote id")}
	}
	switch rapid.IntRange(0, 2).Draw(t, "supplementary") {
	case 1:
		m.Supplementary = rapid.SliceOfN(rapid.Byte(), 1, 200).Draw(t, "bytes")
	case 2:
		m.Supplementary = []byte("\r\n\t{\"a\": \"<&>\"}\r" + text(t, "supplementary text", 200) + " ")
	}
	return m
}

var statuses = []iso20022.Status{"RCVD", "PDNG", "ACWP", "ACSP", "ACSC", "RJCT", "CANC"}

func statusReport(t *rapid.T) iso20022.StatusReport {
	m := iso20022.StatusReport{
		MessageID: text(t, "message id", 35), CreatedAt: instant(t, "created"),
		InstructingAgent: maybeAgent(t, "instructing"), InstructedAgent: maybeAgent(t, "instructed"),
		OriginalMessageID: maybe(t, "original", 35), OriginalInstruction: maybe(t, "instruction", 35),
		OriginalEndToEndID: maybe(t, "end to end", 35), OriginalTransaction: maybe(t, "transaction", 35),
		OriginalUETR: maybeUETR(t, "uetr"), AcceptedAt: maybeInstant(t, "accepted"),
		ClearingReference: maybe(t, "clearing reference", 35), ReasonText: maybe(t, "reason text", 105),
		Status: rapid.SampledFrom(statuses).Draw(t, "status"),
	}
	if m.OriginalMessageID != "" {
		m.OriginalMessageName = "pacs.008.001.13"
	}
	if m.Status == iso20022.Rejected {
		m.Reason = rapid.SampledFrom([]string{"AM04", "TM01", "AB04"}).Draw(t, "reason")
	}
	return m
}

func paymentReturn(t *rapid.T) iso20022.PaymentReturn {
	settlement, instructed := currency(t, "settlement currency"), currency(t, "instructed currency")
	m := iso20022.PaymentReturn{
		MessageID: text(t, "message id", 35), CreatedAt: instant(t, "created"),
		InstructingAgent: maybeAgent(t, "instructing"), InstructedAgent: maybeAgent(t, "instructed"),
		ReturnID:          text(t, "return", 35),
		OriginalMessageID: text(t, "original", 35), OriginalMessageName: "pacs.008.001.13",
		OriginalEndToEndID: maybe(t, "end to end", 35), OriginalTransaction: maybe(t, "transaction", 35),
		OriginalUETR: maybeUETR(t, "uetr"), OriginalAmount: amountIn(t, "original amount", settlement),
		ReturnedAmount: amountIn(t, "returned amount", settlement), SettlementDate: date(t, "date"),
		Reason: rapid.SampledFrom([]string{"CUST", "FOCR"}).Draw(t, "reason"),
	}
	if rapid.Bool().Draw(t, "instructed amount given") {
		m.InstructedAmount = amountIn(t, "instructed amount", instructed)
		if settlement != instructed {
			r := rate(t, instructed, settlement)
			m.Rate = &r
		}
	}
	return m
}

func statusRequest(t *rapid.T) iso20022.StatusRequest {
	return iso20022.StatusRequest{
		MessageID: text(t, "message id", 35), CreatedAt: instant(t, "created"),
		InstructingAgent: maybeAgent(t, "instructing"), InstructedAgent: maybeAgent(t, "instructed"),
		OriginalMessageID: text(t, "original", 35), OriginalMessageName: "pacs.008.001.13",
		OriginalInstruction: maybe(t, "instruction", 35), OriginalEndToEndID: maybe(t, "end to end", 35),
		OriginalTransaction: maybe(t, "transaction", 35), OriginalUETR: maybeUETR(t, "uetr"),
	}
}

func cancellationRequest(t *rapid.T) iso20022.CancellationRequest {
	m := iso20022.CancellationRequest{
		AssignmentID: text(t, "assignment", 35), CreatedAt: instant(t, "created"),
		Assigner: agent(t, "assigner"), Assignee: agent(t, "assignee"), CaseID: maybe(t, "case", 35),
		OriginalMessageID: text(t, "original", 35), OriginalMessageName: "pacs.008.001.13",
		OriginalEndToEndID: maybe(t, "end to end", 35), OriginalTransaction: maybe(t, "transaction", 35),
		OriginalUETR: maybeUETR(t, "uetr"), Reason: rapid.SampledFrom([]string{"CUST", "TECH"}).Draw(t, "reason"),
	}
	if rapid.Bool().Draw(t, "amount given") {
		m.OriginalAmount, m.OriginalDate = amountIn(t, "amount", currency(t, "currency")), date(t, "date")
	}
	return m
}

func cancellationAnswer(t *rapid.T) iso20022.CancellationAnswer {
	m := iso20022.CancellationAnswer{
		AssignmentID: text(t, "assignment", 35), CreatedAt: instant(t, "created"),
		Assigner: agent(t, "assigner"), Assignee: agent(t, "assignee"), CaseID: maybe(t, "case", 35),
		Confirmation:      rapid.SampledFrom([]string{"CNCL", "PDCR", "RJCR"}).Draw(t, "confirmation"),
		OriginalMessageID: text(t, "original", 35), OriginalMessageName: "pacs.008.001.13",
		OriginalEndToEndID: maybe(t, "end to end", 35), OriginalTransaction: maybe(t, "transaction", 35),
		OriginalUETR: maybeUETR(t, "uetr"),
	}
	if m.Confirmation == iso20022.CancellationRefused {
		m.Reason = "ARDT"
	}
	return m
}

func institutionTransfer(t *rapid.T) iso20022.InstitutionTransfer {
	return iso20022.InstitutionTransfer{
		MessageID: text(t, "message id", 35), CreatedAt: instant(t, "created"),
		InstructingAgent: maybeAgent(t, "instructing"), InstructedAgent: maybeAgent(t, "instructed"),
		InstructionID: maybe(t, "instruction", 35), EndToEndID: text(t, "end to end", 35),
		TransactionID: maybe(t, "transaction", 35), UETR: uetr(t, "uetr"),
		Amount: amountIn(t, "amount", currency(t, "currency")), SettlementDate: date(t, "date"),
		Debtor: agent(t, "debtor"), Creditor: agent(t, "creditor"), Remittance: maybe(t, "remittance", 140),
	}
}

func notification(t *rapid.T) iso20022.Notification {
	m := iso20022.Notification{
		MessageID: text(t, "message id", 35), CreatedAt: instant(t, "created"), NotificationID: text(t, "id", 35),
		AccountID: text(t, "account", 34), Currency: currency(t, "currency"), Owner: maybeAgent(t, "owner"),
	}
	if rapid.Bool().Draw(t, "period given") {
		m.From, m.To = instant(t, "from"), instant(t, "to")
	}
	for range rapid.IntRange(0, 3).Draw(t, "entries") {
		entry := iso20022.BookedEntry{
			Reference: maybe(t, "reference", 35), Amount: amountIn(t, "amount", m.Currency),
			Credit: rapid.Bool().Draw(t, "credit"), BookedAt: maybeInstant(t, "booked"),
			EndToEndID: maybe(t, "end to end", 35), UETR: maybeUETR(t, "uetr"), Text: maybe(t, "text", 500),
		}
		if rapid.Bool().Draw(t, "value date given") {
			entry.ValueAt = date(t, "value date")
		}
		m.Entries = append(m.Entries, entry)
	}
	return m
}
