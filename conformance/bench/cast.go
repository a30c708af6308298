package bench

import (
	"fmt"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/money"
)

// partnersMost bounds the cast: each partner has two ports of its own.
const partnersMost = 1000

// shopPlace is where an acquirer's merchants are, and in what they sell.
type shopPlace struct{ country, city, currency string }

// shopPlaces are those that the stage has corridors to. Their acquirers are settled
// in dollars, so that a payment crosses currencies on both legs.
var shopPlaces = []shopPlace{{"JP", "Tokyo", "JPY"}, {"SG", "Singapore", "SGD"}}

// settledIn is the settlement currency of all acquirers.
const settledIn = "USD"

var walletPlaces = []struct{ country, currency string }{{"HK", "HKD"}, {"PH", "PHP"}, {"KR", "KRW"}}

// capMajor is everybody's net debit cap in major units: more than ten million
// payments of this size take.
const capMajor = 2_000_000_000_000

// cast returns partners, half of them acquirers and half wallets, at least one of
// each.
func cast(partners int) []stage.Partner {
	var all []stage.Partner
	acquirers := partners / 2
	for i := range acquirers {
		all = append(all, stage.Partner{
			ID: acquirerID(i), Role: sandbox.RoleAcquirer, Name: fmt.Sprintf("Acquirer %d", i),
			Country: placeOf(i).country, Currency: settledIn, FeeBasisPoints: 80, Cap: fmt.Sprint(capMajor),
		})
	}
	for i := range partners - acquirers {
		place := walletPlaces[i%len(walletPlaces)]
		all = append(all, stage.Partner{
			ID: fmt.Sprintf("WALLET-%d", i), Role: sandbox.RoleWallet, Name: fmt.Sprintf("Wallet %d", i),
			Country: place.country, Currency: money.Currency(place.currency), Prefix: fmt.Sprintf("25%04d", i),
			Cap: fmt.Sprint(capMajor),
		})
	}
	return all
}

func acquirerID(i int) string { return fmt.Sprintf("ACQUIRER-%d", i) }

func placeOf(acquirer int) shopPlace { return shopPlaces[acquirer%len(shopPlaces)] }

// ofRole are the partners of a role.
func ofRole(all []stage.Partner, role string) []stage.Partner {
	var some []stage.Partner
	for _, p := range all {
		if p.Role == role {
			some = append(some, p)
		}
	}
	return some
}
