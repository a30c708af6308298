package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/causeway-pay/causeway/internal/table"
	"github.com/causeway-pay/causeway/iso20022/diff"
	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// isoShowCommand shows what messages say.
type isoShowCommand struct {
	Files []string `arg:"" help:"Files with a message each, as XML or JSON; - reads the standard input." name:"file"`
	JSON  bool     `       help:"Print the messages as JSON: the tags are the keys, every value is a string."`

	isoSchemas
}

// Help teaches what the line above cannot.
func (isoShowCommand) Help() string {
	return `Each element on a line, with its value, without the markup. A message with
findings is shown as far as it could be read, and what is wrong with it after it.

Exit code: 0 all valid, 1 something found, 2 a wrong command line or unreadable file.

Examples:
  switch iso show payment.xml
  switch operate message ID | switch iso show -
  switch iso show --json statement.xml | jq '.Document.BkToCstmrStmt.Stmt[0].Ntry[].Amt'`
}

// Run implements the command.
func (c isoShowCommand) Run() error {
	code := 0
	for i, file := range c.Files {
		m, err := c.open(file)
		if err != nil {
			return unusable(err)
		}
		if !c.JSON {
			err = showText(os.Stdout, m, file, i > 0)
		} else {
			err = showJSON(os.Stdout, m)
		}
		if err != nil {
			return err
		}
		if len(m.Findings) > 0 {
			code = exitFindings
			if err := table.Write(os.Stderr, "", findingColumns, findingRows(m.Findings, ""), 0); err != nil {
				return err
			}
		}
	}
	if code != 0 {
		return &ended{code: code}
	}
	return nil
}

// openMessage reads a file, XML or JSON, by the built-in schemas.
func openMessage(file string) (*wire.Message, error) { return isoSchemas{}.open(file) }

// open reads a file, XML or JSON.
func (s isoSchemas) open(file string) (*wire.Message, error) {
	schemas, err := s.load()
	if err != nil {
		return nil, err
	}
	data, err := readMessage(file)
	if err != nil {
		return nil, err
	}
	reader := wire.Reader{Schemas: schemas}
	return reader.ReadAny(data), nil
}

func showText(to io.Writer, m *wire.Message, file string, apart bool) error {
	var b strings.Builder
	if apart {
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%s\n", file)
	for part := range m.Parts() {
		fmt.Fprintf(&b, "%s\n", part.Definition.Name)
		showElement(&b, part.Body(), 1)
	}
	_, err := io.WriteString(to, b.String())
	return err
}

// showElement writes an element and those inside it. Values of one parent stand
// in a column.
func showElement(b *strings.Builder, n wire.Node, depth int) {
	indent := strings.Repeat("  ", depth)
	fmt.Fprintf(b, "%s%s\n", indent, n.Name())
	width := 0
	for child := range n.Children() {
		if shownOnOneLine(child) {
			width = max(width, len(child.Name()))
		}
	}
	for child := range n.Children() {
		if shownOnOneLine(child) {
			fmt.Fprintf(b, "%s  %-*s  %s\n", indent, width, child.Name(), shownValue(child))
		} else {
			showElement(b, child, depth+1)
		}
	}
}

func shownOnOneLine(n wire.Node) bool {
	return n.Element().Type.Kind.Leaf() || n.Element().Type.Kind == schema.Any
}

// shownValue is a value on one line that a terminal cannot misunderstand.
func shownValue(n wire.Node) string {
	text := n.Text()
	if n.Element().Type.Kind == schema.Any {
		text = string(n.Foreign())
	}
	if n.Currency() != "" {
		text += " " + n.Currency()
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return ' '
		}
		return r
	}, text)
}

func showJSON(to io.Writer, m *wire.Message) error {
	var b bytes.Buffer
	if err := json.Indent(&b, m.AppendJSON(nil), "", "  "); err != nil {
		return err
	}
	b.WriteByte('\n')
	_, err := to.Write(b.Bytes())
	return err
}

// isoDiffCommand compares two messages.
type isoDiffCommand struct {
	First  string `arg:"" help:"A file with a message, as XML or JSON; - reads the standard input."`
	Second string `arg:"" help:"The file to compare it with."`
	JSON   bool   `       help:"Print a JSON list with one object for each difference."`
}

// Help teaches what the line above cannot.
func (isoDiffCommand) Help() string {
	return `Only what the messages say is compared: prefixes, white space, comments, envelopes
and XML or JSON make no difference, every digit does.

Exit code: 0 they say the same, 1 they differ, 2 a wrong command line or a file
that is unreadable or no valid message.

Example:
  switch iso diff sent.xml received.xml`
}

// Run implements the command.
func (c isoDiffCommand) Run() error {
	var messages [2]*wire.Message
	for i, file := range []string{c.First, c.Second} {
		m, err := openMessage(file)
		if err == nil {
			err = m.Err()
		}
		if err != nil {
			return unusable(fmt.Errorf("%s: %w", file, err))
		}
		messages[i] = m
	}
	differences := diff.Messages(messages[0], messages[1])
	if c.JSON {
		if err := printJSON(append([]diff.Difference{}, differences...)); err != nil {
			return err
		}
	} else if err := printDifferences(os.Stdout, differences); err != nil {
		return err
	}
	if len(differences) > 0 {
		return &ended{code: exitFindings}
	}
	return nil
}

func printDifferences(to io.Writer, differences []diff.Difference) error {
	for _, d := range differences {
		if _, err := fmt.Fprintln(to, d.Path); err != nil {
			return err
		}
		for _, side := range [2][2]string{{"-", d.First}, {"+", d.Second}} {
			if side[1] == "" {
				continue
			}
			if _, err := fmt.Fprintf(to, "  %s %s\n", side[0], side[1]); err != nil {
				return err
			}
		}
	}
	return nil
}
