package emvqr

import (
	"fmt"
	"strings"
)

// parseSchemes reads schemes: a line is a keyword and its words, # begins a
// comment, and what is misspelt is an error.
//
//	scheme NAME                begins a scheme
//	title TEXT, country CC, currency CCY..., basis vector|text|unverified
//	account ID[-ID] GUID       begins a form of account
//	payee|institution|field PATH NAME FORMAT [if PATH VALUE]
//	application HEX            the beginning of an AID
//	digits LENGTH PATTERN      payment codes of a length, ? is any digit
func parseSchemes(text string) ([]Scheme, error) {
	var list []Scheme
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		words := strings.Fields(line)
		if words[0] == "scheme" && len(words) == 2 {
			list = append(list, Scheme{Name: words[1]})
			continue
		}
		if len(list) == 0 || len(words) < 2 || !list[len(list)-1].take(words[0], words[1:]) {
			return list, fmt.Errorf("emvqr: schemes: line %d: not understood", number)
		}
	}
	return list, nil
}

// take reads one line of a scheme.
func (s *Scheme) take(keyword string, words []string) bool {
	switch keyword {
	case "title":
		s.Title = strings.Join(words, " ")
	case "country":
		s.Country = words[0]
	case "currency":
		s.Currencies = words
	case "basis":
		s.Basis = words[0]
		return s.Basis == "vector" || s.Basis == "text" || s.Basis == "unverified"
	case "application":
		s.Applications = append(s.Applications, words[0])
	case "account":
		return s.takeAccount(words)
	case "digits":
		return s.takeDigits(words)
	default:
		return s.takeField(Role(keyword), words)
	}
	return true
}

func (s *Scheme) takeAccount(words []string) bool {
	first, last, ranged := strings.Cut(words[0], "-")
	if !ranged {
		last = first
	}
	if len(words) != 2 || len(first) != 2 || len(last) != 2 || !digits(first+last) || first > last || !isAccount(last) {
		return false
	}
	s.Accounts = append(s.Accounts, AccountForm{First: first, Last: last, ID: words[1]})
	return true
}

func (s *Scheme) takeDigits(words []string) bool {
	if len(words) != 2 {
		return false
	}
	r := IssuerRange{Issuer: s.Name, Pattern: words[1]}
	if _, err := fmt.Sscanf(words[0], "%d", &r.Length); err != nil || r.check() != nil {
		return false
	}
	s.ranges = append(s.ranges, r)
	return true
}

func (s *Scheme) takeField(role Role, words []string) bool {
	if role != PayeeRole && role != InstitutionRole && role != FieldRole || len(s.Accounts) == 0 {
		return false
	}
	conditional := len(words) == 6 && words[3] == "if"
	if len(words) != 3 && !conditional {
		return false
	}
	field := Field{Role: role, Path: words[0], Name: words[1]}
	if conditional {
		field.If, field.Is = words[4], words[5]
	}
	var ok bool
	field.format, ok = parseFormat(words[2])
	form := &s.Accounts[len(s.Accounts)-1]
	form.Fields = append(form.Fields, field)
	return ok
}
