package rules_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/iso20022/rules"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// samples are messages of other people, which are not part of the repository.
const samples = "../../../shared/data/iso-samples"

// sampled are the rules that samples break, by the number that their files begin
// with: dates and countries that are missing or none, pages numbered twice, an
// IBAN made up. All others are right as far as the standard goes.
var sampled = map[string][]string{
	"088": {"C16-message-or-report-pagination", "country"},
	"090": {"C15-message-or-report-pagination", "country"},
	"091": {"iban-length"},
	"102": {"country"},
	"110": {"C47-transaction-settlement-date"},
	"113": {"C47-transaction-settlement-date"},
}

// profiled are the rules of a profile that a sample breaks, by profile and
// number.
var profiled = map[string][]string{
	"cbpr+ 042":  {"cbpr+/header"},
	"cbpr+ 129":  {"cbpr+/header", "cbpr+/messages", "cbpr+/settlement-method"},
	"nexus 129":  {"nexus/agreed-rate", "nexus/charges-missing"},
	"switch 129": {"switch/agreed-rate", "switch/charge-bearer", "switch/header-agents", "switch/header-agents"},
	"cbpr+ 107": {
		"cbpr+/agent-address", "cbpr+/agent-bic", "cbpr+/header-service-missing", "cbpr+/instruction", "cbpr+/messages",
		"cbpr+/messages",
	},
}

func TestSamples(t *testing.T) {
	files, err := filepath.Glob(samples + "/*.xml")
	if err != nil || len(files) == 0 {
		t.Skip("no samples here")
	}
	byNumber := map[string][]byte{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		number, _, _ := strings.Cut(filepath.Base(file), "-")
		byNumber[number] = data
		m := new(wire.Reader).Read(data)
		broken := beyond(m, rules.Options{}, wire.Business)
		if !slices.Equal(broken, sampled[number]) {
			t.Errorf("%s breaks %q, want %q", filepath.Base(file), broken, sampled[number])
		}
	}
	for of, want := range profiled {
		profile, number, _ := strings.Cut(of, " ")
		m := new(wire.Reader).Read(byNumber[number])
		broken := beyond(m, rules.Options{Profile: load(t, profile), At: day(2026, 11, 25)}, wire.Profile)
		if !slices.Equal(broken, want) {
			t.Errorf("%s breaks %q, want %q", of, broken, want)
		}
	}
	for number := range sampled {
		if byNumber[number] == nil {
			t.Errorf("no sample %s", number)
		}
	}
}

// beyond returns the rules of a layer and those behind it that a message breaks,
// sorted.
func beyond(m *wire.Message, o rules.Options, layer wire.Layer) []string {
	var broken []string
	for _, f := range rules.Check(m, o) {
		if f.Layer >= layer {
			broken = append(broken, f.Rule)
		}
	}
	slices.Sort(broken)
	return broken
}

// TestSampleVerdicts: what libxml2 said of the samples, as their list has it, is
// what we say of their syntax and schema; the rest of the list is no XML, or in an
// envelope that leaves Document out, which only we look into.
func TestSampleVerdicts(t *testing.T) {
	list, err := os.ReadFile(samples + "/README.md")
	if err != nil {
		t.Skip("no samples here")
	}
	compared, invalid := 0, 0
	for line := range strings.Lines(string(list)) {
		columns := strings.Split(line, " | ")
		if len(columns) < 5 || !strings.Contains(columns[3], ": valid") && !strings.Contains(columns[3], ": INVALID") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(samples, strings.TrimPrefix(columns[0], "| ")))
		if err != nil {
			t.Fatal(err)
		}
		compared++
		valid := !strings.Contains(columns[3], ": INVALID")
		if !valid {
			invalid++
		}
		m := new(wire.Reader).ReadAny(data)
		if (len(m.Findings) == 0) != valid {
			t.Errorf("%s: %s; here %v", columns[0], columns[3], m.Findings)
		}
	}
	if compared < 20 || invalid < 3 {
		t.Errorf("only %d samples, %d of them invalid", compared, invalid)
	}
}
