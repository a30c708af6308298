package connectors

import (
	"strings"

	"github.com/causeway-pay/causeway/internal/throttle"
	"github.com/causeway-pay/causeway/money"
)

// Role is what a participant does in the switch.
type Role string

// The roles.
const (
	// RoleAcquirer: stands for merchants and is paid.
	RoleAcquirer Role = "acquirer"
	// RoleWallet: stands for payers and pays.
	RoleWallet Role = "wallet"
)

// Participant is an institution connected to the switch, as a connector needs
// to know it.
type Participant struct {
	// ID is the participant's id in the switch, at most 34 characters of
	// [A-Z0-9-], such as "HK-WALLET". It is no secret and no personal data.
	ID   string
	Role Role
	// Name is what travellers and merchants see, such as "Harbour Pay".
	Name string
	// Region is the participant's home region in the switch.
	Region string
	// Country is ISO 3166 alpha-2.
	Country string
	// Currency is the settlement currency of the contract.
	Currency money.Currency
	// ClientID is the id that the partner sends and that we send to it.
	ClientID string
	// Endpoint is the base URL under which the partner serves its side.
	Endpoint string
	// Connector names the protocol, such as "alipayplus".
	Connector string
	// Keys are the partner's active public keys by version, PKIX PEM.
	Keys map[int]string
	// Suspended participants may ask about payments but not start any.
	Suspended bool
	// Inbound limits what is served of the partner, Outbound what it is asked;
	// zeros mean the connector's defaults.
	Inbound, Outbound throttle.Limits
}

// networkSuffix ends the names of the connectors that take a member's place in
// another network, such as "alipayplus-network".
const networkSuffix = "-network"

// Network reports whether the participant is another network, of which the switch is
// a member: as a wallet it stands for payers who are known there, as an acquirer for
// merchants who are.
func (p Participant) Network() bool { return strings.HasSuffix(p.Connector, networkSuffix) }
