package rules

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// AnswerOptions are what an answer says of itself.
type AnswerOptions struct {
	// MessageID identifies the answer, 1 to 35 characters.
	MessageID string
	// At is when it was made.
	At time.Time
	// Profile chooses the version of a status report; nil is the newest that the
	// switch writes.
	Profile *Profile
}

// Errors of [Answer].
var (
	// ErrNothingWrong means that there are no findings to answer.
	ErrNothingWrong = errors.New("rules: nothing is wrong with the message")
	// ErrAnswer means that the options make no valid answer.
	ErrAnswer = errors.New("rules: no valid answer")
)

// The versions of the answers.
const (
	rejectionName = "admi.002.001.01"
	statusName    = "pacs.002.001.15"
)

// unreadable stands where an answer must refer to what could not be read.
const unreadable = "NOTPROVIDED"

// reasonsMax is how many reasons an answer gives for a message and for each of
// its transactions, and transactionsMax for how many of those: enough to mend
// it, and never a larger message than the one it answers.
const (
	reasonsMax      = 20
	transactionsMax = 200
)

// Answer returns the message that tells the sender what is wrong with one. What
// could not be read or is not as its schema demands is answered by a message
// reject (admi.002), which says nothing about the business. A payment (pacs.003,
// 004, 007, 008, 009, 010) that breaks other rules is answered by a status report
// (pacs.002) that rejects it as a whole; other messages have no status, so that
// they get a message reject, too.
//
// The answer refers to the message and its transactions as far as they could be
// read, and never repeats a value that was found wrong. The error is
// [ErrNothingWrong] or [ErrAnswer].
func Answer(m *wire.Message, findings []wire.Finding, o AnswerOptions) ([]byte, error) {
	if len(findings) == 0 {
		return nil, ErrNothingWrong
	}
	a := answer{message: m, findings: findings, options: o}
	if a.rejects() {
		a.reject()
	} else {
		a.report()
	}
	if _, err := wire.Parse(a.out); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	return a.out, nil
}

// answer is an answer while it is written.
type answer struct {
	message  *wire.Message
	findings []wire.Finding
	options  AnswerOptions
	out      []byte
}

// rejects reports whether the answer is a message reject.
func (a *answer) rejects() bool {
	document := a.message.Document()
	return document.Definition == nil || transactionName(document.Definition.Family()) == "" ||
		slices.ContainsFunc(a.findings, func(f wire.Finding) bool { return f.Layer <= wire.Schema })
}

// transactionName is the name of the transactions of a payment, "" for messages
// that are none. Those of a pacs.010 stand deeper in the message, and are
// answered as one.
func transactionName(family string) string {
	switch family {
	case "pacs.008", "pacs.009":
		return "CdtTrfTxInf"
	case "pacs.004", "pacs.007":
		return "TxInf"
	case "pacs.003", "pacs.010":
		return "DrctDbtTxInf"
	default:
		return ""
	}
}

// reject writes an admi.002.
func (a *answer) reject() {
	first := a.findings[0]
	a.document(rejectionName, func() {
		a.element("RltdRef", func() { a.leaf("Ref", a.reference()) })
		a.element("Rsn", func() {
			a.leaf("RjctgPtyRsn", first.Code)
			a.leaf("RjctnDtTm", a.options.At.UTC().Format(time.RFC3339))
			a.leaf("ErrLctn", tail(first.Path, 350))
			a.leaf("RsnDesc", head(first.Rule+": "+first.Text, 350))
			a.leaf("AddtlData", a.list())
		})
	})
}

// listMax is how long the list of all findings may be (Max20000Text).
const listMax = 20000

