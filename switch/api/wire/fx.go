package wire

import (
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
)

// Rate is what a source says about a pair: one unit of UnitCurrency is so many of
// QuotedCurrency (ISO 20022: UnitCcy, QtdCcy). Rates are plain decimals.
type Rate struct {
	UnitCurrency   string `json:"unit_currency"`
	QuotedCurrency string `json:"quoted_currency"`
	Mid            string `json:"mid,omitempty"`
	// Bid and Ask are absent if the source states the middle alone.
	Bid        string    `json:"bid,omitempty"`
	Ask        string    `json:"ask,omitempty"`
	ObservedAt time.Time `json:"observed_at"`
}

// PushedRates are what a provider states. Of mid, and bid and ask, one may be
// left out.
type PushedRates struct {
	Rates []Rate `json:"rates"`
}

// Taken says what became of pushed rates.
type Taken struct {
	// New counts the rates that are priced from now on.
	New int `json:"new"`
	// Stopped are the pairs that were stopped by them.
	Stopped []Stop `json:"stopped"`
}

// BoardRate is a rate of the board.
type BoardRate struct {
	Rate
	Source string `json:"source"`
	// Trouble is why the rate prices nothing; absent if it may.
	Trouble string `json:"trouble,omitempty"`
}

// Stop is a pair that must not be priced, or a source that must not price.
type Stop struct {
	// Subject is the pair, such as "EUR/USD", or the source.
	Subject string    `json:"subject"`
	Why     string    `json:"why"`
	Since   time.Time `json:"since"`
}

// Board are all rates in the order of pair and source, with what is stopped.
type Board struct {
	Rates []BoardRate `json:"rates"`
	Stops []Stop      `json:"stops"`
}

// RateHistory is what sources have said about a pair, newest first.
type RateHistory struct {
	Rates []BoardRate `json:"rates"`
	// Next is where the next page starts; empty on the last one.
	Next string `json:"next,omitempty"`
}

// NextPage is where the next page starts; empty on the last one.
func (h RateHistory) NextPage() string { return h.Next }

// QuoteRequest asks for the price of a payment.
type QuoteRequest struct {
	// OwnerID is whom a firm quote is for: the acquirer or the wallet.
	OwnerID    string `json:"owner_id"`
	AcquirerID string `json:"acquirer_id"`
	WalletID   string `json:"wallet_id"`
	// Product is the way of paying: "PaymentCode" or "OrderCode".
	Product string `json:"product"`
	// Amount is what the merchant is to be paid.
	Amount Amount `json:"amount"`
	// Firm asks for a quote that a payment may be made at; without, the price is
	// an indication.
	Firm bool `json:"firm"`
}

// Price is one leg of a quote, with what it is made of.
type Price struct {
	From Amount `json:"from"`
	To   Amount `json:"to"`
	// UnitCurrency, QuotedCurrency and ClientRate are absent where nothing is
	// converted.
	UnitCurrency   string   `json:"unit_currency,omitempty"`
	QuotedCurrency string   `json:"quoted_currency,omitempty"`
	ClientRate     string   `json:"client_rate,omitempty"`
	MidRate        string   `json:"mid_rate,omitempty"`
	AtMid          Amount   `json:"at_mid"`
	Spread         Amount   `json:"spread"`
	Markup         Amount   `json:"markup"`
	Fee            Amount   `json:"fee"`
	Promotion      Amount   `json:"promotion"`
	Sponsor        string   `json:"sponsor,omitempty"`
	Residue        Amount   `json:"residue"`
	Via            []string `json:"via"`
	Sources        []string `json:"sources"`
}

// Quote is the price of a payment on both legs.
type Quote struct {
	// ID is the QtId of a firm quote; absent for an indication.
	ID         ids.ID    `json:"id,omitzero"`
	OwnerID    string    `json:"owner_id,omitempty"`
	AcquirerID string    `json:"acquirer_id"`
	WalletID   string    `json:"wallet_id"`
	Product    string    `json:"product"`
	Amount     Amount    `json:"amount"`
	Payer      Price     `json:"payer"`
	Merchant   Price     `json:"merchant"`
	QuotedAt   time.Time `json:"quoted_at,omitzero"`
	ExpiresAt  time.Time `json:"expires_at,omitzero"`
	UsedAt     time.Time `json:"used_at,omitzero"`
	UsedBy     ids.ID    `json:"used_by,omitzero"`
}

// Exposure is what the hub is long (above zero) or short of a currency.
type Exposure struct {
	Net Amount `json:"net"`
	// Limit is absent where there is none.
	Limit    *Amount `json:"limit,omitempty"`
	Breached bool    `json:"breached"`
}

// OpenPosition is one position of the book. Cost and Unrealised are in the book's
// currency.
type OpenPosition struct {
	Corridor  string `json:"corridor"`
	PartnerID string `json:"partner_id"`
	// ValueDate is absent for what has matured.
	ValueDate  string `json:"value_date,omitempty"`
	Amount     Amount `json:"amount"`
	Cost       Amount `json:"cost"`
	Unrealised Amount `json:"unrealised"`
}

