// Package policy is everything that compliance staff decide beforehand, as one
// document: from which score a listed name stops a payment, whether a hit refuses
// it or has people look at it, the limits, the rules, and what must be known of the
// parties. A document is one version; a new one is approved by two people, can run
// beside the one in force first, and takes its place as a whole.
package policy

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/compliance/limits"
	"github.com/causeway-pay/causeway/compliance/match"
	"github.com/causeway-pay/causeway/compliance/rules"
	"github.com/causeway-pay/causeway/compliance/travel"
)

// Document is a policy as people write it.
type Document struct {
	Screening Screening `json:"screening"`
	// Hold lists the payments that a hit holds for people to look at. For all others
	// somebody is waiting, so that a hit refuses them.
	Hold []Scope `json:"hold,omitempty"`
	// ReviewMinutes is how long a held payment can wait; then it is refused.
	ReviewMinutes int64        `json:"review_minutes"`
	Limits        limits.Rules `json:"limits,omitempty"`
	Rules         []rules.Rule `json:"rules,omitempty"`
	Travel        travel.Rules `json:"travel"`
}

// Screening says from which score a listed name stops a payment.
type Screening struct {
	Threshold
	// Corridors have thresholds of their own; the first that fits is taken.
	Corridors []CorridorThreshold `json:"corridors,omitempty"`
}

// Threshold is the scores of lists in basis points.
type Threshold struct {
	// Default is for lists that Lists does not name.
	Default int            `json:"default"`
	Lists   map[string]int `json:"lists,omitempty"`
	// Weak is what an alias that the list itself calls weak needs beyond that.
	Weak int `json:"weak"`
}

// CorridorThreshold is the thresholds of some payments.
type CorridorThreshold struct {
	Scope
	Threshold
}

// Scope says which payments something is for; empty means all.
type Scope struct {
	Payer    string `json:"payer,omitempty"`
	Merchant string `json:"merchant,omitempty"`
	Product  string `json:"product,omitempty"`
}

// Fits reports whether a payment is in the scope.
func (s Scope) Fits(payer, merchant, product string) bool {
	return (s.Payer == "" || s.Payer == payer) && (s.Merchant == "" || s.Merchant == merchant) &&
		(s.Product == "" || s.Product == product)
}

// Limits of a document, all far above what a hub needs.
const (
	// DocumentMax is the most bytes.
	DocumentMax = 256 << 10
	scopesMax   = 200
	// thresholdLeast keeps a slip of the pen from stopping everybody.
	thresholdLeast = 5_000
	thresholdMost  = 10_000
	reviewMost     = 7 * 24 * 60
)

// Standard is the policy of a hub that was given none: names are screened at the
// scores that were measured, a hit refuses, and nothing else is demanded but what
// screening needs.
func Standard() Document {
	p := match.DefaultPolicy
	return Document{
		Screening:     Screening{Threshold: Threshold{Default: p.Default, Weak: p.Weak}},
		ReviewMinutes: 60, Travel: travel.Standard(),
	}
}

// Parse reads a document strictly: an unknown field is an error, because it may be
// a rule that would not be in force, and so is one that stands twice.
func Parse(data []byte) (Document, error) {
	if len(data) > DocumentMax {
		return Document{}, fmt.Errorf("policy: larger than %d bytes", DocumentMax)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	var d Document
	if err := decoder.Decode(&d); err != nil {
		return Document{}, fmt.Errorf("policy: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Document{}, errors.New("policy: something follows the document")
	}
	if err := unique(json.NewDecoder(bytes.NewReader(data))); err != nil {
		return Document{}, fmt.Errorf("policy: %w", err)
	}
	return d, nil
}

// unique refuses an object with a name twice: of those encoding/json takes the last, and
// names that differ by capitals are one to it.
func unique(tokens *json.Decoder) error {
	token, err := tokens.Token()
	open, nested := token.(json.Delim)
	if err != nil || !nested {
		return err
	}
	seen := map[string]bool{}
	for tokens.More() {
		if open == '{' {
			name, err := tokens.Token()
			if err != nil {
				return err
			}
			folded := strings.ToLower(fmt.Sprint(name))
			if seen[folded] {
				return fmt.Errorf("field %q stands twice", name)
			}
			seen[folded] = true
		}
		if err := unique(tokens); err != nil {
			return err
		}
	}
	_, err = tokens.Token()
	return err
}

// Canonical returns the document in its one form.
func (d Document) Canonical() ([]byte, error) {
	data, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	return data, nil
}

// Policy is a document that was checked, ready to be applied. It never changes.
type Policy struct {
	Document
	// Version counts the policies of the hub from 1; 0 is [Standard].
	Version int64
	// Hash is of the canonical document.
	Hash string

	rules *rules.Set
}

// New checks a document.
func New(version int64, d Document) (*Policy, error) {
	if err := d.check(); err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	set, err := rules.NewSet(d.Rules)
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	canonical, err := d.Canonical()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(canonical)
	return &Policy{Document: d, Version: version, Hash: hex.EncodeToString(sum[:]), rules: set}, nil
}

func (d Document) check() error {
	if err := d.Screening.check(); err != nil {
		return fmt.Errorf("screening: %w", err)
	}
	for i, c := range d.Screening.Corridors {
		if err := c.check(); err != nil {
			return fmt.Errorf("screening: corridor %d: %w", i+1, err)
		}
	}
	switch {
	case len(d.Screening.Corridors) > scopesMax, len(d.Hold) > scopesMax:
		return fmt.Errorf("more than %d scopes", scopesMax)
	case d.ReviewMinutes < 1 || d.ReviewMinutes > reviewMost:
		return fmt.Errorf("review_minutes is 1 to %d", reviewMost)
	}
	if err := d.Limits.Check(); err != nil {
		return err
	}
	return d.Travel.Check()
}

func (t Threshold) check() error {
	scores := []int{t.Default}
	for _, score := range t.Lists {
		scores = append(scores, score)
	}
	for _, score := range scores {
		if score < thresholdLeast || score > thresholdMost {
			return fmt.Errorf("a threshold is %d to %d", thresholdLeast, thresholdMost)
		}
	}
	if t.Weak < 0 || t.Weak > thresholdMost-thresholdLeast {
		return fmt.Errorf("weak is 0 to %d", thresholdMost-thresholdLeast)
	}
	return nil
}

// Thresholds returns the scores for a payment.
func (p *Policy) Thresholds(payer, merchant, product string) match.Policy {
	t := p.Screening.Threshold
	for _, c := range p.Screening.Corridors {
		if c.Fits(payer, merchant, product) {
			t = c.Threshold
			break
		}
	}
	return match.Policy{Default: t.Default, Lists: t.Lists, Weak: t.Weak}
}

// Holds reports whether a hit holds a payment instead of refusing it.
func (p *Policy) Holds(payer, merchant, product string) bool {
	for _, scope := range p.Hold {
		if scope.Fits(payer, merchant, product) {
			return true
		}
	}
	return false
}

// RuleSet returns the rules, ready to be applied.
func (p *Policy) RuleSet() *rules.Set { return p.rules }

// Review returns how long a held payment can wait.
func (p *Policy) Review() time.Duration { return time.Duration(p.ReviewMinutes) * time.Minute }
