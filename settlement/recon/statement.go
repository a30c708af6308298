package recon

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022/rules"
	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/ledger"
)

// Statement is what a bank or partner says of one account.
type Statement struct {
	// Source is what it came as, such as camt.053 or the name of a layout.
	Source string
	// Holder is the account as they call it, Reference the statement's own name;
	// with both the statement is known again.
	Holder, Reference string
	Currency          money.Currency
	// From and To are the first and the last day that it is about.
	From, To time.Time
	// Opening and Closing are the balances; without HasBalances they are not said.
	Opening, Closing int64
	HasBalances      bool
	// SHA256 is that of the bytes it was read from.
	SHA256 [sha256.Size]byte
	Lines  []Line
}

// ID is the same whenever the statement comes.
func (s Statement) ID(account string) ids.ID {
	return ids.Derive(ids.Nil, strings.Join([]string{"recon.statement", account, s.Holder, s.Reference}, "\x00"), 0)
}

// Limits of a statement: the bytes are what one request may carry, the lines what
// one transaction writes and memory compares in a few seconds.
const (
	StatementMax = 16 << 20
	linesMax     = 50_000
)

// ErrStatement means that a statement cannot be read, or does not add up by
// itself.
var ErrStatement = errors.New("recon: statement")

// movedMax bounds what the lines of a statement move together, so that no sum of
// some of them and of ours leaves 64 bits.
const movedMax = int64(2_000_000_000_000_000_000)

// check refuses what cannot be compared. Whether the lines of a message lead from
// its opening to its closing balance is a rule of the standard, which was held
// before.
func (s Statement) check() error {
	if len(s.Lines) > linesMax {
		return fmt.Errorf("%w: more than %d lines", ErrStatement, linesMax)
	}
	left := movedMax
	for _, line := range s.Lines {
		if line.Amount.Currency != s.Currency {
			return fmt.Errorf("%w: a line in %s on an account in %s", ErrStatement, line.Amount.Currency, s.Currency)
		}
		if left -= max(line.Amount.Minor, -line.Amount.Minor); left < 0 {
			return fmt.Errorf("%w: the lines move more than %d minor units", ErrStatement, movedMax)
		}
	}
	return nil
}

// ReadCamt053 reads the statements of a camt.053 about an account of ours, empty for what
// the hub has with a bank, in any version that the standard's schemas are known of. Entries
// that are not booked are left out. The date of a line is its value date; of a participant's
// position it is when it was booked, as in the ledger: what is owed there has its value date
// with the settlement, days after the payment.
func ReadCamt053(account string, data []byte) ([]Statement, error) {
	if len(data) > StatementMax {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrStatement, StatementMax)
	}
	m, err := wire.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStatement, err)
	}
	if findings := rules.Check(m, rules.Options{}); len(findings) > 0 {
		return nil, fmt.Errorf("%w: %s", ErrStatement, findings[0])
	}
	part := m.Document()
	if schema.Family(part.Definition.Name) != "camt.053" {
		return nil, fmt.Errorf("%w: %s is not camt.053", ErrStatement, part.Definition.Name)
	}
	dates := [...]string{"ValDt", "BookgDt"}
	if owner, purpose := partsOf(account); owner != ledger.Hub && purpose == string(ledger.Position) {
		dates = [...]string{"BookgDt", "ValDt"}
	}
	var statements []Statement
	for node := range part.Body().All("Stmt") {
		s, err := stated(node, dates)
		if err != nil {
			return nil, err
		}
		s.SHA256 = sha256.Sum256(data)
		statements = append(statements, s)
	}
	return statements, nil
}

// stated reads one statement, whose lines are of the first date that they have.
func stated(node wire.Node, dates [2]string) (Statement, error) {
	s := Statement{
		Source:    "camt.053",
		Holder:    node.At("Acct", "Id", "IBAN").Text() + node.At("Acct", "Id", "Othr", "Id").Text(),
		Reference: node.Child("Id").Text() + "/" + node.At("StmtPgntn", "PgNb").Text(),
		Currency:  money.Currency(node.At("Acct", "Ccy").Text()),
	}
	for entry := range node.All("Ntry") {
		if status := entry.Child("Sts"); status.Text() != "BOOK" && status.Child("Cd").Text() != "BOOK" {
			continue
		}
		lines, err := booked(entry, dates)
		if err != nil {
			return Statement{}, err
		}
		s.Lines = append(s.Lines, lines...)
	}
	if err := s.readBalances(node); err != nil {
		return Statement{}, err
	}
	s.readPeriod(node)
	if s.From.IsZero() {
		return Statement{}, fmt.Errorf("%w: it does not say which days it is about", ErrStatement)
	}
	return s, s.check()
}

