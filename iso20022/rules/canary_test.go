package rules_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/iso20022/isotest"
	"github.com/causeway-pay/causeway/iso20022/rules"
	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// bases are the names of the valid messages of testdata.
func bases(t testing.TB) []string {
	t.Helper()
	files, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		if name, isMessage := strings.CutSuffix(file.Name(), ".xml"); isMessage {
			names = append(names, name)
		}
	}
	return names
}

// leaves visits the elements with a value, and where their values stand.
func leaves(n wire.Node, visit func(wire.Node)) {
	if n.Element().Type.Kind.Leaf() {
		visit(n)
		return
	}
	for child := range n.Children() {
		leaves(child, visit)
	}
}

// TestAnswersOfEachFamily: what breaks one rule of any family is answered by a
// valid message of the right kind that refers to the message, and to the
// transaction if there is one of its own.
func TestAnswersOfEachFamily(t *testing.T) {
	statuses := []string{"pacs.003", "pacs.004", "pacs.007", "pacs.008", "pacs.009", "pacs.010"}
	seen := map[string]int{}
	for line := range strings.Lines(testdata(t, "breaches.txt")) {
		fields := strings.SplitN(strings.TrimSuffix(line, "\n"), " | ", 4)
		if len(fields) < 4 || strings.HasPrefix(fields[1], "warn ") {
			continue
		}
		family := schema.Family(fields[0])
		message := edit(t, base(t, fields[0]), fields[3])
		answer := answered(t, message, answering)
		seen[answer.Definition.Name+" "+family]++
		got := texts(answer.Root)
		if !slices.Contains(statuses, family) {
			if answer.Definition.Name != "admi.002.001.01" || !strings.Contains(got, "RsnDesc "+fields[1]+": ") {
				t.Errorf("%s %s: %s\n%s", fields[0], fields[1], answer.Definition.Name, got)
			}
			continue
		}
		if answer.Definition.Name != "pacs.002.001.15" || !strings.Contains(got, "OrgnlMsgId M-1\n") ||
			!strings.Contains(got, "OrgnlMsgNmId "+fields[0]+"\n") || !strings.Contains(got, "Sts RJCT\n") ||
			!strings.Contains(got, "AddtlInf "+fields[1][:min(len(fields[1]), 60)]) {
			t.Errorf("%s %s: %s\n%s", fields[0], fields[1], answer.Definition.Name, got)
		}
	}
	if len(seen) < 18 {
		t.Errorf("only %d kinds of answers: %v", len(seen), seen)
	}
}

// canary is text that nothing of the product says by itself.
const canary = "Kanarienvogel"

// TestNoFindingRepeatsAValue: whatever stands in any one element of any family,
// no finding, no warning and no answer repeats it, except the identifications
// that an answer refers by, and those only if nothing is wrong with them.
func TestNoFindingRepeatsAValue(t *testing.T) {
	profiles := allProfiles(t)
	tried, found := 0, 0
	for _, name := range bases(t) {
		message := base(t, name)
		root := new(wire.Reader).Read([]byte(message)).Document().Root
		leaves(root, func(leaf wire.Node) {
			open := "<" + leaf.Name()
			for _, value := range []string{canary, canary + " <b>", canary + strings.Repeat("x", 3000), canary + "#\u00e4"} {
				written := strings.NewReplacer("<", "&lt;").Replace(value)
				poisoned := replaceValue(message, open, leaf.Text(), written)
				if poisoned == message {
					t.Fatalf("%s: no %s with %q", name, leaf.Path(), leaf.Text())
				}
				tried++
				for _, p := range profiles {
					found += silent(t, name+" "+leaf.Path(), poisoned, p)
				}
			}
		})
	}
	if tried < 800 || found < 3000 {
		t.Errorf("only %d values tried, %d findings", tried, found)
	}
}

// replaceValue puts another value into the first element with that start and
// value.
func replaceValue(message, open, value, by string) string {
	for at := 0; ; {
		start := strings.Index(message[at:], open)
		if start < 0 {
			return message
		}
		start += at
		end := start + strings.IndexByte(message[start:], '>') + 1
		if strings.HasPrefix(message[end:], value+"</") {
			return message[:end] + by + message[end+len(value):]
		}
		at = end
	}
}