// Profit is what a partner's payments in a corridor have brought, in the book's
// currency.
type Profit struct {
	Corridor   string `json:"corridor"`
	PartnerID  string `json:"partner_id"`
	Income     Amount `json:"income"`
	Unrealised Amount `json:"unrealised"`
	Realised   Amount `json:"realised"`
}

// ExposureAlert is an exposure that was beyond its limit.
type ExposureAlert struct {
	ID        ids.ID    `json:"id"`
	Net       Amount    `json:"net"`
	Limit     Amount    `json:"limit"`
	RaisedAt  time.Time `json:"raised_at"`
	ClearedAt time.Time `json:"cleared_at,omitzero"`
}

// BookedDeal is a deal with a liquidity provider.
type BookedDeal struct {
	ID           ids.ID    `json:"id"`
	Counterparty string    `json:"counterparty"`
	Reference    string    `json:"reference"`
	Buy          Amount    `json:"buy"`
	Sell         Amount    `json:"sell"`
	ValueDate    string    `json:"value_date"`
	BookedAt     time.Time `json:"booked_at"`
}

// Book is the hub's exposure as it is now.
type Book struct {
	Currency  string          `json:"currency"`
	Exposures []Exposure      `json:"exposures"`
	Positions []OpenPosition  `json:"positions"`
	Profits   []Profit        `json:"profits"`
	Alerts    []ExposureAlert `json:"alerts"`
	Deals     []BookedDeal    `json:"deals"`
}

// BookPoint is the exposure in one currency at the end of one day. All but Net
// are in the book's currency.
type BookPoint struct {
	Day      string `json:"day"`
	Net      Amount `json:"net"`
	Worth    Amount `json:"worth"`
	Gain     Amount `json:"gain"`
	Realised Amount `json:"realised"`
}

// BookHistory is the exposure day by day, oldest first: what a chart shows.
type BookHistory struct {
	Points []BookPoint `json:"points"`
}

// BookClose closes the book of a day, "2026-04-13".
type BookClose struct {
	Day string `json:"day"`
}

// BookClosed says what the day has brought.
type BookClosed struct {
	Day       string `json:"day"`
	Positions int    `json:"positions"`
	Gain      Amount `json:"gain"`
	Realised  Amount `json:"realised"`
}

// Tier is a markup for amounts from a threshold on, in minor units.
type Tier struct {
	FromMinor    string `json:"from_minor"`
	MarkupPoints int64  `json:"markup_points"`
}

// RuleChange is a rule of the tariff: what is absent is not stated. An empty
// scope means all.
type RuleChange struct {
	Corridor  string `json:"corridor"`
	PartnerID string `json:"partner_id"`
	Product   string `json:"product"`
	// Leg is "payer" or "merchant".
	Leg string `json:"leg"`
	// Currency limits the rule to legs into it; fee and promotion need one.
	Currency string `json:"currency"`
	Tiers    []Tier `json:"tiers,omitempty"`
	FeeMinor string `json:"fee_minor,omitempty"`
	// Sponsor pays PromotionPoints of the amount, at most PromotionMost.
	Sponsor         string    `json:"sponsor,omitempty"`
	PromotionPoints int64     `json:"promotion_points,omitempty"`
	PromotionMost   string    `json:"promotion_most,omitempty"`
	PromotedFrom    time.Time `json:"promoted_from,omitzero"`
	PromotedUntil   time.Time `json:"promoted_until,omitzero"`
	Rounding        string    `json:"rounding,omitempty"`
	// Refund is "original" or "current".
	Refund string `json:"refund,omitempty"`
}

// Tariff is the rules by which payments are priced.
type Tariff struct {
	Rules []RuleChange `json:"rules"`
}

// Names of the kinds of proposals about exchange.
const (
	KindRateSet       = "fx.rate.set"
	KindPairStop      = "fx.pair.stop"
	KindPairResume    = "fx.pair.resume"
	KindSourceSuspend = "fx.source.suspend"
	KindSourceResume  = "fx.source.resume"
	KindRuleSet       = "fx.rule.set"
	KindRoundingSet   = "fx.rounding.set"
	KindLimitSet      = "fx.limit.set"
	KindDealBook      = "fx.deal.book"
)

// PairChange stops a pair, such as "EUR/USD", or lets it be priced again.
type PairChange struct {
	Pair string `json:"pair"`
	Why  string `json:"why"`
}

// SourceChange suspends a source, or lets it price again.
type SourceChange struct {
	Source string `json:"source"`
	Why    string `json:"why"`
}

// RoundingChange names the rounding of conversions into a currency: half-even,
// half-up, down or up.
type RoundingChange struct {
	Currency string `json:"currency"`
	Rounding string `json:"rounding"`
}

// LimitChange says how much of a currency the hub may be long or short.
type LimitChange struct {
	Limit Amount `json:"limit"`
}

// DealChange books a deal with a liquidity provider.
type DealChange struct {
	Counterparty string `json:"counterparty"`
	Reference    string `json:"reference"`
	Buy          Amount `json:"buy"`
	Sell         Amount `json:"sell"`
	// ValueDate is "2026-04-15".
	ValueDate string `json:"value_date"`
}