// readBalances reads what the account held before and after. The first of each
// kind counts.
func (s *Statement) readBalances(node wire.Node) error {
	var opened, closed bool
	for balance := range node.All("Bal") {
		amount, err := signed(balance)
		if err != nil {
			return err
		}
		if s.Currency == "" {
			s.Currency = amount.Currency
		}
		switch code := balance.At("Tp", "CdOrPrtry", "Cd").Text(); {
		case !opened && (code == "OPBD" || code == "PRCD"):
			s.Opening, opened = amount.Minor, true
		case !closed && code == "CLBD":
			s.Closing, closed = amount.Minor, true
		}
	}
	s.HasBalances = opened && closed
	return nil
}

// readPeriod reads the days that the statement is about: those that are said, and
// those of all lines.
func (s *Statement) readPeriod(node wire.Node) {
	said := node.Child("FrToDt")
	s.From, s.To = dayOf(said, "FrDtTm", "FrDt"), dayOf(said, "ToDtTm", "ToDt")
	for _, line := range s.Lines {
		s.include(line.ValueDate)
	}
	if s.From.IsZero() {
		s.include(dayOf(node, "CreDtTm"))
	}
}

// include makes a day one of those that the statement is about.
func (s *Statement) include(day time.Time) {
	if s.From.IsZero() || day.Before(s.From) {
		s.From = day
	}
	if day.After(s.To) {
		s.To = day
	}
}

// dayOf is the day in the first of some children that is there.
func dayOf(node wire.Node, names ...string) time.Time {
	for _, name := range names {
		if text := node.Child(name).Text(); len(text) >= len(time.DateOnly) {
			day, err := time.Parse(time.DateOnly, text[:len(time.DateOnly)])
			if err == nil {
				return day
			}
		}
	}
	return time.Time{}
}

// signed is the amount of an entry or balance, negative for a debit.
func signed(node wire.Node) (money.Amount, error) {
	text := node.Child("Amt")
	amount, err := money.ParseDecimal(text.Text(), money.Currency(text.Currency()))
	if err != nil {
		return money.Amount{}, fmt.Errorf("%w: line %d: %w", ErrStatement, text.Line(), err)
	}
	if node.Child("CdtDbtInd").Text() == "DBIT" {
		amount.Minor = -amount.Minor
	}
	return amount, nil
}

// booked reads an entry: a line for each of its transactions if they come to the
// entry's amount, else one for all of them.
func booked(entry wire.Node, dates [2]string) ([]Line, error) {
	whole, err := signed(entry)
	if err != nil {
		return nil, err
	}
	line := Line{
		Side: Theirs, Amount: whole, Own: entry.Child("AcctSvcrRef").Text(),
		ValueDate: dayOf(entry.Child(dates[0]), "Dt", "DtTm"), Text: clip(entry.Child("AddtlNtryInf").Text()),
	}
	if line.Own == "" {
		line.Own = entry.Child("NtryRef").Text()
	}
	if line.ValueDate.IsZero() {
		line.ValueDate = dayOf(entry.Child(dates[1]), "Dt", "DtTm")
	}
	if line.ValueDate.IsZero() {
		return nil, fmt.Errorf("%w: line %d: an entry without a date", ErrStatement, entry.Line())
	}
	var parts []Line
	for details := range entry.All("NtryDtls") {
		for transaction := range details.All("TxDtls") {
			parts = append(parts, transacted(line, transaction))
		}
	}
	if len(parts) > 0 && sum(parts) == whole.Minor {
		return parts, nil
	}
	for _, part := range parts {
		line.References = append(line.References, part.References...)
		line.Counterparty = part.Counterparty
	}
	if len(parts) > 1 {
		line.Counterparty = ""
	}
	return []Line{line}, nil
}

// transacted reads one transaction of an entry.
func transacted(line Line, transaction wire.Node) Line {
	other := "Dbtr"
	if line.Amount.Minor < 0 {
		other = "Cdtr"
	}
	for _, name := range []string{"UETR", "EndToEndId", "InstrId", "TxId"} {
		if text := transaction.At("Refs", name).Text(); text != "" && text != "NOTPROVIDED" {
			line.References = append(line.References, text)
		}
	}
	line.References = slices.Compact(line.References)
	party := transaction.At("RltdPties", other)
	for _, path := range [][]string{
		{"Pty", "Id", "OrgId", "Othr", "Id"}, {"Agt", "FinInstnId", "BICFI"}, {"Agt", "FinInstnId", "Othr", "Id"},
	} {
		if line.Counterparty == "" {
			line.Counterparty = party.At(path...).Text()
		}
	}
	if amount, err := signed(transaction); err == nil && transaction.Child("Amt").Exists() {
		if line.Amount.Minor < 0 && amount.Minor > 0 && !transaction.Child("CdtDbtInd").Exists() {
			amount.Minor = -amount.Minor
		}
		line.Amount = amount
	}
	return line
}

// textMax bounds what is kept of a line's text.
const textMax = 140

// clip cuts a text.
func clip(text string) string {
	return strings.ToValidUTF8(text[:min(len(text), textMax)], "")
}
