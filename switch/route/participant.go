package route

import (
	"fmt"
	"regexp"

	"github.com/causeway-pay/causeway/connectors"
)

var (
	participantID = regexp.MustCompile(`^[A-Z0-9-]{2,34}$`)
	countryCode   = regexp.MustCompile(`^[A-Z]{2}$`)
	// A client id travels in a header: what is visible in ASCII, as long as every id of the
	// protocol. Dots join what is signed, so that one within it could be read in two ways.
	clientID     = regexp.MustCompile(`^[!--/-~]{1,64}$`)
	prefixDigits = regexp.MustCompile(`^[0-9]{6}$`)
)

// feeMost is the highest fee in basis points: below everything, as the database
// demands.
const feeMost = 9_999

// Problem returns what keeps a participant from being taken on, beginning with the
// name of the field, and "" if nothing does. Name, currency, endpoint and keys are
// judged by those who know the rules for them.
func (p Participant) Problem() string {
	switch {
	case !participantID.MatchString(p.ID):
		return fmt.Sprintf("id: want 2 to 34 of A-Z, 0-9 and -, got %q", p.ID)
	case p.Role != connectors.RoleAcquirer && p.Role != connectors.RoleWallet:
		return fmt.Sprintf("role: want acquirer or wallet, got %q", p.Role)
	case !countryCode.MatchString(p.Country):
		return fmt.Sprintf("country: want two capital letters, got %q", p.Country)
	case !clientID.MatchString(p.ClientID):
		return fmt.Sprintf("client_id: want 1 to 64 visible characters and no dot, got %q", p.ClientID)
	case p.Network() && p.CodePrefix != "":
		return "code_prefix: a network has prefixes of issuers"
	case p.Role == connectors.RoleWallet && !p.Network() && !prefixDigits.MatchString(p.CodePrefix):
		return fmt.Sprintf("code_prefix: want six digits, got %q", p.CodePrefix)
	case p.Role == connectors.RoleAcquirer && p.CodePrefix != "":
		return "code_prefix: an acquirer issues no payment codes"
	case p.FeeBasisPoints < 0 || p.FeeBasisPoints > feeMost:
		return fmt.Sprintf("fee_basis_points: want 0 to %d, got %d", feeMost, p.FeeBasisPoints)
	default:
		return ""
	}
}
