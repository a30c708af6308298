package travel

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// Item is something that can be known of a party, by the element of a pacs.008
// that says it.
type Item string

// The items.
const (
	// DebtorName is Dbtr/Nm.
	DebtorName Item = "debtor.name"
	// DebtorAccount is DbtrAcct/Id, or a unique reference of the payer.
	DebtorAccount Item = "debtor.account"
	// DebtorAddress is Dbtr/PstlAdr with town and country.
	DebtorAddress Item = "debtor.address"
	// DebtorCountry is Dbtr/PstlAdr/Ctry.
	DebtorCountry Item = "debtor.country"
	// DebtorBirth is Dbtr/Id/PrvtId/DtAndPlcOfBirth, whose three parts the standard
	// demands together: date, city and country.
	DebtorBirth Item = "debtor.birth"
	// DebtorIdentifier is Dbtr/Id: a national or customer number, a BIC or LEI.
	DebtorIdentifier Item = "debtor.identifier"
	// CreditorName is Cdtr/Nm.
	CreditorName Item = "creditor.name"
	// CreditorAccount is CdtrAcct/Id.
	CreditorAccount Item = "creditor.account"
	// CreditorAddress is Cdtr/PstlAdr with town and country.
	CreditorAddress Item = "creditor.address"
	// CreditorCountry is Cdtr/PstlAdr/Ctry.
	CreditorCountry Item = "creditor.country"
	// CreditorIdentifier is Cdtr/Id.
	CreditorIdentifier Item = "creditor.identifier"
)

// reasons say which ISO 20022 reason a missing item gives: RR01 for the debtor's
// account or identification, RR02 for the debtor's name or address, RR03 for the
// creditor.
var reasons = map[Item]reason.Kind{
	DebtorAccount: reason.DebtorAccountMissing, DebtorIdentifier: reason.DebtorAccountMissing,
	DebtorName: reason.DebtorMissing, DebtorAddress: reason.DebtorMissing, DebtorCountry: reason.DebtorMissing,
	DebtorBirth:  reason.DebtorMissing,
	CreditorName: reason.CreditorMissing, CreditorAccount: reason.CreditorMissing,
	CreditorAddress: reason.CreditorMissing, CreditorCountry: reason.CreditorMissing,
	CreditorIdentifier: reason.CreditorMissing,
}

// Party is what is known of a payer or of whoever is paid; empty is not known.
type Party struct {
	Name    string
	Account string
	Town    string
	Country string
	// BirthDate, BirthTown and BirthCountry are of a person.
	BirthDate, BirthTown, BirthCountry string
	// Identifier is a number of any kind that an authority or the institution
	// gave, or a BIC or LEI.
	Identifier string
}

// Payment is what the rules look at.
type Payment struct {
	PayerCountry, MerchantCountry string
	// Product is the way of paying, such as "PaymentCode".
	Product string
	// Worth is the amount in the currency of the thresholds.
	Worth            money.Amount
	Debtor, Creditor Party
}

// has reports whether an item is known.
func (p Payment) has(item Item) bool {
	d, c := p.Debtor, p.Creditor
	switch item {
	case DebtorName:
		return known(d.Name)
	case DebtorAccount:
		return known(d.Account)
	case DebtorAddress:
		return known(d.Town, d.Country)
	case DebtorCountry:
		return known(d.Country)
	case DebtorBirth:
		return known(d.BirthDate, d.BirthTown, d.BirthCountry)
	case DebtorIdentifier:
		return known(d.Identifier)
	case CreditorName:
		return known(c.Name)
	case CreditorAccount:
		return known(c.Account)
	case CreditorAddress:
		return known(c.Town, c.Country)
	case CreditorCountry:
		return known(c.Country)
	case CreditorIdentifier:
		return known(c.Identifier)
	default:
		return false
	}
}

