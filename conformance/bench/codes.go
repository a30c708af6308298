package bench

import (
	"context"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/switch/node"
	"github.com/causeway-pay/causeway/switch/route"
)

// hubKeyFile is the hub's public key in a stage's folder of keys.
const hubKeyFile = node.HubOwner + ".pub"

// codeLife is how long the codes of a run are good: as long as it can take.
const codeLife = time.Hour

// codesAtOnce is how many codes one transaction writes.
const codesAtOnce = 2000

// issue writes payment codes into the database as if wallets had fetched them, one
// for each payment, so that a load consists of payments alone.
func issue(
	ctx context.Context, pool *db.Pool, wallets []stage.Partner, picks []pick, at time.Time,
) ([]PlanPayment, error) {
	payments := make([]PlanPayment, len(picks))
	var codes []route.PayerCode
	for i, p := range picks {
		code, err := codeFor(wallets[p.wallet], p.behaviour, i, at)
		if err != nil {
			return nil, err
		}
		payments[i] = PlanPayment{Acquirer: p.acquirer, Code: code.Value, Amount: amountOf(p.acquirer, i)}
		if codes = append(codes, code); len(codes) < codesAtOnce && i+1 < len(picks) {
			continue
		}
		err = pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error { return route.InsertCodes(ctx, tx, codes) })
		if err != nil {
			return nil, err
		}
		codes = codes[:0]
	}
	return payments, nil
}

// payers is how many payers a wallet has.
const payers = 5000

func codeFor(wallet stage.Partner, b behaviour, number int, at time.Time) (route.PayerCode, error) {
	issuer := route.Participant{
		Participant: connectors.Participant{ID: wallet.ID, Region: stage.Region}, CodePrefix: wallet.Prefix,
	}
	payer := strconv.Itoa(number % payers)
	code, err := route.NewCode(issuer, string(b)+"-"+payer, payerName(wallet.ID+payer), at)
	code.ExpiresAt = at.Add(codeLife)
	return code, err
}

// What payers are called. None of the names made of these is like one on a list.
var (
	givenNames = strings.Fields(`Wander Mei Haru Luz Sora Quill Perrin Odette Ansel Imogen Tamsin Corin Elspeth Jory Maren
		Niall Orla Piran Rowena Senan Thora Ulric Verity Wilfred Xanthe Yestin Zelda Bram Cerys Doran Esme Finola`)
	familyNames = strings.Fields(`Waystone Lantern Hushfield Stillwater Thistlewick Marrow Fernsby Quickbeam Ashgrove
		Brambleby Cloverdale Dunmore Elmhurst Foxglove Greenhalgh Hollowell Inglethorpe Juniper Kestrel Larkspur Merriweather
		Nettleton Oakhurst Primrose Quillfeather Ravenscar Silverdale Tanglewood Underhill Violetbank Willowmere Yarrow`)
)

// payerName is a name of words that come back. There are 26,624, so that most payments of a
// run are the first of somebody of that name.
func payerName(payer string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(payer)) // it never fails
	rest := h.Sum64()
	draw := func(of int) int {
		drawn := rest % uint64(of)
		rest /= uint64(of)
		return int(drawn)
	}
	return fmt.Sprintf("%s %s %c", givenNames[draw(len(givenNames))], familyNames[draw(len(familyNames))], 'A'+rune(draw(26)))
}

// amountOf is a small amount in the acquirer's currency, in digits of minor units.
func amountOf(acquirer, number int) string {
	if placeOf(acquirer).currency == "JPY" {
		return strconv.Itoa(800 + number%4000)
	}
	return strconv.Itoa(650 + number%4500)
}
