package route

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
)

// MerchantCode says which codes that merchants show are an acquirer's own.
type MerchantCode struct {
	AcquirerID string
	// Prefix is how the codes begin, at least 8 characters: the registered domain
	// with its slash ("https://pay.example/"), more of the address, or the beginning
	// of a national code. Letters match in either case, since a code may be drawn in
	// upper case.
	Prefix string
	// Mode is PrivateOrderCode, Push or EntryCode: what such a code stands for.
	Mode connectors.Mode
}

// Lengths of a prefix.
const (
	prefixLeast = 8
	prefixMost  = 256
)

// Check refuses a prefix that would take in codes of others.
func (c MerchantCode) Check() error {
	const op = "route.MerchantCode"
	if !ownCode(c.Mode) {
		return badMode(op)
	}
	if len(c.Prefix) < prefixLeast || len(c.Prefix) > prefixMost {
		return reason.New(reason.InvalidRequest, op, "a prefix has 8 to 256 characters")
	}
	if !strings.Contains(c.Prefix, "://") {
		return nil
	}
	address, err := url.Parse(c.Prefix)
	if err != nil || !strings.EqualFold(address.Scheme, "https") || address.Host == "" || address.Path == "" {
		return reason.New(reason.InvalidRequest, op, "an address is https and goes on after its host with a slash")
	}
	return nil
}

// ownCode reports whether codes of an acquirer's own can stand for a mode.
func ownCode(mode connectors.Mode) bool {
	return mode == connectors.PrivateOrderCode || mode == connectors.Push || mode == connectors.EntryCode
}

func badMode(op string) error {
	return reason.New(reason.InvalidRequest, op, "mode is PrivateOrderCode, PushPayment or EntryCode")
}

// sortCodes puts the longest prefix first, in upper case as it is compared.
func sortCodes(codes []MerchantCode) []MerchantCode {
	sorted := slices.Clone(codes)
	for i := range sorted {
		sorted[i].Prefix = strings.ToUpper(sorted[i].Prefix)
	}
	slices.SortFunc(sorted, func(a, b MerchantCode) int {
		return cmp.Or(cmp.Compare(len(b.Prefix), len(a.Prefix)), cmp.Compare(a.Prefix, b.Prefix))
	})
	return sorted
}

// CodeOwner returns the acquirer whose code a merchant shows, and what the code
// stands for: by the beginning of the code, or by an account in the code of a payment
// scheme. A code of nobody is InvalidCode.
func (d *Directory) CodeOwner(code string) (Participant, connectors.Mode, error) {
	const op = "route.CodeOwner"
	id, mode, found := d.prefixOwner(code)
	if !found {
		var account AccountOwner
		account, found = d.accountOwner(code)
		id, mode = account.AcquirerID, account.Mode
	}
	owner, known := d.byID[id]
	switch {
	case !found:
		return Participant{}, "", reason.New(reason.InvalidCode, op, "nobody's code")
	case !known || owner.Role != connectors.RoleAcquirer:
		return Participant{}, "", reason.New(reason.InvalidCode, op, "owner left")
	default:
		return owner, mode, nil
	}
}

func (d *Directory) prefixOwner(code string) (id string, mode connectors.Mode, found bool) {
	upper := strings.ToUpper(code)
	for _, known := range d.codes {
		if strings.HasPrefix(upper, known.Prefix) {
			return known.AcquirerID, known.Mode, true
		}
	}
	return "", "", false
}

// MerchantCodes returns the prefixes of acquirers' codes, the longest first.
func (d *Directory) MerchantCodes() []MerchantCode { return slices.Clone(d.codes) }

// AccountOwners returns the owners of accounts in no particular order.
func (d *Directory) AccountOwners() []AccountOwner { return slices.Collect(maps.Values(d.accounts)) }
