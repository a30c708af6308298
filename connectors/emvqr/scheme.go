package emvqr

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:embed schemes.txt
var schemeFile string

// Scheme is what a payment scheme puts into codes.
type Scheme struct {
	// Name is short and stable, such as "promptpay"; Title is for people.
	Name, Title string
	// Country is ISO 3166-1 alpha-2, Currencies are ISO 4217; both empty for card
	// schemes.
	Country    string
	Currencies []string
	// Basis says how the data is known: vector, text or unverified.
	Basis string
	// Accounts are the forms of its merchant account information.
	Accounts []AccountForm
	// Applications are beginnings of the AIDs of its consumer codes.
	Applications []string

	ranges []IssuerRange
}

// AccountForm is how a scheme writes an account.
type AccountForm struct {
	// First and Last are the ids that it may stand under.
	First, Last string
	// ID is the globally unique identifier, compared without regard to case, with
	// * for any characters; "-" for a primitive object.
	ID string
	// Fields are what is within.
	Fields []Field
}

// Role is what a field is for.
type Role string

const (
	// PayeeRole fields find the payee: the first that is there counts.
	PayeeRole Role = "payee"
	// InstitutionRole fields name the payee's institution.
	InstitutionRole Role = "institution"
	// FieldRole fields are for others.
	FieldRole Role = "field"
)

// Field is a value within an account.
type Field struct {
	Role Role
	// Path is within the account, "01/00" for a nested template, "." for the
	// value of a primitive account, "01+02" for values joined.
	Path string
	// Name is what the value is called.
	Name string
	// If and Is limit the field to accounts that have the value Is at the path If.
	If, Is string

	format format
}

// Schemes returns what is known, in the order of the file.
func Schemes() []Scheme { return slices.Clone(schemes().list) }

// SchemeOf returns the scheme with a name.
func SchemeOf(name string) (Scheme, bool) {
	for _, s := range schemes().list {
		if s.Name == name {
			return s, true
		}
	}
	return Scheme{}, false
}

type schemeTable struct {
	list    []Scheme
	issuers Issuers
	// err is not nil if the file does not follow its form, which a test excludes.
	err error
}

var schemes = sync.OnceValue(func() schemeTable {
	list, err := parseSchemes(schemeFile)
	t := schemeTable{list: list, err: err}
	for _, s := range list {
		t.issuers.ranges = append(t.issuers.ranges, s.ranges...)
	}
	return t
})

// account returns the scheme and form of an account of a code.
func accountForm(o Object) (Scheme, AccountForm, bool) {
	for _, s := range schemes().list {
		for _, form := range s.Accounts {
			if form.matches(o) {
				return s, form, true
			}
		}
	}
	return Scheme{}, AccountForm{}, false
}

func (f AccountForm) matches(o Object) bool {
	if o.ID < f.First || o.ID > f.Last {
		return false
	}
	id, ok := find(o.Objects, "00")
	return f.ID == "-" || ok && like(strings.ToLower(f.ID), strings.ToLower(id.Value))
}

// like compares with a pattern in which * stands for any characters.
func like(pattern, text string) bool {
	head, rest, wild := strings.Cut(pattern, "*")
	if !wild {
		return pattern == text
	}
	if !strings.HasPrefix(text, head) {
		return false
	}
	for i := len(head); i <= len(text); i++ {
		if like(rest, text[i:]) {
			return true
		}
	}
	return false
}

// value returns what a field says in an account, and nothing if the field is not
// there or meant for other accounts.
func (f Field) value(o Object) string {
	if f.Path == "." {
		return o.Value
	}
	if f.If != "" {
		if is, _ := at(o.Objects, f.If); is.Value != f.Is {
			return ""
		}
	}
	var b strings.Builder
	for path := range strings.SplitSeq(f.Path, "+") {
		part, ok := at(o.Objects, path)
		if !ok {
			return ""
		}
		b.WriteString(part.Value)
	}
	return b.String()
}

// schemes holds the accounts against what their schemes say. All are warnings: a
// scheme may have changed since the data was written.
func (c *checker) schemes() {
	for _, o := range c.merchant.Accounts() {
		scheme, form, ok := accountForm(o)
		if !ok {
			continue
		}
		c.account(o, form)
		if country := c.merchant.Country(); scheme.Country != "" && country != "" && country != scheme.Country {
			c.add(o, o.ID, "scheme-country", scheme.Title+" is of another country", true)
		}
		currency, known := c.merchant.Currency()
		if known && scheme.Currencies != nil && !slices.Contains(scheme.Currencies, string(currency)) {
			c.add(o, o.ID, "scheme-currency", scheme.Title+" has another currency", true)
		}
	}
}

func (c *checker) account(o Object, form AccountForm) {
	wanted, found := false, false
	for _, field := range form.Fields {
		value := field.value(o)
		wanted = wanted || field.Role == PayeeRole
		found = found || field.Role == PayeeRole && value != ""
		if value != "" && !field.format.matches(value) {
			c.add(o, place(o, field), "scheme-format", field.Name+": "+field.format.String(), true)
		}
	}
	if wanted && !found {
		c.add(o, o.ID, "scheme-payee", "the account does not say whose it is", true)
	}
}

func place(o Object, f Field) string {
	if f.Path == "." {
		return o.ID
	}
	return o.ID + "/" + f.Path
}