// list is all findings, a line for each, as many as fit.
func (a *answer) list() string {
	var b strings.Builder
	for _, f := range a.findings {
		if b.Len()+len(f.String()) >= listMax {
			break
		}
		b.WriteString(f.String() + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// report writes a pacs.002.
func (a *answer) report() {
	name := statusName
	if a.options.Profile != nil && a.options.Profile.Answer != "" {
		name = a.options.Profile.Answer
	}
	document := a.message.Document()
	transactions := slices.Collect(document.Body().All(transactionName(document.Definition.Family())))
	a.document(name, func() {
		a.element("GrpHdr", func() {
			a.leaf("MsgId", a.options.MessageID)
			a.leaf("CreDtTm", a.options.At.UTC().Format(time.RFC3339))
		})
		a.element("OrgnlGrpInfAndSts", func() { a.group(document, len(transactions) == 1) })
		if len(transactions) == 1 {
			a.element("TxInfAndSts", func() { a.transaction(transactions[0], a.findings) })
			return
		}
		a.several(document, transactions)
	})
}

// several writes the status of those of several transactions that something was
// found in.
func (a *answer) several(document wire.Part, transactions []wire.Node) {
	paths := a.transactionPaths(document)
	written := 0
	for i, transaction := range transactions {
		own := a.below(paths + strconv.Itoa(i+1) + "]")
		if len(own) == 0 || written == transactionsMax {
			continue
		}
		written++
		a.element("TxInfAndSts", func() { a.transaction(transaction, own) })
	}
}

// transactionPaths is how the paths of all transactions begin, up to the number.
func (a *answer) transactionPaths(document wire.Part) string {
	return document.Body().Path() + "/" + transactionName(document.Definition.Family()) + "["
}

// group writes what the report says of the whole message: of several
// transactions the status, with the reasons that are no transaction's own.
func (a *answer) group(document wire.Part, single bool) {
	header := document.Body().Child("GrpHdr")
	if id := a.value(header.Child("MsgId")); id != "" {
		a.leaf("OrgnlMsgId", id)
	} else {
		a.leaf("OrgnlMsgId", unreadable)
	}
	a.leaf("OrgnlMsgNmId", document.Definition.Name)
	a.leaf("OrgnlCreDtTm", a.value(header.Child("CreDtTm")))
	if single {
		return
	}
	a.leaf("GrpSts", "RJCT")
	paths := a.transactionPaths(document)
	a.reasons(slices.DeleteFunc(slices.Clone(a.findings), func(f wire.Finding) bool {
		return strings.HasPrefix(f.Path, paths)
	}))
}

func (a *answer) transaction(n wire.Node, reasons []wire.Finding) {
	ids := n
	if id := n.Child("PmtId"); id.Exists() {
		ids = id
	}
	for _, name := range []string{"InstrId", "EndToEndId", "TxId", "UETR"} {
		value := ids.Child(name)
		if !value.Exists() {
			value = ids.Child("Orgnl" + name)
		}
		a.leaf("Orgnl"+name, a.value(value))
	}
	a.leaf("TxSts", "RJCT")
	a.reasons(reasons)
}

func (a *answer) reasons(findings []wire.Finding) {
	for _, f := range findings[:min(len(findings), reasonsMax)] {
		a.element("StsRsnInf", func() {
			a.element("Rsn", func() { a.leaf("Cd", f.Code) })
			a.leaf("AddtlInf", place(f))
		})
	}
}

// place names the rule and the place of a finding in 105 characters (Max105Text)
// that every market practice takes.
func place(f wire.Finding) string {
	path := f.Path
	if _, inner, found := strings.Cut(path, "/"); found {
		path = inner
	}
	rule := head(f.Rule, 60)
	return rule + " " + strings.NewReplacer("[", "(", "]", ")").Replace(tail(path, 104-len(rule)))
}

// below returns the findings at a path or below it.
func (a *answer) below(path string) []wire.Finding {
	var found []wire.Finding
	for _, f := range a.findings {
		if within(f.Path, path) {
			found = append(found, f)
		}
	}
	return found
}

func within(path, above string) bool {
	return strings.HasPrefix(path, above) && (len(path) == len(above) || path[len(above)] == '/')
}

// reference returns what the message calls itself: in its header, in its group
// header or as an assignment of an investigation.
func (a *answer) reference() string {
	for _, n := range []wire.Node{
		a.message.First("BizMsgIdr"), a.message.First("MsgId"), a.message.Document().Body().At("Assgnmt", "Id"),
	} {
		if value := a.value(n); value != "" {
			return value
		}
	}
	return unreadable
}

// value returns a value if it is as its type demands and nothing was found wrong
// with it, else "".
func (a *answer) value(n wire.Node) string {
	if !n.Exists() || !n.Element().Type.Kind.Leaf() || n.Element().Type.Check(n.Bytes()) != schema.None {
		return ""
	}
	path := n.Path()
	if slices.ContainsFunc(a.findings, func(f wire.Finding) bool { return f.Path == path }) {
		return ""
	}
	return n.Text()
}

func head(text string, limit int) string { return text[:min(len(text), limit)] }

func tail(text string, limit int) string { return text[max(0, len(text)-limit):] }

// document writes a message around its body.
func (a *answer) document(name string, body func()) {
	m := schema.Lookup(name)
	if m == nil {
		return
	}
	a.out = wire.AppendStart(a.out, m)
	a.element(m.Body().Name, body)
	a.out = append(a.out, "</"+m.Root.Name+">\n"...)
}

func (a *answer) element(name string, body func()) {
	a.out = append(a.out, "<"+name+">"...)
	body()
	a.out = append(a.out, "</"+name+">"...)
}

// leaf writes a value, nothing if it is empty.
func (a *answer) leaf(name, value string) {
	if value != "" {
		a.element(name, func() { a.out = wire.AppendText(a.out, value) })
	}
}
