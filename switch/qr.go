package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/causeway-pay/causeway/connectors/emvqr"
	"github.com/causeway-pay/causeway/internal/table"
)

// qrCommand is the work with codes that are shown and scanned. It needs no hub.
type qrCommand struct {
	Show    qrShowCommand    `cmd:"" help:"Show what codes say, whom they pay, and what is wrong with them."`
	Make    qrMakeCommand    `cmd:"" help:"Make a merchant code, or draw any code, for terminal, SVG and PNG."`
	Schemes qrSchemesCommand `cmd:"" help:"List the payment schemes that codes can name, and their fields."`
}

// qrShowCommand shows codes.
type qrShowCommand struct {
	Codes []string `arg:"" name:"code" help:"The text of a code, a file with it or its PNG, or - for standard input."`
	JSON  bool     `help:"Print a JSON list with one object for each code."`
}

// Help teaches what the line above cannot.
func (qrShowCommand) Help() string {
	return `Reads EMV codes of merchants (PromptPay, QRIS, Pix, ...) and of payers, UPI links,
and payment codes of 16 to 32 digits. All that is wrong is told. Warnings are for what
real posters do and payers accept.

Numbers of cards, and what is secret in a payment code, are masked.

Exit code: 0 can be paid, 1 something found, 2 a wrong command line, an unreadable
file, or no code at all.

Examples:
  switch qr show poster.png
  switch qr show --json 'upi://pay?pa=shop@bank&am=12.50' | jq '.[].identity'`
}

// reading is what a code says.
type reading struct {
	Source   string           `json:"source"`
	Valid    bool             `json:"valid"`
	Identity emvqr.Identity   `json:"identity"`
	Amount   string           `json:"amount,omitempty"`
	Lines    []emvqr.Line     `json:"lines"`
	Findings []*emvqr.Finding `json:"findings"`
}

// Run implements the command.
func (c qrShowCommand) Run() error {
	readings, code := []reading{}, 0
	for _, argument := range c.Codes {
		r, err := readCode(argument)
		if err != nil {
			return unusable(err)
		}
		if !r.Valid {
			code = exitFindings
		}
		readings = append(readings, r)
	}
	if err := c.print(readings); err != nil {
		return err
	}
	if code != 0 {
		return &ended{code: code}
	}
	return nil
}

func (c qrShowCommand) print(readings []reading) error {
	if c.JSON {
		return printJSON(readings)
	}
	for _, r := range readings {
		if err := r.table(os.Stdout); err != nil {
			return err
		}
	}
	return nil
}

// readCode reads what an argument names. The text of a code is no source to name:
// it can be as good as money.
func readCode(argument string) (reading, error) {
	source, text, err := codeText(argument)
	if err != nil {
		return reading{}, fmt.Errorf("%s: %w", source, err)
	}
	code, findings := emvqr.Read(text)
	if code.Form == "" {
		return reading{}, fmt.Errorf("%s: %s", source, findings[0].Text)
	}
	issuers, err := emvqr.NewIssuers()
	if err != nil {
		return reading{}, err
	}
	r := reading{
		Source: source, Valid: true, Identity: emvqr.Identify(code, issuers), Lines: emvqr.Explain(code),
		Findings: []*emvqr.Finding{},
	}
	if r.Identity.Amount.Currency != "" {
		r.Amount = r.Identity.Amount.Decimal()
	}
	for i := range findings {
		r.Findings = append(r.Findings, &findings[i])
		r.Valid = r.Valid && findings[i].Warning
	}
	return r, nil
}

// codeText returns the text of a code: that of a file, of a picture, or the
// argument itself.
func codeText(argument string) (source, text string, err error) {
	data := []byte(argument)
	source = "the text"
	if file, isFile := openCode(argument); isFile {
		source = argument
		defer func() { _ = file.Close() }()
		if data, err = io.ReadAll(io.LimitReader(file, pictureMax+1)); err != nil {
			return source, "", err
		}
	}
	if bytes.HasPrefix(data, []byte("\x89PNG")) {
		text, err = readPicture(data)
		return source, text, err
	}
	return source, strings.TrimSpace(string(data)), nil
}

// openCode opens the file that an argument names; an argument that is no file is
// the code.
func openCode(argument string) (*os.File, bool) {
	if argument == "-" {
		return os.Stdin, true
	}
	file, err := os.Open(argument)
	return file, err == nil
}

// table prints a reading for people.
func (r reading) table(to io.Writer) error {
	if _, err := fmt.Fprintln(to, r.Source+": "+r.title()); err != nil {
		return err
	}
	var lines, parties, findings [][]string
	for _, l := range r.Lines {
		lines = append(lines, []string{l.Place, l.Meaning, l.Value})
	}
	for _, p := range r.Identity.Parties {
		parties = append(parties, []string{cmp.Or(p.Scheme, "unknown"), p.Kind, p.Value, p.Institution, p.Place})
	}
	for _, f := range r.Findings {
		text := f.Text
		if f.Warning {
			text = "warning: " + text
		}
		findings = append(findings, []string{strconv.Itoa(f.Offset), f.Place, f.Rule, text})
	}
	who := "payee under"
	if len(r.Identity.Parties) > 0 && r.Identity.Parties[0].Payer {
		who = "payer under"
	}
	return errors.Join(
		part(to, []string{"place", "meaning", "value"}, lines),
		part(to, []string{who, "known by", "value", "institution", "place"}, parties),
		part(to, []string{"at", "place", "rule", "text"}, findings, 0),
	)
}

// part prints a table with a line of space before it, and nothing if it has no rows.
func part(to io.Writer, header []string, rows [][]string, right ...int) error {
	if len(rows) == 0 {
		return nil
	}
	if _, err := fmt.Fprintln(to); err != nil {
		return err
	}
	return table.Write(to, "  ", header, rows, right...)
}

// title says in a line what a code is.
func (r reading) title() string {
	words := []string{map[emvqr.Form]string{
		emvqr.MerchantForm: "merchant code", emvqr.ConsumerForm: "consumer code", emvqr.LinkForm: "UPI link",
		emvqr.DigitsForm: "payment code",
	}[r.Identity.Form]}
	if r.Identity.Dynamic {
		words = append(words, "for one payment")
	}
	if r.Amount != "" {
		words = append(words, r.Identity.Amount.String())
	}
	faults, warnings := 0, 0
	for _, f := range r.Findings {
		if f.Warning {
			warnings++
		} else {
			faults++
		}
	}
	if faults > 0 {
		words = append(words, number(faults, "finding"))
	}
	if warnings > 0 {
		words = append(words, number(warnings, "warning"))
	}
	return strings.Join(words, ", ")
}

// qrSchemesCommand lists schemes.
type qrSchemesCommand struct{}

// Run implements the command.
func (qrSchemesCommand) Run() error {
	var rows [][]string
	for _, s := range emvqr.Schemes() {
		for _, form := range s.Accounts {
			ids := form.First
			if form.Last != form.First {
				ids += "-" + form.Last
			}
			var payees, fields []string
			for _, f := range form.Fields {
				if f.Role == emvqr.PayeeRole {
					payees = append(payees, f.Name)
				} else {
					fields = append(fields, f.Name)
				}
			}
			rows = append(rows, []string{
				s.Name, s.Country, ids, form.ID, strings.Join(payees, " "), strings.Join(fields, " "), s.Basis,
			})
		}
	}
	header := []string{"scheme", "country", "object", "identifier", "payee by", "fields", "basis"}
	return table.Write(os.Stdout, "", header, rows)
}
