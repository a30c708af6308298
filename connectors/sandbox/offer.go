package sandbox

import (
	"encoding/json"
	"time"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
)

// offerOf is what a payer is told of an order: what of it cannot be read is left out,
// since it is for people only.
func offerOf(order json.RawMessage, quote *alipayplus.Quote, expires string) offer {
	var o offer
	var read alipayplus.Order
	if err := json.Unmarshal(order, &read); err == nil && read.Merchant != nil {
		o.merchant, o.what = read.Merchant.Name, read.Description
		if read.Merchant.Address != nil {
			o.city = read.Merchant.Address.City
		}
	}
	o.until = earlier(time.Time{}, expires)
	if quote != nil {
		o.pair, o.price = quote.Pair, quote.Price
		o.until = earlier(o.until, quote.ExpiryTime)
	}
	return o
}

// earlier is the earlier of a time and one that is written; a time that is not there
// or cannot be read does not count.
func earlier(than time.Time, text string) time.Time {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || !than.IsZero() && than.Before(at) {
		return than
	}
	return at
}
