package stage

import (
	"fmt"

	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/money"
)

// Region is the region of the stage's hub.
const Region = "asia-1"

// Partner is one partner of the cast.
type Partner struct {
	ID       string
	Role     string
	Name     string
	Country  string
	Currency money.Currency
	// Prefix is the issuer prefix of a wallet's payment codes.
	Prefix string
	// FeeBasisPoints is the service fee of an acquirer.
	FeeBasisPoints int64
	// Notices is of which final states an acquirer is notified; empty means of every one.
	Notices string
	// Cap is the net debit cap in major units.
	Cap string
}

// Cast returns the partners: two acquirers and three wallets, each in another
// currency.
func Cast() []Partner {
	return []Partner{
		{
			ID:             "JP-SAKURA",
			Role:           sandbox.RoleAcquirer,
			Name:           "Sakura Acquiring",
			Country:        "JP",
			Currency:       "JPY",
			FeeBasisPoints: 80,
			Cap:            "50000000",
		},
		{
			ID:             "SG-MERLION",
			Role:           sandbox.RoleAcquirer,
			Name:           "Merlion Acquiring",
			Country:        "SG",
			Currency:       "SGD",
			FeeBasisPoints: 70,
			Cap:            "500000.00",
		},
		{
			ID:       "HK-HARBOUR",
			Role:     sandbox.RoleWallet,
			Name:     "Harbour Pay",
			Country:  "HK",
			Currency: "HKD",
			Prefix:   "251001",
			Cap:      "5000000.00",
		},
		{
			ID:       "PH-LUZON",
			Role:     sandbox.RoleWallet,
			Name:     "Luzon Pay",
			Country:  "PH",
			Currency: "PHP",
			Prefix:   "251002",
			Cap:      "30000000.00",
		},
		{
			ID:       "KR-HANGANG",
			Role:     sandbox.RoleWallet,
			Name:     "Hangang Pay",
			Country:  "KR",
			Currency: "KRW",
			Prefix:   "251003",
			Cap:      "800000000",
		},
	}
}

// Mainland is a wallet whose payments are declared to customs. It is not in [Cast].
func Mainland() Partner {
	return Partner{
		ID:       "CN-DRAGON",
		Role:     sandbox.RoleWallet,
		Name:     "Dragon Pay",
		Country:  "CN",
		Currency: "CNY",
		Prefix:   "251004",
		Cap:      "5000000.00",
	}
}

// Customers of every wallet by the part they play.
const (
	// Regular customers approve what they can afford: traveller-0 to -9.
	Regular = "traveller"
	// Poor cannot afford anything.
	Poor = "traveller-poor"
	// Listed has a name that stands on a sanctions list.
	Listed = "traveller-listed"
	// Silent never gets an answer out of the wallet and is not debited.
	Silent = "traveller-silent"
	// SilentDebited never gets an answer either, but is debited.
	SilentDebited = "traveller-silent-debited"
)

// RegularCustomers is how many regular customers each wallet has.
const RegularCustomers = 10

// ListedName is the name on the stage's own sanctions list. It is invented.
const ListedName = "Viktor Blocksworth"

// customers returns a wallet's customers, each rich in its currency.
func customers(currency money.Currency) []sandbox.Customer {
	wealth := int64(1_000_000)
	for range currency.Exponent() {
		wealth *= 10
	}
	wealth *= 100
	list := []sandbox.Customer{
		{ID: Poor, Name: "Penny Thinwallet", Balance: 1, Behaviour: sandbox.Approve},
		{ID: Listed, Name: ListedName, Balance: wealth, Behaviour: sandbox.Approve},
		{ID: Silent, Name: "Quill Hushfield", Balance: wealth, Behaviour: sandbox.Silent},
		{ID: SilentDebited, Name: "Morrow Stillwater", Balance: wealth, Behaviour: sandbox.SilentDebited},
	}
	for i := range RegularCustomers {
		list = append(list, sandbox.Customer{
			ID: fmt.Sprintf("%s-%d", Regular, i), Name: fmt.Sprintf("Wander Waystone %c", 'A'+i),
			Balance: wealth, Behaviour: sandbox.Approve,
		})
	}
	return list
}
