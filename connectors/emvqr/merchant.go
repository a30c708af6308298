package emvqr

import (
	"strings"
	"unicode/utf8"
)

// Merchant is a merchant code (EMV QRCPS, Merchant-Presented Mode): every object
// in its order, the unknown ones, too.
type Merchant struct {
	// Objects are those of the outermost level.
	Objects []Object

	text     string
	counting counting
	broken   []Finding
}

// The ids of the objects of the outermost level.
const (
	idFormat     = "00"
	idInitiation = "01"
	idCategory   = "52"
	idCurrency   = "53"
	idAmount     = "54"
	idTip        = "55"
	idTipFixed   = "56"
	idTipPercent = "57"
	idCountry    = "58"
	idName       = "59"
	idCity       = "60"
	idPostalCode = "61"
	idAdditional = "62"
	idChecksum   = "63"
	idLanguage   = "64"
)

// ReadMerchant reads a merchant code as far as it can be read, and returns all
// that is wrong with it. Parse is for those who would pay it.
func ReadMerchant(text string) (Merchant, []Finding) {
	if f := readable(text); f != nil {
		return Merchant{}, []Finding{*f}
	}
	m, failure := readCounted(text, characters)
	if !m.ascii() {
		other, otherwise := readCounted(text, octets)
		switch second := otherwise == nil && other.whole(); {
		case second && failure == nil && m.whole():
			m.broken = append(m.broken, Finding{Rule: "length-ambiguous",
				Text: "whoever counts characters and whoever counts bytes would read two different codes"})
		case second:
			m, failure = other, nil
		}
	}
	if failure != nil {
		return m, []Finding{*failure}
	}
	return m, m.check()
}

func (m Merchant) ascii() bool { return len(m.text) == utf8.RuneCountInString(m.text) }

// whole reports whether the objects make sense as counted: all templates could be
// read, and the CRC stands at the end.
func (m Merchant) whole() bool {
	last := len(m.Objects) - 1
	return len(m.broken) == 0 && last >= 0 && m.Objects[last].ID == idChecksum
}

func readable(text string) *Finding {
	switch {
	case len(text) > SizeMax:
		return &Finding{Rule: "size", Text: "more than 512 bytes"}
	case !utf8.ValidString(text):
		return &Finding{Rule: "characters", Text: "not UTF-8"}
	case strings.ContainsFunc(text, control):
		return &Finding{Rule: "characters", Text: "a control character"}
	}
	return nil
}

// control reports whether a character could change what a reader sees: controls,
// and the marks that turn the direction of writing.
func control(r rune) bool {
	return r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// readCounted reads with one way of counting; a failure is one of the outermost
// level, templates that cannot be read are collected.
func readCounted(text string, c counting) (Merchant, *Finding) {
	m := Merchant{text: text, counting: c}
	var failure *Finding
	m.Objects, failure = split(text, "", 0, c)
	for i := range m.Objects {
		m.open(&m.Objects[i], "", templateOf(m.Objects[i].ID))
	}
	return m, failure
}

// templateKind says what is within an object.
type templateKind uint8

const (
	// primitive objects hold text.
	primitive templateKind = iota
	// template objects hold objects.
	template
	// unreserved objects should hold objects, but DuitNow, for one, puts a hash
	// there.
	unreserved
	// additional is the template 62, which holds templates itself.
	additional
)

// templateOf returns what the standard says is within an object of the outermost
// level.
func templateOf(id string) templateKind {
	switch {
	case id >= "26" && id <= "51", id == idLanguage:
		return template
	case id == idAdditional:
		return additional
	case id >= "80":
		return unreserved
	}
	return primitive
}

func (m *Merchant) open(o *Object, place string, kind templateKind) {
	if kind == primitive {
		return
	}
	here := join(place, o.ID)
	objects, failure := split(o.Value, here, o.Offset+headSize, m.counting)
	if failure != nil {
		failure.Warning = kind == unreserved
		m.broken = append(m.broken, *failure)
		return
	}
	o.Objects = objects
	if kind != additional {
		return
	}
	for i := range o.Objects {
		if o.Objects[i].ID >= "50" {
			m.open(&o.Objects[i], here, unreserved)
		}
	}
}

// Text returns the code as it was read or built.
func (m Merchant) Text() string { return m.text }

// At returns the object at a path such as "26/00". It is the first of that id.
func (m Merchant) At(path string) (Object, bool) { return at(m.Objects, path) }

// value returns the text at a path, and nothing if it is not there.
func (m Merchant) value(path string) string {
	o, _ := m.At(path)
	return o.Value
}

// Accounts returns the merchant account information, objects 02 to 51, in their
// order.
func (m Merchant) Accounts() []Object {
	var accounts []Object
	for _, o := range m.Objects {
		if isAccount(o.ID) {
			accounts = append(accounts, o)
		}
	}
	return accounts
}

func isAccount(id string) bool { return id >= "02" && id <= "51" }

// Canonical writes the objects anew: 00 first, then by id, each length in
// characters, and a fresh CRC at the end. Objects of one id keep their order.
func (m Merchant) Canonical() string { return canonical(m.Objects) }