// nothing is what systems write, in capitals, where they have nothing to say; the first is the
// market practice of ISO 20022.
var nothing = []string{"NOTPROVIDED", "NOT PROVIDED", "UNKNOWN", "N/A", "NULL"}

// known reports whether each text says something: a field that is filled with a point is as
// good as none, and nobody is found on a list by it.
func known(texts ...string) bool {
	return !slices.ContainsFunc(texts, func(text string) bool {
		says := strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })
		return !says || slices.Contains(nothing, strings.ToUpper(strings.TrimSpace(text)))
	})
}

// Rule demands items of the payments that it fits.
type Rule struct {
	// Name is how the rule is called in decisions, such as "FATF R.16 above 1,000".
	Name string `json:"name"`
	// Payer, Merchant and Product limit the rule to countries (ISO 3166 alpha-2)
	// and a way of paying; empty means all.
	Payer    string `json:"payer,omitempty"`
	Merchant string `json:"merchant,omitempty"`
	Product  string `json:"product,omitempty"`
	// Above limits the rule to payments that are worth more, in minor units of the
	// currency of the thresholds; 0 means all.
	Above int64 `json:"above,omitempty"`
	// Need lists what must be known: of each group at least one item.
	Need [][]Item `json:"need"`
}

// Limits of a rule set: more than any country's law needs.
const (
	rulesMax  = 500
	groupsMax = 20
)

// Rules are the rules of all corridors in the order in which they are tried.
type Rules []Rule

// Standard demands what a hub needs to know in any case, to screen and to answer
// questions: who is paid and where, and by which account or reference.
func Standard() Rules {
	return Rules{{Name: "standard", Need: [][]Item{{DebtorAccount}, {CreditorName}, {CreditorCountry}}}}
}

// Check returns what is wrong with a rule set.
func (r Rules) Check() error {
	if len(r) > rulesMax {
		return fmt.Errorf("travel: more than %d rules", rulesMax)
	}
	for i, rule := range r {
		switch {
		case rule.Name == "":
			return fmt.Errorf("travel: rule %d has no name", i+1)
		case rule.Above < 0:
			return fmt.Errorf("travel: %s: the threshold is negative", rule.Name)
		case len(rule.Need) > groupsMax:
			return fmt.Errorf("travel: %s: more than %d groups of items", rule.Name, groupsMax)
		}
		for _, group := range rule.Need {
			if len(group) == 0 {
				return fmt.Errorf("travel: %s: a group without items can never be met", rule.Name)
			}
			for _, item := range group {
				if _, known := reasons[item]; !known {
					return fmt.Errorf("travel: %s: unknown item %q", rule.Name, item)
				}
			}
		}
	}
	return nil
}

func (r Rule) fits(p Payment) bool {
	return (r.Payer == "" || r.Payer == p.PayerCountry) && (r.Merchant == "" || r.Merchant == p.MerchantCountry) &&
		(r.Product == "" || r.Product == p.Product) && p.Worth.Minor > r.Above
}

// Finding is the verdict of a rule set on one payment.
type Finding struct {
	// Rule is the name of the rule that decided; "" if none fits.
	Rule string
	// Missing lists the groups of which nothing is known.
	Missing [][]Item
}

// Reason returns the reason to refuse for, [reason.None] if nothing is missing.
// Of several it is the first in the order of the rule.
func (f Finding) Reason() reason.Kind {
	if len(f.Missing) == 0 {
		return reason.None
	}
	return reasons[f.Missing[0][0]]
}

// Apply holds a payment to the first rule that fits it.
func (r Rules) Apply(p Payment) Finding {
	i := slices.IndexFunc(r, func(rule Rule) bool { return rule.fits(p) })
	if i < 0 {
		return Finding{}
	}
	finding := Finding{Rule: r[i].Name}
	for _, group := range r[i].Need {
		if !slices.ContainsFunc(group, p.has) {
			finding.Missing = append(finding.Missing, group)
		}
	}
	return finding
}
