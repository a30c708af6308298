package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/causeway-pay/causeway/internal/table"
	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/version"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// isoConvertCommand translates a message.
type isoConvertCommand struct {
	File   string `arg:""     help:"A file with a message, as XML or JSON; - reads the standard input."`
	To     string `required:"" help:"json, xml, or another version such as pacs.008.001.08." placeholder:"FORM"`
	Indent bool   `           help:"Put each element on a line of its own."`
	Carry  bool   `           help:"Let what a version has no place for travel in fields agreed with the receiver."`
	Drop   bool   `           help:"Leave out what a version has no place for; it is listed."`
}

// Help teaches what the line above cannot.
func (isoConvertCommand) Help() string {
	return `The result goes to the standard output, in the canonical form: the same message has
the same bytes. What another version has no place for refuses the translation with a
list, unless it is carried or dropped by your word.

Exit code: 0 translated, 1 not a valid message or something would be lost, 2 a wrong
command line or unreadable file.

Examples:
  switch iso convert payment.xml --to json
  switch iso convert payment.json --to xml --indent
  switch iso convert payment.xml --to pacs.008.001.08 --carry`
}

// Run implements the command.
func (c isoConvertCommand) Run() error {
	m, err := openMessage(c.File)
	if err != nil {
		return unusable(err)
	}
	if len(m.Findings) > 0 {
		return refuse(fmt.Errorf("%s is no valid message", c.File), findingRows(m.Findings, ""),
			findingColumns...)
	}
	switch c.To {
	case "json":
		return c.json(m)
	case "xml":
		return c.xml(m)
	default:
		return c.version(m)
	}
}

// refuse tells what was found and ends with the exit code for that.
func refuse(why error, rows [][]string, header ...string) error {
	fmt.Fprintln(os.Stderr, "switch:", why)
	if err := table.Write(os.Stderr, "  ", header, rows); err != nil {
		return err
	}
	return &ended{code: exitFindings}
}

func (c isoConvertCommand) json(m *wire.Message) error {
	if c.Indent {
		return showJSON(os.Stdout, m)
	}
	_, err := os.Stdout.Write(append(m.AppendJSON(nil), '\n'))
	return err
}

func (c isoConvertCommand) xml(m *wire.Message) error {
	var parts [][]byte
	for part := range m.Parts() {
		parts = append(parts, c.form(part))
	}
	return writeEnvelope(parts)
}

func (c isoConvertCommand) form(part wire.Part) []byte {
	if c.Indent {
		return part.AppendIndented(nil)
	}
	return part.AppendXML(nil)
}

// version translates the documents of a message and names the new version in
// their headers.
func (c isoConvertCommand) version(m *wire.Message) error {
	target := schema.Lookup(c.To)
	if target == nil {
		return unusable(fmt.Errorf(
			"--to: %q is neither json nor xml nor a message definition; see: switch iso messages", c.To))
	}
	var parts [][]byte
	for part := range m.Parts() {
		translated, err := c.translate(part, target)
		if err != nil {
			return err
		}
		parts = append(parts, translated)
	}
	return writeEnvelope(parts)
}

func (c isoConvertCommand) translate(part wire.Part, target *schema.Message) ([]byte, error) {
	if part.Definition.Header() && !target.Header() {
		xml, err := version.Retitle(part, target.Name)
		return c.again(xml), err
	}
	if part.Definition.Family() != target.Family() {
		return c.form(part), nil
	}
	result, err := version.Convert(part, target, version.Options{Carry: c.Carry, Drop: c.Drop})
	var loss *version.LossError
	var invalid *wire.Invalid
	switch {
	case errors.As(err, &loss):
		return nil, refuse(fmt.Errorf("%s has no place for what %s says; see --carry and --drop", loss.To, loss.From),
			lossRows(loss.Losses), "path", "why")
	case errors.As(err, &invalid):
		return nil, refuse(fmt.Errorf("%s demands what %s does not say", target.Name, part.Definition.Name),
			findingRows(invalid.Findings, ""), findingColumns...)
	case err != nil:
		return nil, err
	}
	for _, path := range result.Carried {
		fmt.Fprintln(os.Stderr, "carried:", path)
	}
	for _, lost := range result.Lost {
		fmt.Fprintf(os.Stderr, "dropped: %s: %s\n", lost.Path, lost.Problem)
	}
	return c.again(result.XML), nil
}

// again gives translated XML the form that was asked for.
func (c isoConvertCommand) again(xml []byte) []byte {
	m := new(wire.Reader).Read(xml)
	for part := range m.Parts() {
		return c.form(part)
	}
	return xml
}

func lossRows(losses []version.Loss) (rows [][]string) {
	for _, loss := range losses {
		rows = append(rows, []string{loss.Path, loss.Problem})
	}
	return rows
}

// writeEnvelope writes one part as it is, and several into one Envelope element.
func writeEnvelope(parts [][]byte) error {
	if len(parts) == 1 {
		_, err := os.Stdout.Write(parts[0])
		return err
	}
	var b strings.Builder
	for i, part := range parts {
		declaration, rest, _ := strings.Cut(string(part), "\n")
		if i == 0 {
			b.WriteString(declaration + "\n<Envelope>\n")
		}
		b.WriteString(rest)
	}
	b.WriteString("</Envelope>\n")
	_, err := os.Stdout.WriteString(b.String())
	return err
}
