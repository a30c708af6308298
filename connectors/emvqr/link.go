package emvqr

import (
	"net/url"
	"strings"

	"github.com/causeway-pay/causeway/money"
)

// Link is a UPI link, upi://pay?pa=...: every parameter in its order, the unknown
// ones, too (NPCI, UPI Linking Specifications 1.6).
type Link struct {
	Parameters []Parameter
}

// Parameter is one of a link, decoded.
type Parameter struct {
	Name   string
	Value  string
	Offset int
}

const linkPrefix = "upi://pay?"

// ReadLink reads a UPI link as far as it can be read, and returns all that is
// wrong with it.
func ReadLink(text string) (Link, []Finding) {
	if f := readable(text); f != nil {
		return Link{}, []Finding{*f}
	}
	if !isLink(text) {
		return Link{}, []Finding{{Rule: "link", Text: "begins with upi://pay?"}}
	}
	var link Link
	at := len(linkPrefix)
	for part := range strings.SplitSeq(text[at:], "&") {
		name, value, _ := strings.Cut(part, "=")
		decoded, err := url.QueryUnescape(value)
		if err != nil || !plainName(name) || readable(decoded) != nil || strings.Contains(part, "#") {
			return link, []Finding{{Offset: at, Rule: "parameter", Text: "name=value, joined by & and escaped by %"}}
		}
		link.Parameters = append(link.Parameters, Parameter{Name: name, Value: decoded, Offset: at})
		at += len(part) + 1
	}
	return link, link.check()
}

// plainName reports whether a name is letters and digits. Others would have to be
// decoded first, which not every reader does: two of them might see two payees.
func plainName(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool { return !classes["an"](r) })
}

func isLink(text string) bool {
	return len(text) >= len(linkPrefix) && strings.EqualFold(text[:len(linkPrefix)], linkPrefix)
}

// Value returns the value of a parameter: pa payee address, pn payee name, am
// amount, cu currency, tr reference, mc category, tn note.
func (l Link) Value(name string) string {
	p, _ := l.parameter(name)
	return p.Value
}

func (l Link) parameter(name string) (Parameter, bool) {
	for _, p := range l.Parameters {
		if p.Name == name {
			return p, true
		}
	}
	return Parameter{}, false
}

// Dynamic reports whether the link was made for one payment: mode 15 or 16
// (dynamic and secure dynamic code), or a reference with an amount.
func (l Link) Dynamic() bool {
	return l.Value("mode") == "15" || l.Value("mode") == "16" || l.Value("tr") != "" && l.Value("am") != ""
}

// Currency returns the currency, INR if the link does not name one.
func (l Link) Currency() (money.Currency, bool) {
	code := money.Currency(l.Value("cu"))
	if code == "" {
		return "INR", true
	}
	return code, code.Known()
}

// Amount returns the amount that the payee asks for; see Merchant.Amount.
func (l Link) Amount() (amount money.Amount, stated bool, err error) {
	p, stated := l.parameter("am")
	if !stated || p.Value == "" {
		return money.Amount{}, false, nil
	}
	currency, ok := l.Currency()
	if ok {
		amount, err = parseAmount(p.Value, currency)
	}
	if !ok || err != nil {
		return money.Amount{}, true, &Finding{Place: "am", Offset: p.Offset, Rule: "amount",
			Text: "an amount in major units of a currency that is known"}
	}
	return amount, true, nil
}

func (l Link) check() []Finding {
	var findings []Finding
	add := func(p Parameter, place, rule, text string) {
		findings = append(findings, Finding{Place: place, Offset: p.Offset, Rule: rule, Text: text})
	}
	seen := map[string]bool{}
	for _, p := range l.Parameters {
		// Some readers take PA for pa.
		name := strings.ToLower(p.Name)
		if seen[name] {
			add(p, "", "duplicate", "a parameter stands once")
		}
		seen[name] = true
	}
	payee, ok := l.parameter("pa")
	user, bank, at := strings.Cut(payee.Value, "@")
	switch {
	case !ok:
		add(payee, "pa", "missing", "a link names its payee")
	case !at || user == "" || bank == "" || strings.ContainsAny(bank, " @"):
		add(payee, "pa", "address", "name@bank")
	}
	if amount, stated, err := l.Amount(); err != nil {
		add(Parameter{}, "am", "amount", "an amount in major units of a currency that is known")
	} else if stated && !amount.IsPositive() {
		add(Parameter{}, "am", "amount-zero", "an amount is more than nothing")
	}
	return findings
}

// Text writes the link with its parameters in their order.
func (l Link) Text() string {
	parts := make([]string, len(l.Parameters))
	for i, p := range l.Parameters {
		// A plus stands for a space in forms only; wallets want %20.
		parts[i] = p.Name + "=" + strings.ReplaceAll(url.QueryEscape(p.Value), "+", "%20")
	}
	return linkPrefix + strings.Join(parts, "&")
}
