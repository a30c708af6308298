package emvqr

import (
	"fmt"
	"slices"
	"strings"
)

// fieldRule is what the standard says about one object.
type fieldRule struct {
	path   string
	format string
	// missing is what the absence of the object is.
	missing severity
	// lenient means that a wrong format is a warning.
	lenient bool
}

type severity uint8

const (
	allowed severity = iota
	warned
	refused
)

// fieldRules follow EMV QRCPS MPM 1.1, tables 3.1 to 3.8. What verified codes of
// national schemes leave out (PromptPay and VietQR 52, 59 and 60) or write too
// long (names of QRIS) is a warning.
var fieldRules = []fieldRule{
	{idFormat, "n2", refused, false},
	{idInitiation, "n2", allowed, true},
	{idCategory, "n4", warned, true},
	{idCurrency, "n3", refused, false},
	{idTip, "n2", allowed, false},
	{idCountry, "a2", refused, false},
	{idName, "s1-25", warned, true},
	{idCity, "s1-15", warned, true},
	{idPostalCode, "s1-10", allowed, true},
	{"62/01", "s1-25", allowed, true},
	{"62/02", "s1-25", allowed, true},
	{"62/03", "s1-25", allowed, true},
	{"62/04", "s1-25", allowed, true},
	{"62/05", "s1-25", allowed, true},
	{"62/06", "s1-25", allowed, true},
	{"62/07", "s1-25", allowed, true},
	{"62/08", "s1-25", allowed, true},
	{"62/09", "s1-3", allowed, true},
	{"62/10", "s1-20", allowed, true},
	{"62/11", "an3", allowed, true},
	{"64/00", "an2", allowed, true},
	{"64/01", "s1-25", allowed, true},
	{"64/02", "s1-15", allowed, true},
}

// checker collects findings.
type checker struct {
	merchant Merchant
	findings []Finding
}

func (c *checker) add(o Object, place, rule, text string, warning bool) {
	c.findings = append(c.findings, Finding{Place: place, Offset: o.Offset, Rule: rule, Text: text, Warning: warning})
}

// check holds a code that could be read against the rules.
func (m Merchant) check() []Finding {
	c := &checker{merchant: m, findings: m.broken}
	if m.counting == octets {
		c.add(Object{}, "", "length-bytes", "lengths count bytes, the standard counts characters", true)
	}
	c.frame()
	c.unique(m.Objects, "")
	for _, rule := range fieldRules {
		c.field(rule)
	}
	c.values()
	c.amounts()
	c.accounts()
	c.schemes()
	return c.findings
}

// frame checks the first and the last object.
func (c *checker) frame() {
	objects := c.merchant.Objects
	if len(objects) == 0 {
		c.add(Object{}, "", "empty", "no object", false)
		return
	}
	if objects[0].ID != idFormat {
		c.add(objects[0], objects[0].ID, "first", "the payload format indicator 00 is the first object", false)
	}
	last := objects[len(objects)-1]
	want := fmt.Sprintf("%04X", Checksum(c.merchant.text[:last.Offset]+checksumHead))
	switch {
	case last.ID != idChecksum:
		c.add(last, last.ID, "last", "the CRC 63 is the last object", false)
	case !strings.EqualFold(last.Value, want):
		c.add(last, idChecksum, "crc", "the CRC does not fit the code", false)
	case last.Value != want:
		c.add(last, idChecksum, "crc-case", "the CRC is written in capital letters", true)
	}
}

// unique checks that an id stands once: whoever reads the first and whoever reads
// the last would pay different people.
func (c *checker) unique(objects []Object, place string) {
	seen := map[string]bool{}
	for _, o := range objects {
		here := join(place, o.ID)
		if seen[o.ID] {
			c.add(o, here, "duplicate", "an id stands once in its template", false)
		}
		seen[o.ID] = true
		c.unique(o.Objects, here)
	}
}

func (c *checker) field(rule fieldRule) {
	o, ok := c.merchant.At(rule.path)
	f, _ := parseFormat(rule.format)
	switch {
	case ok && !f.matches(o.Value):
		c.add(o, rule.path, "format", f.String(), rule.lenient)
	case !ok && rule.missing != allowed:
		c.add(Object{}, rule.path, "missing", "the standard requires it", rule.missing == warned)
	}
}

// values checks those that are lists.
func (c *checker) values() {
	lists := []struct {
		id, values, text string
		lenient          bool
	}{
		{idFormat, "01", "01; some Malaysian codes have 02", true},
		{idInitiation, "11 12", "11 static, 12 dynamic", true},
		{idTip, "01 02 03", "01 ask, 02 fixed, 03 percentage", false},
	}
	for _, list := range lists {
		if o, ok := c.merchant.At(list.id); ok && !slices.Contains(strings.Fields(list.values), o.Value) {
			c.add(o, list.id, "value", list.text, list.lenient)
		}
	}
	if o, ok := c.merchant.At(idCurrency); ok {
		if _, known := CurrencyOf(o.Value); !known {
			c.add(o, idCurrency, "currency", "no currency of ISO 4217 in use", true)
		}
	}
}

func (c *checker) amounts() {
	m := c.merchant
	if o, stated := m.At(idAmount); stated {
		c.amount(o)
	}
	tip := m.value(idTip)
	for _, of := range []struct{ id, when string }{{idTipFixed, "02"}, {idTipPercent, "03"}} {
		o, ok := m.At(of.id)
		switch {
		case ok && tip != of.when:
			c.add(o, of.id, "tip", "only there if 55 is "+of.when, false)
		case !ok && tip == of.when:
			c.add(Object{}, of.id, "missing", "required if 55 is "+of.when, false)
		case ok && of.id == idTipFixed:
			c.amount(o)
		case ok:
			if _, valid := basisPoints(o.Value); !valid {
				c.add(o, of.id, "percentage", "00.01 to 99.99 per cent", false)
			}
		}
	}
}

// amount checks one amount; in a currency that is not known, only its form.
func (c *checker) amount(o Object) {
	if !plainAmount(o.Value) {
		c.add(o, o.ID, "amount", "at most 13 digits with one point, in major units", false)
		return
	}
	if strings.Trim(o.Value, "0.") == "" {
		c.add(o, o.ID, "amount-zero", "an amount is more than nothing", o.ID != idAmount)
		return
	}
	if currency, known := c.merchant.Currency(); known {
		if _, err := parseAmount(o.Value, currency); err != nil {
			c.add(o, o.ID, "amount-digits", "more digits than the currency has", false)
		}
	}
}

func (c *checker) accounts() {
	accounts := c.merchant.Accounts()
	if len(accounts) == 0 {
		c.add(Object{}, "", "account", "no merchant account information, 02 to 51", false)
	}
	unique, _ := parseFormat("s1-32")
	for _, o := range accounts {
		if templateOf(o.ID) != template || o.Objects == nil {
			continue
		}
		id, ok := find(o.Objects, "00")
		if !ok || !unique.matches(id.Value) {
			c.add(o, o.ID+"/00", "account-id", "a globally unique identifier of 1 to 32 characters", false)
		}
	}
}
