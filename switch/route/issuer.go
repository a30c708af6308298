package route

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// IssuerPrefix says that payment codes which begin so are issued by another network.
type IssuerPrefix struct {
	// Prefix is two to six digits.
	Prefix string
	// NetworkID is the participant that stands for the network's payers. A network with
	// agreements in several currencies has several, under the same prefixes.
	NetworkID string
}

var issuerDigits = regexp.MustCompile(`^[0-9]{2,6}$`)

// Check refuses a prefix that cannot be one.
func (p IssuerPrefix) Check() error {
	if !issuerDigits.MatchString(p.Prefix) || !participantID.MatchString(p.NetworkID) {
		return reason.New(reason.InvalidRequest, "route.IssuerPrefix", "a prefix is two to six digits")
	}
	return nil
}

// WithIssuers returns the directory with the prefixes of other networks.
func (d *Directory) WithIssuers(issuers []IssuerPrefix) *Directory {
	with := *d
	with.issuers = slices.Clone(issuers)
	slices.SortFunc(with.issuers, func(a, b IssuerPrefix) int {
		return cmp.Or(cmp.Compare(len(b.Prefix), len(a.Prefix)), cmp.Compare(a.Prefix, b.Prefix),
			cmp.Compare(a.NetworkID, b.NetworkID))
	})
	return &with
}

// IssuerPrefixes returns the prefixes of other networks, the longest first.
func (d *Directory) IssuerPrefixes() []IssuerPrefix { return slices.Clone(d.issuers) }

// Issuer returns who issues payment codes with the prefix of code: one of our wallets,
// or else the other network of the longest prefix, if it can be by the agreement in the
// currency of the payment. A code is 16 to 24 digits; the first six name the issuer.
func (d *Directory) Issuer(code string, currency money.Currency) (Participant, error) {
	const op = "route.Issuer"
	if len(code) < 16 || len(code) > 24 || strings.Trim(code, "0123456789") != "" {
		return Participant{}, reason.New(reason.InvalidCode, op, "not 16 to 24 digits")
	}
	if wallet, ok := d.byPrefix[code[:6]]; ok {
		return wallet, nil
	}
	if network, ok := d.network(code, currency); ok {
		return network, nil
	}
	return Participant{}, reason.New(reason.InvalidCode, op, "no issuer "+code[:6])
}

func (d *Directory) network(code string, currency money.Currency) (found Participant, ok bool) {
	longest := 0
	for _, issuer := range d.issuers {
		network, known := d.byID[issuer.NetworkID]
		if !known || !strings.HasPrefix(code, issuer.Prefix) {
			continue
		}
		if len(issuer.Prefix) < longest {
			break
		}
		longest = len(issuer.Prefix)
		if network.Currency == currency {
			return network, true
		}
		if !ok {
			found, ok = network, true
		}
	}
	return found, ok
}

// MerchantNetwork returns the other network that our wallets' payers can pay through in
// a country: one whose merchants are there, if no acquirer of our own has any.
func (d *Directory) MerchantNetwork(country string) (network Participant, ok bool) {
	for _, p := range d.byID {
		if p.Role != connectors.RoleAcquirer || p.Country != country || p.Suspended {
			continue
		}
		if !p.Network() {
			return Participant{}, false
		}
		if !ok || p.ID < network.ID {
			network, ok = p, true
		}
	}
	return network, ok
}
