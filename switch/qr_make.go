package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/causeway-pay/causeway/connectors/emvqr"
	"github.com/causeway-pay/causeway/money"
)

// qrMakeCommand makes codes.
type qrMakeCommand struct {
	Text string `arg:"" optional:"" help:"A code to draw as it is, instead of making one."`

	Account  []string `sep:"none" placeholder:"SCHEME:NAME=VALUE,..." help:"Who is paid. See: switch qr schemes."`
	Dynamic  bool     `help:"For one payment."`
	Category string   `default:"0000" placeholder:"MCC" help:"Merchant category code, four digits."`
	Currency string   `placeholder:"CCY" help:"That of the first scheme if not given."`
	Country  string   `placeholder:"CC" help:"That of the first scheme if not given."`
	Amount   string   `placeholder:"1.50" help:"In major units; the payer types it if not given."`
	Tip      string   `placeholder:"ask|AMOUNT|N%" help:"A tip or fee on top of the amount."`

	Name       string `help:"The merchant's name, at most 25 characters."`
	City       string `help:"The merchant's city, at most 15 characters."`
	PostalCode string `help:"The postal code of the merchant."`
	Bill       string `help:"Number of the bill."`
	Store      string `help:"Label of the store."`
	Reference  string `help:"Reference of the payment."`
	Terminal   string `help:"Label of the terminal."`
	Purpose    string `help:"What the payment is for."`
	Language   string `placeholder:"LL" help:"Language of the two that follow, such as JA."`
	LocalName  string `help:"The merchant's name in that language."`
	LocalCity  string `help:"The merchant's city in that language."`

	SVG    string `name:"svg" placeholder:"FILE" help:"Save the picture as SVG."`
	PNG    string `name:"png" placeholder:"FILE" help:"Save the picture as PNG."`
	Draw   bool   `default:"true" negatable:"" help:"Draw the code in the terminal."`
	Invert bool   `help:"Draw for a terminal with dark letters on a light ground."`
}

// Help teaches what the line above cannot.
func (qrMakeCommand) Help() string {
	return `Prints the text of the code, then draws it. A code that would break a rule is not
made. An account of no known scheme is given by the ids of its objects.

Exit code: 0 made, 1 a rule would be broken, 2 a wrong command line or a file that
cannot be written.

Examples:
  switch qr make --account promptpay:mobile=0066891234567 --name 'TEST SHOP' --city BANGKOK
  switch qr make --account 26:00=org.example.switch,01=SHOP7 --currency JPY --country JP \
    --amount 1500 --dynamic --name 'TEST SHOP' --city TOKYO --reference ORDER-7 --png order.png
  switch qr make --invert 251001020123456789012345`
}

// Run implements the command.
func (c qrMakeCommand) Run() error {
	text, err := c.text()
	if err != nil {
		return err
	}
	code, err := drawing(text)
	if err != nil {
		return unusable(err)
	}
	fmt.Println(text)
	if c.Draw {
		fmt.Print("\n" + drawText(code, c.Invert))
	}
	if err := savePictures(code, c.SVG, c.PNG); err != nil {
		return unusable(err)
	}
	return nil
}

// text is the code to draw.
func (c qrMakeCommand) text() (string, error) {
	if c.Text != "" {
		if len(c.Account) > 0 {
			return "", unusable(fmt.Errorf("a code to draw and --account exclude each other"))
		}
		code, err := emvqr.Parse(c.Text)
		if code.Form == "" {
			err = unusable(err)
		}
		return c.Text, err
	}
	draft, err := c.draft()
	if err != nil {
		return "", err
	}
	merchant, err := draft.Build()
	return merchant.Text(), err
}

func (c qrMakeCommand) draft() (emvqr.Draft, error) {
	d := emvqr.Draft{
		Dynamic: c.Dynamic, Category: c.Category, Country: c.Country, Name: c.Name, City: c.City, PostalCode: c.PostalCode,
		Language: c.Language, LocalName: c.LocalName, LocalCity: c.LocalCity,
	}
	currency := c.Currency
	for _, account := range c.Account {
		object, scheme, err := parseAccount(account)
		if err != nil {
			return d, err
		}
		d.Accounts = append(d.Accounts, object)
		if d.Country == "" {
			d.Country = scheme.Country
		}
		if currency == "" && len(scheme.Currencies) > 0 {
			currency = scheme.Currencies[0]
		}
	}
	items := [][2]string{
		{"01", c.Bill}, {"03", c.Store}, {"05", c.Reference}, {"07", c.Terminal}, {"08", c.Purpose},
	}
	for _, item := range items {
		if item[1] != "" {
			d.Additional = append(d.Additional, emvqr.Object{ID: item[0], Value: item[1]})
		}
	}
	return d, c.price(&d, currency)
}

// price reads what has a currency.
func (c qrMakeCommand) price(d *emvqr.Draft, currency string) (err error) {
	if d.Currency, err = money.ParseCurrency(currency); err != nil {
		return unusable(fmt.Errorf("--currency: %w", err))
	}
	if c.Amount != "" {
		if d.Amount, err = money.ParseDecimal(c.Amount, d.Currency); err != nil {
			return unusable(fmt.Errorf("--amount: %w", err))
		}
	}
	switch percent, isPercent := strings.CutSuffix(c.Tip, "%"); {
	case c.Tip == "":
	case c.Tip == "ask":
		d.Tip.Kind = emvqr.PromptTip
	case isPercent:
		d.Tip.Kind = emvqr.PercentFee
		d.Tip.BasisPoints, err = emvqr.ParsePercentage(percent)
	default:
		d.Tip.Kind = emvqr.FixedFee
		d.Tip.Fixed, err = money.ParseDecimal(c.Tip, d.Currency)
	}
	if err != nil {
		return unusable(fmt.Errorf("--tip: %w", err))
	}
	return nil
}

// parseAccount reads SCHEME:NAME=VALUE,... or, for a scheme that is not known,
// ID:ID=VALUE,...
func parseAccount(text string) (emvqr.Object, emvqr.Scheme, error) {
	wrong := unusable(fmt.Errorf("--account: SCHEME:NAME=VALUE,... is wanted"))
	name, rest, ok := strings.Cut(text, ":")
	if !ok {
		return emvqr.Object{}, emvqr.Scheme{}, wrong
	}
	values := map[string]string{}
	var objects []emvqr.Object
	for pair := range strings.SplitSeq(rest, ",") {
		key, value, ok := strings.Cut(pair, "=")
		if _, twice := values[key]; !ok || twice {
			return emvqr.Object{}, emvqr.Scheme{}, wrong
		}
		values[key] = value
		objects = append(objects, emvqr.Object{ID: key, Value: value})
	}
	if _, err := strconv.Atoi(name); err == nil {
		return emvqr.Template(name, objects...), emvqr.Scheme{}, nil
	}
	scheme, ok := emvqr.SchemeOf(name)
	if !ok {
		return emvqr.Object{}, scheme, unusable(fmt.Errorf("--account: no scheme %q; see: switch qr schemes", name))
	}
	object, err := scheme.Account(values)
	return object, scheme, err
}
