package limits

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// Scope is whose payments a rule counts together.
type Scope string

// The scopes.
const (
	// Payer counts by wallet and its reference of the payer.
	Payer Scope = "payer"
	// Merchant counts by acquirer and its reference of the merchant.
	Merchant Scope = "merchant"
	// Device counts by the device that the payment comes from, where it is known.
	Device Scope = "device"
	// Wallet, Acquirer and Corridor count by participant or pair of countries.
	Wallet   Scope = "wallet"
	Acquirer Scope = "acquirer"
	Corridor Scope = "corridor"
)

// Period is the time that a rule counts in.
type Period string

// The periods.
const (
	// Once looks at each payment alone.
	Once Period = "payment"
	// Day and Month are those of the calendar in the rule's zone.
	Day   Period = "day"
	Month Period = "month"
	// Rolling is the time before now, as long as the rule's Within.
	Rolling Period = "rolling"
)

// slices of a rolling period: it is counted in twelfths, and the one that is only
// partly within counts wholly, so that a limit is never passed.
const twelfth = 12

// Rule is a limit.
type Rule struct {
	// Name is how the rule is called in decisions and counters. A rule under
	// another name starts from zero.
	Name  string `json:"name"`
	Scope Scope  `json:"scope"`
	// Payer, Merchant and Product limit the rule to countries and a way of paying;
	// empty means all.
	Payer    string `json:"payer,omitempty"`
	Merchant string `json:"merchant,omitempty"`
	Product  string `json:"product,omitempty"`
	Period   Period `json:"period"`
	// Zone is the time zone of a Day or Month, such as "Asia/Tokyo"; "" is UTC.
	Zone string `json:"zone,omitempty"`
	// WithinMinutes is the length of a Rolling period.
	WithinMinutes int64 `json:"within_minutes,omitempty"`
	// Currency says which amounts count: the payer's or the merchant's in this
	// currency; "" is what the payment is worth in the hub's book.
	Currency money.Currency `json:"currency,omitempty"`
	// Amount is the most in minor units, 0 for no limit; Count the most payments.
	Amount int64 `json:"amount,omitempty"`
	Count  int64 `json:"count,omitempty"`
}

// Limits of a rule set. Each rule that fits a payment costs a row.
const (
	rulesMax  = 200
	fitMax    = 20
	withinMax = 31 * 24 * 60
)

// Rules are the limits of a hub.
type Rules []Rule

// Check returns what is wrong with a rule set.
func (r Rules) Check() error {
	if len(r) > rulesMax {
		return fmt.Errorf("limits: more than %d rules", rulesMax)
	}
	names := map[string]bool{}
	for i, rule := range r {
		if err := rule.check(); err != nil {
			return fmt.Errorf("limits: rule %d %q: %w", i+1, rule.Name, err)
		}
		if names[rule.Name] {
			return fmt.Errorf("limits: rule %q twice", rule.Name)
		}
		names[rule.Name] = true
	}
	return nil
}

func (r Rule) check() error {
	_, zone := time.LoadLocation(r.Zone)
	scopes := []Scope{Payer, Merchant, Device, Wallet, Acquirer, Corridor}
	switch {
	case r.Name == "":
		return errors.New("it has no name")
	case !slices.Contains(scopes, r.Scope):
		return fmt.Errorf("scope %q is none of %v", r.Scope, scopes)
	case !slices.Contains([]Period{Once, Day, Month, Rolling}, r.Period):
		return fmt.Errorf("period %q is none of payment, day, month, rolling", r.Period)
	case zone != nil:
		return fmt.Errorf("zone: %w", zone)
	case (r.Period == Rolling) != (r.WithinMinutes > 0), r.WithinMinutes < 0 || r.WithinMinutes > withinMax:
		return fmt.Errorf("within_minutes is 1 to %d for a rolling period, and nothing for others", withinMax)
	case r.Currency != "" && !r.Currency.Known():
		return fmt.Errorf("unknown currency %q", r.Currency)
	case r.Amount < 0, r.Count < 0, r.Amount == 0 && r.Count == 0:
		return errors.New("an amount or a count above zero is needed")
	case r.Period == Once && r.Count > 0:
		return errors.New("a single payment cannot be counted")
	}
	return nil
}

// Payment is what the limits look at.
type Payment struct {
	ID     ids.ID
	Region string
	At     time.Time

	PayerCountry, MerchantCountry string
	Product                       string
	WalletID, AcquirerID          string
	// PayerReference, MerchantReference and DeviceID are the partners' own ids;
	// empty where they are not known.
	PayerReference, MerchantReference, DeviceID string

	Amount, PayerAmount, Worth money.Amount
}

