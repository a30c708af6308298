package recon

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
)

// Side is whose books a line is in.
type Side string

// The sides.
const (
	Ours   Side = "OURS"
	Theirs Side = "THEIRS"
)

// Line is one line of an account in the books of one side.
type Line struct {
	ID   ids.ID
	Side Side
	// StatementID is the statement that one of theirs came in.
	StatementID ids.ID
	// References are what both sides may know it by: a UETR, an end-to-end id, a
	// request id. Own is one side's own reference, which the other may have heard.
	References []string
	Own        string
	// Counterparty is who the other end is; empty if it is not known.
	Counterparty string
	// Amount is positive where the account grows: the bank holds more for the hub,
	// or the hub owes the participant more.
	Amount money.Amount
	// ValueDate is the start of a day in UTC.
	ValueDate time.Time
	Text      string
	// BookedAt is when it was booked, of ours.
	BookedAt time.Time
}

// Day is the value date of a moment: the start of its day in UTC.
func Day(at time.Time) time.Time {
	year, month, day := at.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// Tolerance is how far two lines may be apart and still be the same.
type Tolerance struct {
	// Minor is in minor units of the currency.
	Minor int64
	// Days are calendar days between value dates.
	Days int
}

// Rules are the tolerances by currency. Amounts must be equal and days one apart
// at most where nothing is said.
type Rules map[money.Currency]Tolerance

// Limits of a tolerance: beyond them nothing would be a difference.
const (
	daysMax      = 10
	defaultDays  = 1
	toleranceMax = 1_000_000
)

// ErrRules means that tolerances make no sense.
var ErrRules = errors.New("recon: a tolerance is 0 to 1,000,000 minor units and 0 to 10 days of a known currency")

// Check returns what is wrong with the rules.
func (r Rules) Check() error {
	for currency, t := range r {
		if !currency.Known() || t.Minor < 0 || t.Minor > toleranceMax || t.Days < 0 || t.Days > daysMax {
			return ErrRules
		}
	}
	return nil
}

// of is the tolerance of a currency.
func (r Rules) of(currency money.Currency) Tolerance {
	if t, found := r[currency]; found {
		return t
	}
	return Tolerance{Days: defaultDays}
}

// Rule is why lines are the same.
type Rule string

// The rules, in the order in which they are tried.
const (
	// ByReference: a reference in common, amount and date within tolerance.
	ByReference Rule = "REFERENCE"
	// ByReferences: one line is the sum of several that have references in common.
	ByReferences Rule = "REFERENCES"
	// ByAmount: one of them has no reference; amount, date and counterparty agree.
	ByAmount Rule = "AMOUNT"
	// BySum: one line without a reference is the sum of all that are left of a
	// counterparty and day.
	BySum Rule = "SUM"
	// ByCancel: lines of ours that are in no file and come to nothing; they have none.
	ByCancel Rule = "CANCELLED"
)

// Match is lines of both sides that are the same.
type Match struct {
	ID           ids.ID
	Rule         Rule
	Ours, Theirs []Line
}

// Difference is by how much theirs are more than ours, within the tolerance.
func (m Match) Difference() int64 { return sum(m.Theirs) - sum(m.Ours) }

// Kind is what is wrong.
type Kind string

// The kinds of breaks.
const (
	// MissingOurs: they have a line that we do not have.
	MissingOurs Kind = "MISSING_WITH_US"
	// MissingTheirs: we have a line that they do not have.
	MissingTheirs Kind = "MISSING_WITH_THEM"
	// AmountDiffers and DateDiffers: both have the line, with another amount or
	// value date.
	AmountDiffers Kind = "AMOUNT_DIFFERS"
	DateDiffers   Kind = "DATE_DIFFERS"
	// Duplicate: a side has a line again that is matched already.
	Duplicate Kind = "DUPLICATE"
	// BalanceDiffers: a statement does not begin where the one before ended. It has
	// no lines.
	BalanceDiffers Kind = "BALANCE_DIFFERS"
)

// Break is a difference: one line, or a line of each side.
type Break struct {
	ID   ids.ID
	Kind Kind
	// Ours and Theirs are nil where the side has none.
	Ours, Theirs *Line
}

// Difference is by how much theirs is more than ours.
func (b Break) Difference() int64 {
	difference := int64(0)
	if b.Theirs != nil {
		difference += b.Theirs.Amount.Minor
	}
	if b.Ours != nil {
		difference -= b.Ours.Amount.Minor
	}
	return difference
}

// lines are the lines of a break.
func (b Break) lines() []Line {
	var list []Line
	for _, line := range []*Line{b.Ours, b.Theirs} {
		if line != nil {
			list = append(list, *line)
		}
	}
	return list
}

// identify makes the id of a break out of its lines and its kind: the same
// difference has the same id whenever it is found.
func identify(kind string, lines ...Line) ids.ID {
	var names []string
	for _, line := range lines {
		names = append(names, line.ID.String())
	}
	slices.Sort(names)
	return ids.Derive(ids.Nil, "recon."+kind+"."+strings.Join(names, "."), int64(len(names)))
}

func sum(lines []Line) int64 {
	total := int64(0)
	for _, line := range lines {
		total += line.Amount.Minor
	}
	return total
}
