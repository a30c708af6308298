package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// fxCommand looks at rates, prices and exposure, through the hub's API.
type fxCommand struct {
	Hub       string `default:"http://127.0.0.1:8444" env:"SWITCH_HUB"        help:"The hub's address for operators."`
	TokenFile string `                                env:"SWITCH_TOKEN_FILE" help:"File with your token."            required:"" type:"path"`
	JSON      bool   `                                                        help:"Print JSON instead of tables."`

	Rates   fxRatesCommand   `cmd:"" help:"The rate board: every pair and source, and what is stopped."`
	Quote   fxQuoteCommand   `cmd:"" help:"Price a payment on both legs, firmly or as an indication."`
	Tariff  fxTariffCommand  `cmd:"" help:"The rules by which payments are priced."`
	Book    fxBookCommand    `cmd:"" help:"Exposure, positions, profit, alerts or deals."`
	History fxHistoryCommand `cmd:"" help:"What sources have said about a pair, newest first."`
	Chart   fxChartCommand   `cmd:"" help:"Exposure and profit day by day."`
	Close   fxCloseCommand   `cmd:"" help:"Close the book of a day: value every position."`
}

// access is the same for every command that speaks to the hub.
func (f *fxCommand) access() *operateCommand {
	return &operateCommand{Hub: f.Hub, TokenFile: f.TokenFile, JSON: f.JSON}
}

type fxRatesCommand struct {
	Currency string `help:"Only pairs with this currency."`
}

// Run implements the command.
func (r fxRatesCommand) Run(ctx context.Context, f *fxCommand) error {
	return show(f.access(), func(hub *client.Client) (wire.Board, error) { return hub.Rates(ctx) },
		func(board wire.Board) ([]string, [][]string) {
			var rows [][]string
			for _, rate := range board.Rates {
				pair := rate.UnitCurrency + "/" + rate.QuotedCurrency
				if strings.Contains(pair, r.Currency) {
					rows = append(rows, append(rateRow(rate), rate.Trouble))
				}
			}
			for _, stop := range board.Stops {
				if strings.Contains(stop.Subject, r.Currency) {
					rows = append(rows, []string{
						stop.Subject, "", "", "", "", stop.Since.Format(time.DateTime), "stopped: " + stop.Why,
					})
				}
			}
			return []string{"pair", "source", "bid", "mid", "ask", "since (UTC)", "trouble"}, rows
		}, 2, 3, 4)
}

func rateRow(r wire.BoardRate) []string {
	return []string{
		r.UnitCurrency + "/" + r.QuotedCurrency, r.Source, r.Bid, r.Mid, r.Ask, r.ObservedAt.Format(time.DateTime),
	}
}

type fxQuoteCommand struct {
	Amount   string `arg:""               help:"What the merchant is to be paid, in major units: 1500 or 12.50."`
	Currency string `arg:""               help:"The merchant's currency."`
	Acquirer string `required:""          help:"The acquirer."`
	Wallet   string `required:""          help:"The wallet."`
	Product  string `default:"PaymentCode" enum:"PaymentCode,OrderCode" help:"The way of paying: PaymentCode or OrderCode."`
	Firm     bool   `help:"Give a quote that a payment may be made at, once, until it expires."`
	Owner    string `help:"Whom a firm quote is for: the acquirer or the wallet; the acquirer if not said."`
}

// Run implements the command.
func (q fxQuoteCommand) Run(ctx context.Context, f *fxCommand) error {
	amount, err := money.ParseDecimal(q.Amount, money.Currency(q.Currency))
	if err != nil {
		return fmt.Errorf("amount: %w", err)
	}
	if q.Owner == "" {
		q.Owner = q.Acquirer
	}
	request := wire.QuoteRequest{
		OwnerID: q.Owner, AcquirerID: q.Acquirer, WalletID: q.Wallet, Product: q.Product, Amount: wire.AmountOf(amount),
		Firm: q.Firm,
	}
	return show(f.access(), func(hub *client.Client) (wire.Quote, error) { return hub.MakeQuote(ctx, request) },
		quoteRows, 1, 2)
}

