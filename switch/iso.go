package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/table"
	"github.com/causeway-pay/causeway/iso20022/rules"
	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// isoCommand is the work with ISO 20022 messages in files. It needs no hub.
type isoCommand struct {
	Validate isoValidateCommand `cmd:"" help:"Check messages: syntax, schema, rules, identifiers, a market practice."`
	Show     isoShowCommand     `cmd:"" help:"Show what messages say, one element a line, or as JSON."`
	Convert  isoConvertCommand  `cmd:"" help:"Translate a message to JSON, to XML, or to another version."`
	Diff     isoDiffCommand     `cmd:"" help:"Compare what two messages say."`
	Messages isoMessagesCommand `cmd:"" help:"List the message definitions that can be read."`
	Rules    isoRulesCommand    `cmd:"" help:"List the rules that messages are held to."`
}

// ended ends the program with an exit code. Its error, if there is one, is told.
type ended struct {
	code int
	err  error
}

// Error implements error.
func (e *ended) Error() string {
	if e.err == nil {
		return "exit code " + strconv.Itoa(e.code)
	}
	return e.err.Error()
}

// Unwrap returns the cause.
func (e *ended) Unwrap() error { return e.err }

// The exit codes of iso commands beside 0: something was found, or the command
// line or a file was no good.
const (
	exitFindings = 1
	exitUnusable = 2
)

func unusable(err error) error { return &ended{code: exitUnusable, err: err} }

// isoValidateCommand checks messages.
type isoValidateCommand struct {
	Files []string `arg:"" name:"file" help:"Files of a message each, XML in any envelope or JSON; - is standard input."`

	Profile string `placeholder:"NAME" help:"A market practice to follow, too: cbpr+, nexus or switch."`
	At      string `placeholder:"DATE" help:"The day whose rules count, as 2026-11-14; today if not given."`
	JSON    bool   `xor:"form"         help:"Print a JSON list with one object for each file."`

	isoSchemas

	Answer bool `xor:"form"         help:"Print what to answer the sender: an admi.002 or pacs.002."`
}

// Help teaches what the line above cannot.
func (isoValidateCommand) Help() string {
	return `All that is wrong is told, not only the first: where (line and path), which layer
found it (syntax, schema, business, identifier, profile), which rule it breaks, and
the ISO 20022 reason code to refuse it with. Warnings do not make a message invalid.

Exit code: 0 all valid, 1 something found, 2 a wrong command line or unreadable file.

Examples:
  switch iso validate payment.xml
  switch iso validate --profile cbpr+ --at 2026-11-14 *.xml
  switch iso validate --json - < payment.xml | jq '.[].findings[].rule'
  switch iso validate --answer payment.xml > answer.xml
  switch iso validate --schemas newest/ payment.xml`
}

// verdict is what was found in one file.
type verdict struct {
	File     string         `json:"file"`
	Messages []string       `json:"messages"`
	Valid    bool           `json:"valid"`
	Findings []wire.Finding `json:"findings"`
	Warnings []wire.Finding `json:"warnings"`

	message *wire.Message
}

// Run implements the command.
func (c isoValidateCommand) Run() error {
	options, err := c.options()
	if err != nil {
		return unusable(err)
	}
	schemas, err := c.load()
	if err != nil {
		return unusable(err)
	}
	verdicts, code := c.verdicts(options, schemas)
	if err := c.print(verdicts, options); err != nil {
		return err
	}
	if code != 0 {
		return &ended{code: code}
	}
	return nil
}

func (c isoValidateCommand) options() (o rules.Options, err error) {
	o.At = clock.System{}.Now()
	if c.At != "" {
		if o.At, err = time.Parse(time.DateOnly, c.At); err != nil {
			return o, fmt.Errorf("--at: %q is no day such as 2026-11-14", c.At)
		}
	}
	if c.Profile != "" {
		o.Profile, err = rules.Load(c.Profile)
	}
	return o, err
}

// verdicts checks each file; one that cannot be read is told at once, and the
// others are still checked.
func (c isoValidateCommand) verdicts(options rules.Options, schemas *schema.Set) (verdicts []verdict, code int) {
	verdicts = []verdict{}
	for _, file := range c.Files {
		data, err := readMessage(file)
		if err != nil {
			fmt.Fprintln(os.Stderr, "switch:", err)
			code = exitUnusable
			continue
		}
		v := verdict{File: file, Messages: []string{}, Findings: []wire.Finding{}, Warnings: []wire.Finding{}}
		options.Warn = func(f wire.Finding) { v.Warnings = append(v.Warnings, f) }
		reader := wire.Reader{Schemas: schemas}
		v.message = reader.ReadAny(data)
		for part := range v.message.Parts() {
			v.Messages = append(v.Messages, part.Definition.Name)
		}
		v.Findings = append(v.Findings, rules.Check(v.message, options)...)
		v.Valid = len(v.Findings) == 0
		if !v.Valid {
			code = max(code, exitFindings)
		}
		verdicts = append(verdicts, v)
	}
	return verdicts, code
}

