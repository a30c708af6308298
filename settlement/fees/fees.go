package fees

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/causeway-pay/causeway/money"
)

// Kind is what a charge is for.
type Kind string

// The kinds.
const (
	// Interchange is between partners: one pays it, the other is paid.
	Interchange Kind = "INTERCHANGE"
	// Scheme fees are the scheme's.
	Scheme Kind = "SCHEME"
	// Tax is on the participant's other charges of the window, not on volume.
	Tax Kind = "TAX"
)

// Line is one line of a schedule.
type Line struct {
	Kind Kind
	// ParticipantID is who is charged or paid; empty for everybody.
	ParticipantID string
	// Corridor, such as "HK-JP", and Product, such as "PaymentCode", narrow it
	// down; empty for all.
	Corridor, Product string
	Currency          money.Currency
	// EffectiveAt is from when on windows that close are charged by it.
	EffectiveAt time.Time
	// Paid turns the charge round: the participant is paid.
	Paid bool
	// Points are basis points of the volume; for taxes, of the other charges.
	Points int64
	// Fixed is for each payment, Least and Most bound the whole charge of a
	// window; all in minor units, and a Most of zero is no bound.
	Fixed, Least, Most int64
}

// ErrLine means that a line of a schedule makes no sense.
var ErrLine = errors.New("fees: line of a schedule")

// Limits of a line. pointsMax is the whole. A fixed amount of a thousand million minor
// units for each of a thousand million payments, and a least or most of 15 digits, leave
// room in 64 bits for what a window moves.
const (
	pointsMax = 10_000
	fixedMax  = 1_000_000_000
	wholeMax  = 999_999_999_999_999
)

// Check returns what is wrong with a line.
func (l Line) Check() error {
	problem := ""
	switch {
	case l.Kind != Interchange && l.Kind != Scheme && l.Kind != Tax:
		problem = "kind is INTERCHANGE, SCHEME or TAX"
	case !l.Currency.Known():
		problem = "currency is not known"
	case l.Points < 0 || l.Points > pointsMax:
		problem = fmt.Sprintf("points are 0 to %d", pointsMax)
	case min(l.Fixed, l.Least, l.Most) < 0 || l.Most > 0 && l.Most < l.Least:
		problem = "amounts are zero or more, and the most not below the least"
	case l.Fixed > fixedMax || max(l.Least, l.Most) > wholeMax:
		problem = fmt.Sprintf("the fixed amount is up to %d minor units, the least and the most up to %d", fixedMax, wholeMax)
	case l.Kind == Tax && (l.Paid || l.Fixed > 0 || l.Corridor != "" || l.Product != ""):
		problem = "a tax is in basis points of all charges of a participant"
	case l.EffectiveAt.IsZero():
		problem = "effective_at is missing"
	}
	if problem != "" {
		return fmt.Errorf("%w: %s", ErrLine, problem)
	}
	return nil
}

// Volume is what a participant moved in a window on its side, by corridor and
// product.
type Volume struct {
	ParticipantID, Corridor, Product string
	Currency                         money.Currency
	// Payments and Returns are counts, Paid and Returned minor units.
	Payments, Paid, Returns, Returned int64
}

// Charge is what one participant is charged for a window by one line.
type Charge struct {
	Line          Line
	ParticipantID string
	// Amount is negative if the participant is paid.
	Amount money.Amount
}

// matches reports whether a line is about a volume.
func (l Line) matches(v Volume) bool {
	return l.Currency == v.Currency && (l.ParticipantID == "" || l.ParticipantID == v.ParticipantID) &&
		(l.Corridor == "" || l.Corridor == v.Corridor) && (l.Product == "" || l.Product == v.Product)
}

// narrowness orders lines of a kind: the one that names the participant beats
// one that does not, then the corridor, then the product.
func (l Line) narrowness() int {
	score := 0
	for i, name := range []string{l.Product, l.Corridor, l.ParticipantID} {
		if name != "" {
			score |= 1 << i
		}
	}
	return score
}

// better reports whether a line goes before another that is about the same.
func (l Line) better(other Line) bool {
	return cmp.Or(cmp.Compare(l.narrowness(), other.narrowness()), l.EffectiveAt.Compare(other.EffectiveAt)) > 0
}

// Charges returns what participants are charged for a window that closed at a
// moment, in a stable order. Each volume is charged by one line of each kind, the
// narrowest one that is effective; volumes under the same line are charged as
// one.
func Charges(lines []Line, volumes []Volume, closed time.Time) ([]Charge, error) {
	var charges []Charge
	for _, kind := range []Kind{Interchange, Scheme} {
		some, err := chargesOf(kind, lines, volumes, closed)
		if err != nil {
			return nil, err
		}
		charges = append(charges, some...)
	}
	taxed, err := chargesOf(Tax, lines, taxable(charges), closed)
	return append(charges, taxed...), err
}

// taxable are the charges of participants as volumes; what is paid to them is
// not taxed.
func taxable(charges []Charge) []Volume {
	var volumes []Volume
	for _, c := range charges {
		if c.Amount.Minor > 0 {
			volumes = append(volumes, Volume{
				ParticipantID: c.ParticipantID, Currency: c.Amount.Currency, Payments: 1, Paid: c.Amount.Minor,
			})
		}
	}
	return volumes
}

// bill is the volume that one participant moved under one line.
type bill struct {
	line        Line
	participant string
}

func chargesOf(kind Kind, lines []Line, volumes []Volume, closed time.Time) ([]Charge, error) {
	sums := map[bill]Volume{}
	for _, v := range volumes {
		line, found := effective(kind, lines, v, closed)
		if !found {
			continue
		}
		key := bill{line, v.ParticipantID}
		sum := sums[key]
		sum.Payments, sum.Paid, sum.Returned = sum.Payments+v.Payments, sum.Paid+v.Paid, sum.Returned+v.Returned
		sums[key] = sum
	}
	var charges []Charge
	for key, sum := range sums {
		amount, err := key.line.charge(sum)
		if err != nil {
			return nil, err
		}
		if !amount.IsZero() {
			charges = append(charges, Charge{Line: key.line, ParticipantID: key.participant, Amount: amount})
		}
	}
	slices.SortFunc(charges, func(a, b Charge) int {
		return cmp.Or(cmp.Compare(a.ParticipantID, b.ParticipantID), cmp.Compare(a.Amount.Currency, b.Amount.Currency),
			cmp.Compare(a.Line.Corridor, b.Line.Corridor), cmp.Compare(a.Line.Product, b.Line.Product))
	})
	return charges, nil
}

func effective(kind Kind, lines []Line, v Volume, closed time.Time) (best Line, found bool) {
	for _, l := range lines {
		if l.Kind != kind || l.EffectiveAt.After(closed) || !l.matches(v) {
			continue
		}
		if !found || l.better(best) {
			best, found = l, true
		}
	}
	return best, found
}

// charge is what a line says for a volume. When more was returned than paid, the
// points are given back, and neither the least nor the most applies.
func (l Line) charge(v Volume) (money.Amount, error) {
	share, err := money.Prorate(money.New(v.Paid-v.Returned, l.Currency), l.Points, pointsMax, money.HalfEven)
	if err != nil {
		return money.Amount{}, fmt.Errorf("fees: %s of %s: %w", l.Kind, l.Currency, err)
	}
	if share.Minor += l.Fixed * v.Payments; v.Paid >= v.Returned {
		share.Minor = max(share.Minor, l.Least)
		if l.Most > 0 {
			share.Minor = min(share.Minor, l.Most)
		}
	}
	if l.Paid {
		share.Minor = -share.Minor
	}
	return share, nil
}