func quoteRows(quote wire.Quote) ([]string, [][]string) {
	both := func(name string, of func(p wire.Price) string) []string {
		return []string{name, of(quote.Payer), of(quote.Merchant)}
	}
	amount := func(a wire.Amount) string { return a.Decimal + " " + a.Currency }
	rows := [][]string{
		both("merchant's amount", func(p wire.Price) string { return amount(p.From) }),
		both("at the middle rate", func(p wire.Price) string { return amount(p.AtMid) }),
		both("spread of the sources", func(p wire.Price) string { return amount(p.Spread) }),
		both("markup", func(p wire.Price) string { return amount(p.Markup) }),
		both("fee", func(p wire.Price) string { return amount(p.Fee) }),
		both("promotion", func(p wire.Price) string { return strings.TrimSpace(p.Sponsor + " " + amount(p.Promotion)) }),
		both("rounding", func(p wire.Price) string { return amount(p.Residue) }),
		both("pays, is paid", func(p wire.Price) string { return amount(p.To) }),
		both("client rate", func(p wire.Price) string {
			if p.ClientRate == "" {
				return "-"
			}
			return p.UnitCurrency + "/" + p.QuotedCurrency + " " + p.ClientRate
		}),
		both("by", func(p wire.Price) string { return strings.Join(append(p.Sources, p.Via...), " ") }),
	}
	if !quote.ExpiresAt.IsZero() {
		rows = append(rows, []string{"quote", quote.ID.String(), "until " + quote.ExpiresAt.Format(time.DateTime)})
	}
	return []string{"", "payer's leg", "merchant's leg"}, rows
}

type fxTariffCommand struct{}

// Run implements the command.
func (fxTariffCommand) Run(ctx context.Context, f *fxCommand) error {
	return show(f.access(), func(hub *client.Client) (wire.Tariff, error) { return hub.Tariff(ctx) },
		func(tariff wire.Tariff) ([]string, [][]string) {
			var rows [][]string
			for _, r := range tariff.Rules {
				var tiers []string
				for _, tier := range r.Tiers {
					tiers = append(tiers, fmt.Sprintf("%d from %s", tier.MarkupPoints, tier.FromMinor))
				}
				rows = append(rows, []string{
					r.Leg, r.Corridor, r.PartnerID, r.Product, r.Currency, strings.Join(tiers, ", "), r.FeeMinor,
					strings.TrimSpace(fmt.Sprintf("%s %d", r.Sponsor, r.PromotionPoints)), r.Rounding, r.Refund,
				})
			}
			return []string{
				"leg", "corridor", "partner", "product", "currency", "basis points", "fee (minor)", "promotion", "rounding",
				"refund",
			}, rows
		}, 6)
}

type fxBookCommand struct {
	Show string `default:"exposures" enum:"exposures,positions,profits,alerts,deals" help:"exposures, positions, profits, alerts or deals."`
}

// Run implements the command.
func (b fxBookCommand) Run(ctx context.Context, f *fxCommand) error {
	tables := map[string]func(wire.Book) ([]string, [][]string){
		"exposures": exposureRows, "positions": positionRows, "profits": profitRows, "alerts": alertRows, "deals": dealRows,
	}
	right := map[string][]int{
		"exposures": {1, 2}, "positions": {3, 5, 6}, "profits": {3, 4, 5}, "alerts": {1, 2}, "deals": {2, 4},
	}
	return show(f.access(), func(hub *client.Client) (wire.Book, error) { return hub.Book(ctx) },
		tables[b.Show], right[b.Show]...)
}

func exposureRows(book wire.Book) ([]string, [][]string) {
	var rows [][]string
	for _, e := range book.Exposures {
		limit, state := "", "no limit"
		if e.Limit != nil {
			limit, state = e.Limit.Decimal, "within"
		}
		if e.Breached {
			state = "BEYOND"
		}
		rows = append(rows, []string{e.Net.Currency, e.Net.Decimal, limit, state})
	}
	return []string{"currency", "net", "limit", "state"}, rows
}

