package emvqr

import (
	"errors"
	"fmt"
	"strings"
)

// PaymentCode is the digits that a payer shows, as a bar code or a QR code.
type PaymentCode struct {
	Digits string
}

// The lengths of payment codes. Terminals read 16 to 32 digits; a code of the
// present standard has 24: six of issuer, two of business type, sixteen that
// nobody can guess. 20 to 23 and 25 to 32 are reserved; shorter ones are legacy.
const (
	digitsMin     = 16
	digitsMax     = 32
	digitsLegacy  = 19
	digitsPresent = 24
	issuerDigits  = 6
)

// payerPresented is the business type of codes that payers show.
const payerPresented = "02"

// ReadPaymentCode reads a payment code, and returns all that is wrong with it.
func ReadPaymentCode(text string) (PaymentCode, []Finding) {
	if len(text) < digitsMin || len(text) > digitsMax || !digits(text) {
		return PaymentCode{}, []Finding{{Rule: "digits", Text: "16 to 32 digits"}}
	}
	code := PaymentCode{text}
	var findings []Finding
	warn := func(rule, text string) {
		findings = append(findings, Finding{Rule: rule, Text: text, Warning: true})
	}
	if n := len(text); n > digitsLegacy && n != digitsPresent {
		warn("digits-reserved", "the length is reserved")
	}
	if kind := code.BusinessType(); kind != "" && kind != payerPresented {
		warn("business-type", "the business type of payers' codes is 02")
	}
	return code, findings
}

// Issuer returns the first six digits, which name the issuer of a code of 24.
func (c PaymentCode) Issuer() string { return c.Digits[:min(issuerDigits, len(c.Digits))] }

// BusinessType returns the two digits of business type of a code of 24, and
// nothing for a legacy code.
func (c PaymentCode) BusinessType() string {
	if len(c.Digits) != digitsPresent {
		return ""
	}
	return c.Digits[issuerDigits : issuerDigits+2]
}

// IssuerRange gives an issuer the codes of a length that begin like a pattern.
type IssuerRange struct {
	// Issuer is a scheme or a participant.
	Issuer string
	// Length is 16 to 32 digits.
	Length int
	// Pattern is digits, and ? for any digit, not longer than Length.
	Pattern string
}

func (r IssuerRange) check() error {
	if r.Length < digitsMin || r.Length > digitsMax {
		return errors.New("emvqr: a payment code has 16 to 32 digits")
	}
	if len(r.Pattern) > r.Length || !digits(strings.ReplaceAll(r.Pattern, "?", "0")) {
		return errors.New("emvqr: a pattern is digits and ?, not longer than the code")
	}
	return nil
}

// weight counts what the pattern fixes; the heaviest range that matches decides.
func (r IssuerRange) weight() int { return len(r.Pattern) - strings.Count(r.Pattern, "?") }

func (r IssuerRange) matches(code string) bool {
	if len(code) != r.Length {
		return false
	}
	for i := range len(r.Pattern) {
		if r.Pattern[i] != '?' && r.Pattern[i] != code[i] {
			return false
		}
	}
	return true
}

// rangesMax bounds a table: there are a million prefixes of six digits, and far
// fewer wallets.
const rangesMax = 10_000

// Issuers finds the issuer of a payment code. The zero value knows nobody.
type Issuers struct {
	ranges []IssuerRange
}

// NewIssuers makes a table of the caller's ranges and, after them, the public ones
// of schemes.txt.
func NewIssuers(ranges ...IssuerRange) (Issuers, error) {
	if len(ranges) > rangesMax {
		return Issuers{}, errors.New("emvqr: more than 10,000 ranges")
	}
	for i, r := range ranges {
		if err := r.check(); err != nil {
			return Issuers{}, fmt.Errorf("%w (range %d)", err, i+1)
		}
	}
	return Issuers{append(append([]IssuerRange(nil), ranges...), schemes().issuers.ranges...)}, nil
}

// Find returns the range that decides about a code: the one that fixes the most
// digits, the first of those that fix as many.
func (t Issuers) Find(code PaymentCode) (IssuerRange, bool) {
	best, found := IssuerRange{}, false
	for _, r := range t.ranges {
		if r.matches(code.Digits) && (!found || r.weight() > best.weight()) {
			best, found = r, true
		}
	}
	return best, found
}
