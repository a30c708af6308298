package route

import (
	"cmp"
	"fmt"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// Participant is a participant with the parts of its contract that only the hub
// needs.
type Participant struct {
	connectors.Participant
	// CodePrefix is the six-digit issuer prefix of a wallet's payment codes
	// (code issuer identification); empty for an acquirer.
	CodePrefix string
	// FeeBasisPoints is the service fee on what an acquirer is paid.
	FeeBasisPoints int64
	// Registration is what an acquirer's contract says about its merchants.
	Registration Registration
	// Notices is what an acquirer's contract says about notifications.
	Notices Notices
}

// Notices is of which final states an acquirer is notified.
type Notices string

// What a contract can say.
const (
	// NoticesEvery: of every one, also if the answer to its request has told it.
	NoticesEvery Notices = ""
	// NoticesUntold: of those that the answer to its own pay has not told. An acquirer that
	// got no answer asks, as after any other.
	NoticesUntold Notices = "UNTOLD"
)

// noticesEvery is the word for [NoticesEvery].
const noticesEvery = "EVERY"

// String returns the word for what a contract says: EVERY or UNTOLD.
func (n Notices) String() string { return cmp.Or(string(n), noticesEvery) }

// ParseNotices reads a word for what a contract says.
func ParseNotices(word string) (Notices, error) {
	switch word {
	case noticesEvery:
		return NoticesEvery, nil
	case string(NoticesUntold):
		return NoticesUntold, nil
	}
	return "", fmt.Errorf("notices are EVERY or UNTOLD, not %q", word)
}

// Registration is whether an acquirer's merchants must be registered to be paid.
type Registration string

// What a contract can say.
const (
	// RegistrationNone: merchants need not be registered.
	RegistrationNone Registration = ""
	// RegistrationAtOnce: they must, and are as soon as the acquirer says so.
	RegistrationAtOnce Registration = "AT_ONCE"
	// RegistrationReviewed: they must, and two operators decide about each.
	RegistrationReviewed Registration = "REVIEWED"
)

// String returns the word for what a contract says: NONE, AT_ONCE or REVIEWED.
func (r Registration) String() string { return cmp.Or(string(r), "NONE") }

// Directory is one immutable state of participants and corridors.
type Directory struct {
	byID      map[string]Participant
	byClient  map[string]Participant
	byPrefix  map[string]Participant
	corridors map[string]Corridor
	version   int64
	codes     []MerchantCode // the longest prefix first
	accounts  map[Account]AccountOwner
	aliases   AliasKey
	issuers   []IssuerPrefix // the longest prefix first
}

// Version is the number of the last approved change that the directory holds, or
// of an earlier one; see [Version].
func (d *Directory) Version() int64 { return d.version }

// NewDirectory builds a directory.
func NewDirectory(participants []Participant, corridors []Corridor) *Directory {
	d := &Directory{
		byID:      make(map[string]Participant, len(participants)),
		byClient:  make(map[string]Participant, len(participants)),
		byPrefix:  make(map[string]Participant, len(participants)),
		corridors: make(map[string]Corridor, len(corridors)),
	}
	for _, p := range participants {
		d.byID[p.ID] = p
		d.byClient[p.ClientID] = p
		if p.CodePrefix != "" {
			d.byPrefix[p.CodePrefix] = p
		}
	}
	for _, c := range corridors {
		d.corridors[c.Name()] = c
	}
	return d
}

// WithCodes returns the directory with the codes of acquirers.
func (d *Directory) WithCodes(codes []MerchantCode) *Directory {
	with := *d
	with.codes = sortCodes(codes)
	return &with
}

// Participant returns the participant with an id.
func (d *Directory) Participant(id string) (Participant, bool) {
	p, ok := d.byID[id]
	return p, ok
}

// ByClient returns the participant with a client id.
func (d *Directory) ByClient(clientID string) (Participant, bool) {
	p, ok := d.byClient[clientID]
	return p, ok
}

// Participants returns all participants in no particular order.
func (d *Directory) Participants() []Participant {
	all := make([]Participant, 0, len(d.byID))
	for _, p := range d.byID {
		all = append(all, p)
	}
	return all
}

// Corridors returns all corridors in no particular order.
func (d *Directory) Corridors() []Corridor {
	all := make([]Corridor, 0, len(d.corridors))
	for _, c := range d.corridors {
		all = append(all, c)
	}
	return all
}

// Corridor returns the corridor between a wallet and an acquirer, and checks
// that a payment may use it at a time.
func (d *Directory) Corridor(wallet, acquirer Participant, amount money.Amount, at time.Time) (Corridor, error) {
	const op = "route.Corridor"
	c, ok := d.corridors[wallet.Country+"-"+acquirer.Country]
	switch {
	case !ok:
		return Corridor{}, reason.New(reason.Unsupported, op, "no corridor "+wallet.Country+"-"+acquirer.Country)
	case wallet.Suspended || acquirer.Suspended:
		return Corridor{}, reason.New(reason.InvalidContract, op, "a participant of "+c.Name()+" is suspended")
	}
	if err := c.admit(wallet, amount, at); err != nil {
		return Corridor{}, err
	}
	return c, nil
}
