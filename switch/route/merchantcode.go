package route

import (
	"cmp"
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
	switch c.Mode {
	case connectors.PrivateOrderCode, connectors.Push, connectors.EntryCode:
	default:
		return reason.New(reason.InvalidRequest, op, "mode is PrivateOrderCode, PushPayment or EntryCode")
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
// stands for. A code of nobody is InvalidCode.
func (d *Directory) CodeOwner(code string) (Participant, connectors.Mode, error) {
	const op = "route.CodeOwner"
	upper := strings.ToUpper(code)
	for _, known := range d.codes {
		if !strings.HasPrefix(upper, known.Prefix) {
			continue
		}
		owner, ok := d.byID[known.AcquirerID]
		if !ok || owner.Role != connectors.RoleAcquirer {
			return Participant{}, "", reason.New(reason.InvalidCode, op, "owner left")
		}
		return owner, known.Mode, nil
	}
	return Participant{}, "", reason.New(reason.InvalidCode, op, "nobody's code")
}