// references are the elements of an answer that refer to the message.
var references = []string{
	"OrgnlMsgId", "OrgnlInstrId", "OrgnlEndToEndId", "OrgnlTxId", "OrgnlUETR", "OrgnlCreDtTm", "Ref",
}

// silent fails if anything that is said of a message has the canary, and returns
// how much was said.
func silent(t *testing.T, what, message string, p *rules.Profile) int {
	t.Helper()
	m := new(wire.Reader).Read([]byte(message))
	var said []wire.Finding
	o := rules.Options{Profile: p, At: day(2026, 11, 25), Warn: func(f wire.Finding) { said = append(said, f) }}
	findings := rules.Check(m, o)
	for _, f := range append(said, findings...) {
		if strings.Contains(fmt.Sprintf("%+v %s", f, f), canary) {
			t.Errorf("%s: %s", what, f)
		}
	}
	if len(findings) == 0 {
		return len(said)
	}
	data, err := rules.Answer(m, findings, rules.AnswerOptions{MessageID: "A", At: day(2026, 11, 25), Profile: p})
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	answer, err := wire.Parse(data)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	wrong := map[string]bool{}
	for _, f := range findings {
		wrong[f.Path[strings.LastIndexByte(f.Path, '/')+1:]] = true
	}
	leaves(answer.Document().Root, func(leaf wire.Node) {
		if !strings.Contains(leaf.Text(), canary) {
			return
		}
		name := strings.TrimPrefix(leaf.Name(), "Orgnl")
		if !slices.Contains(references, leaf.Name()) || wrong[name] || wrong["Orgnl"+name] {
			t.Errorf("%s: %s says %q", what, leaf.Path(), leaf.Text())
		}
	})
	return len(said) + len(findings)
}

// TestNoAnswerRepeatsWhatIsNoMessage: the same for what is in no known place.
func TestNoAnswerRepeatsWhatIsNoMessage(t *testing.T) {
	payment := base(t, "pacs.008.001.09")
	for what, edits := range map[string]string{
		"text between":      "<GrpHdr> => " + canary + "<GrpHdr>",
		"attribute":         "<GrpHdr> => <GrpHdr x='" + canary + "'>",
		"attribute of type": `Ccy="HKD" => Ccy="` + canary + `"`,
		"entity":            "<GrpHdr> => <GrpHdr>&" + canary + ";",
		"comment":           "<GrpHdr> => <GrpHdr><!-- " + canary + " -- -->",
		"instruction":       "<GrpHdr> => <GrpHdr><?" + canary,
		"end tag":           "</GrpHdr> => </" + canary + ">",
		"prefix":            "<GrpHdr> => <" + canary + ":GrpHdr>",
		"cut off":           "<MsgId>M-1 => <MsgId>" + canary + "<",
		"document type":     "<Document => <!DOCTYPE " + canary + "><Document",
	} {
		if silent(t, what, edit(t, payment, edits), nil) == 0 {
			t.Errorf("%s: nothing found", what)
		}
	}
}

// TestGeneratedMessagesAreAnswered: damaged messages of every definition have a
// valid answer, which names what they are.
func TestGeneratedMessagesAreAnswered(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 20022))
	answers := 0
	for _, definition := range schema.Official().Messages() {
		if definition.Header() {
			continue
		}
		data := isotest.Message(random, definition, isotest.Styles[0])
		m := new(wire.Reader).Read(data)
		findings := rules.Check(m, rules.Options{})
		if len(findings) == 0 {
			continue
		}
		answers++
		answer, err := rules.Answer(m, findings, rules.AnswerOptions{MessageID: "A", At: day(2026, 11, 25)})
		if err != nil {
			t.Fatalf("%s: %v", definition.Name, err)
		}
		parsed, err := wire.Parse(answer)
		if err != nil {
			t.Fatalf("%s: %v", definition.Name, err)
		}
		if id := parsed.First("OrgnlMsgNmId"); id.Exists() && id.Text() != definition.Name {
			t.Errorf("%s is answered as %s", definition.Name, id.Text())
		}
	}
	if answers < 100 {
		t.Errorf("only %d answers", answers)
	}
}