// readMessage reads a file, or the standard input for "-". Of one that is too
// large it reads enough for the reader to say so.
func readMessage(file string) ([]byte, error) {
	source := os.Stdin
	if file != "-" {
		opened, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer func() { _ = opened.Close() }()
		source = opened
	}
	return io.ReadAll(io.LimitReader(source, wire.SizeMax+1))
}

func (c isoValidateCommand) print(verdicts []verdict, options rules.Options) error {
	switch {
	case c.JSON:
		return printJSON(verdicts)
	case c.Answer:
		for _, v := range verdicts {
			if err := v.answer(options); err != nil {
				return err
			}
		}
		return nil
	default:
		for _, v := range verdicts {
			if err := v.table(os.Stdout); err != nil {
				return err
			}
		}
		return nil
	}
}

func printJSON(value any) error {
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

// answer prints what to answer, nothing to a valid message.
func (v verdict) answer(options rules.Options) error {
	answer, err := rules.Answer(v.message, v.Findings, rules.AnswerOptions{
		MessageID: strings.ReplaceAll(ids.New().String(), "-", ""),
		At:        clock.System{}.Now(),
		Profile:   options.Profile,
	})
	if errors.Is(err, rules.ErrNothingWrong) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(answer)
	return err
}

// table prints a verdict for people.
func (v verdict) table(to io.Writer) error {
	result := "valid"
	if !v.Valid {
		result = number(len(v.Findings), "finding")
	}
	if len(v.Warnings) > 0 {
		result += ", " + number(len(v.Warnings), "warning")
	}
	if _, err := fmt.Fprintf(to, "%s: %s: %s\n", v.File, strings.Join(v.Messages, " "), result); err != nil {
		return err
	}
	rows := append(findingRows(v.Findings, ""), findingRows(v.Warnings, "warning")...)
	if len(rows) == 0 {
		return nil
	}
	return table.Write(to, "  ", findingColumns, rows, 0)
}

func number(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}

// findingColumns are the columns of findingRows.
var findingColumns = []string{"line", "path", "layer", "rule", "code", "text"}

func findingRows(findings []wire.Finding, severity string) [][]string {
	var rows [][]string
	for _, f := range findings {
		text := f.Text
		if severity != "" {
			text = severity + ": " + text
		}
		rows = append(rows, []string{strconv.Itoa(f.Line), f.Path, f.Layer.String(), f.Rule, f.Code, text})
	}
	return rows
}

// isoMessagesCommand lists message definitions.
type isoMessagesCommand struct {
	Family string `arg:"" optional:"" help:"Only those of an area or family, such as pacs or pacs.008."`
}

// Run implements the command.
func (c isoMessagesCommand) Run() error {
	var rows [][]string
	for _, m := range schema.Official().Messages() {
		if belongs(m.Name, c.Family) {
			rows = append(rows, []string{m.Name, m.Body().Name, m.Namespace()})
		}
	}
	if len(rows) == 0 {
		return unusable(fmt.Errorf("no message definition of %q", c.Family))
	}
	return table.Write(os.Stdout, "", []string{"message", "element", "namespace"}, rows)
}

// belongs reports whether a message name is of an area, family or exactly that.
func belongs(name, family string) bool {
	return family == "" || name == family || strings.HasPrefix(name, family+".")
}

// isoRulesCommand lists rules.
type isoRulesCommand struct {
	Family  string `arg:"" optional:"" help:"Only those for an area or family, such as pacs.008."`
	Profile string `placeholder:"NAME" help:"The rules of a market practice instead: cbpr+, nexus or switch."`
}

// Run implements the command.
func (c isoRulesCommand) Run() error {
	if c.Profile != "" {
		return c.profile()
	}
	var rows [][]string
	for rule := range rules.Catalogue() {
		if c.concerns(rule.Families()) {
			rows = append(rows, []string{rule.Layer.String(), c.title(rule), rule.Code, severity(rule.Guideline), rule.Text})
		}
	}
	return table.Write(os.Stdout, "", []string{"layer", "rule", "code", "severity", "text"}, rows)
}

func (c isoRulesCommand) title(rule *rules.Rule) string {
	if number, _ := rule.Number(c.Family); number != "" {
		return number + "-" + rule.Name
	}
	return rule.Name
}

func (c isoRulesCommand) concerns(families []string) bool {
	if len(families) == 0 || c.Family == "" {
		return true
	}
	for _, family := range families {
		if belongs(family, c.Family) || belongs(c.Family, family) {
			return true
		}
	}
	return false
}

func severity(warn bool) string {
	if warn {
		return "warn"
	}
	return "refuse"
}

func (c isoRulesCommand) profile() error {
	profile, err := rules.Load(c.Profile)
	if err != nil {
		return unusable(err)
	}
	var rows [][]string
	for _, rule := range profile.Rules() {
		if c.concerns(rule.Families) {
			rows = append(rows, []string{
				rule.Name, rule.Code, severity(rule.Warn), day(rule.From), day(rule.Until), rule.Text,
			})
		}
	}
	fmt.Printf("%s\nSource: %s.\n\n", profile.Title, profile.Source)
	return table.Write(os.Stdout, "", []string{"rule", "code", "severity", "from", "until", "text"}, rows)
}

// day writes a day, and nothing for none.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}