func positionRows(book wire.Book) ([]string, [][]string) {
	var rows [][]string
	for _, p := range book.Positions {
		rows = append(rows, []string{
			p.Corridor, p.PartnerID, p.ValueDate, p.Amount.Decimal, p.Amount.Currency, p.Cost.Decimal, p.Unrealised.Decimal,
		})
	}
	return []string{
		"corridor", "partner", "value date", "amount", "currency", "cost in " + book.Currency, "unrealised",
	}, rows
}

func profitRows(book wire.Book) ([]string, [][]string) {
	var rows [][]string
	for _, p := range book.Profits {
		rows = append(rows, []string{
			p.Corridor, p.PartnerID, book.Currency, p.Income.Decimal, p.Unrealised.Decimal, p.Realised.Decimal,
		})
	}
	return []string{"corridor", "partner", "currency", "income", "unrealised", "realised"}, rows
}

func alertRows(book wire.Book) ([]string, [][]string) {
	var rows [][]string
	for _, a := range book.Alerts {
		cleared := "open"
		if !a.ClearedAt.IsZero() {
			cleared = a.ClearedAt.Format(time.DateTime)
		}
		rows = append(rows, []string{
			a.Net.Currency, a.Net.Decimal, a.Limit.Decimal, a.RaisedAt.Format(time.DateTime), cleared,
		})
	}
	return []string{"currency", "net", "limit", "raised (UTC)", "cleared (UTC)"}, rows
}

func dealRows(book wire.Book) ([]string, [][]string) {
	var rows [][]string
	for _, d := range book.Deals {
		rows = append(rows, []string{
			d.Counterparty, d.Reference, d.Buy.Decimal, d.Buy.Currency, d.Sell.Decimal, d.Sell.Currency, d.ValueDate,
		})
	}
	return []string{"counterparty", "reference", "bought", "", "sold", "", "value date"}, rows
}

type fxHistoryCommand struct {
	Pair   string `arg:""      help:"The pair as its sources state it, such as EUR/USD."`
	Limit  int    `default:"20" help:"How many, at most 500."`
	Before string `            help:"Where the page before ended (its next)."`
}

// Run implements the command.
func (h fxHistoryCommand) Run(ctx context.Context, f *fxCommand) error {
	return show(f.access(), func(hub *client.Client) (wire.RateHistory, error) {
		return hub.RateHistory(ctx, h.Pair, client.Page{Before: h.Before, Limit: h.Limit})
	}, func(history wire.RateHistory) ([]string, [][]string) {
		var rows [][]string
		for _, rate := range history.Rates {
			rows = append(rows, rateRow(rate))
		}
		return []string{"pair", "source", "bid", "mid", "ask", "observed (UTC)"}, rows
	}, 2, 3, 4)
}

type fxChartCommand struct {
	Currency string `help:"Only this currency."`
	From     string `help:"First day, such as 2026-04-13."`
	To       string `help:"Last day."`
}

// Run implements the command.
func (c fxChartCommand) Run(ctx context.Context, f *fxCommand) error {
	return show(f.access(), func(hub *client.Client) (wire.BookHistory, error) {
		return hub.BookHistory(ctx, c.Currency, c.From, c.To)
	}, func(history wire.BookHistory) ([]string, [][]string) {
		var rows [][]string
		for _, p := range history.Points {
			rows = append(rows, []string{
				p.Day, p.Net.Currency, p.Net.Decimal, p.Worth.Decimal + " " + p.Worth.Currency, p.Gain.Decimal, p.Realised.Decimal,
			})
		}
		return []string{"day", "currency", "net", "worth", "gain", "realised"}, rows
	}, 2, 3, 4, 5)
}

type fxCloseCommand struct {
	Day string `arg:"" help:"The day, such as 2026-04-13. It is closed once, and never after a later one."`
}

// Run implements the command.
func (c fxCloseCommand) Run(ctx context.Context, f *fxCommand) error {
	return show(f.access(), func(hub *client.Client) (wire.BookClosed, error) { return hub.CloseBook(ctx, c.Day) },
		func(closed wire.BookClosed) ([]string, [][]string) {
			return []string{"day", "positions", "gain", "realised", "currency"}, [][]string{{
				closed.Day, fmt.Sprint(closed.Positions), closed.Gain.Decimal, closed.Realised.Decimal, closed.Gain.Currency,
			}}
		}, 1, 2, 3)
}