// owner is whose payment it is in a scope; false where that is not known.
func (p Payment) owner(scope Scope) ([2]string, bool) {
	switch scope {
	case Payer:
		return [2]string{p.WalletID, p.PayerReference}, p.PayerReference != ""
	case Merchant:
		return [2]string{p.AcquirerID, p.MerchantReference}, p.MerchantReference != ""
	case Device:
		return [2]string{p.WalletID, p.DeviceID}, p.DeviceID != ""
	case Wallet:
		return [2]string{p.WalletID}, true
	case Acquirer:
		return [2]string{p.AcquirerID}, true
	default:
		return [2]string{p.PayerCountry, p.MerchantCountry}, true
	}
}

// amount is what counts of a payment under a rule; false if nothing does.
func (r Rule) amount(p Payment) (int64, bool) {
	if r.Currency == "" {
		return p.Worth.Minor, true
	}
	for _, amount := range []money.Amount{p.PayerAmount, p.Amount} {
		if amount.Currency == r.Currency {
			return amount.Minor, true
		}
	}
	return 0, false
}

// Use is a payment's share of one counter.
type Use struct {
	Rule    Rule
	Counter [32]byte
	// Bucket is where the payment is counted; buckets after Since count together.
	Bucket, Since time.Time
	Amount        int64
}

// Uses returns the counters that a payment uses, in the order in which they are
// taken. A rule that a payment breaks all by itself is an error.
func (r Rules) Uses(p Payment) ([]Use, error) {
	var uses []Use
	for _, rule := range r {
		owner, known := p.owner(rule.Scope)
		amount, counts := rule.amount(p)
		if !known || !counts || !rule.fits(p) {
			continue
		}
		if rule.Amount > 0 && amount > rule.Amount {
			return nil, reason.New(rule.tooMuch(), "limits.Uses", rule.Name)
		}
		if rule.Period == Once {
			continue
		}
		use := Use{Rule: rule, Counter: counter(rule.Name, owner)}
		if rule.Amount > 0 {
			use.Amount = amount
		}
		use.Bucket, use.Since = rule.bucket(p.At)
		uses = append(uses, use)
	}
	if len(uses) > fitMax {
		return nil, reason.New(reason.Unknown, "limits.Uses", "more than 20 rules fit one payment")
	}
	slices.SortFunc(uses, func(a, b Use) int { return slices.Compare(a.Counter[:], b.Counter[:]) })
	return uses, nil
}

func (r Rule) fits(p Payment) bool {
	return (r.Payer == "" || r.Payer == p.PayerCountry) && (r.Merchant == "" || r.Merchant == p.MerchantCountry) &&
		(r.Product == "" || r.Product == p.Product)
}

func (r Rule) tooMuch() reason.Kind {
	if r.Scope == Payer || r.Scope == Device {
		return reason.PayerLimit
	}
	return reason.AmountLimit
}

// counter names a counter by a hash: a payer's reference is nobody's business in
// the key of a table.
func counter(rule string, owner [2]string) [32]byte {
	return sha256.Sum256(fmt.Appendf(nil, "causeway-limit-1\n%q\n%q\n%q\n", rule, owner[0], owner[1]))
}

// bucket returns the bucket of a time and the end of those that do not count any
// more.
func (r Rule) bucket(at time.Time) (bucket, since time.Time) {
	zone, err := time.LoadLocation(r.Zone)
	if err != nil {
		zone = time.UTC
	}
	local := at.In(zone)
	switch r.Period {
	case Day:
		bucket = time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, zone)
	case Month:
		bucket = time.Date(local.Year(), local.Month(), 1, 0, 0, 0, 0, zone)
	default:
		within := time.Duration(r.WithinMinutes) * time.Minute
		step := within / twelfth
		bucket = at.Truncate(step)
		return bucket.UTC(), bucket.Add(-within - step).UTC()
	}
	return bucket.UTC(), bucket.Add(-time.Microsecond).UTC()
}

// used is what stands on a counter.
type used struct{ amount, count int64 }

// judge returns why a use does not fit onto what was used before.
func (u Use) judge(before used) error {
	switch r := u.Rule; {
	case r.Count > 0 && before.count >= r.Count:
		return reason.New(reason.CountLimit, "limits.Take", r.Name)
	case r.Amount > 0 && before.amount > r.Amount-u.Amount:
		return reason.New(r.tooMuch(), "limits.Take", r.Name)
	}
	return nil
}

// byRule orders uses for a stable verdict where several rules are broken.
func byRule(a, b Use) int { return cmp.Compare(a.Rule.Name, b.Rule.Name) }
