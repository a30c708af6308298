package rules_test

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/iso20022/rules"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

var (
	// chapterOf and constraintsOf are the headings of a message in a report and of
	// its constraints; the next chapter ends them.
	chapterOf     = regexp.MustCompile(`^\f?\d+ +((?:pacs|pain|camt)\.\d{3})\.\d{3}\.\d{2}\s*$`)
	constraintsOf = regexp.MustCompile(`^\f?\d+\.3 +Constraints`)
	behindThem    = regexp.MustCompile(`^\f?\d+\.4 +Message Building Blocks`)
	constraint    = regexp.MustCompile(`^ +(C\d+) +([A-Z]\w+)\s*$`)
	// reportOf are the files of the reports that the catalogue follows.
	reportOf = regexp.MustCompile(`PaymentsClearing|PaymentsInitiation|ActivationRequest|ExceptionsAnd|BankToCustomer`)
	wordOf   = regexp.MustCompile(`[A-Z][a-z]+|[0-9]`)
)

// constraintsIn adds the constraints of the messages of one report, by family and
// number.
func constraintsIn(text string, known map[string]string) {
	family, inside := "", false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if chapter := chapterOf.FindStringSubmatch(line); chapter != nil {
			family = chapter[1]
		}
		inside = (inside || constraintsOf.MatchString(line)) && !behindThem.MatchString(line)
		if c := constraint.FindStringSubmatch(line); c != nil && inside {
			known[family+" "+c[1]] = c[2]
		}
	}
}

// TestNumbersOfTheReports: each number of the catalogue is in the report on its
// message, for a constraint whose name has words of the rule's. The reports come
// with a module that the tests use anyhow.
func TestNumbersOfTheReports(t *testing.T) {
	folder, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/moov-io/iso20022").Output()
	if err != nil {
		t.Skip("no module with the reports here")
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(folder)), "docs", "specifications", "*", "*Part2*.pdf"))
	if err != nil || len(files) == 0 {
		t.Skip("no reports here")
	}
	known := map[string]string{}
	for _, file := range files {
		if !reportOf.MatchString(file) {
			continue
		}
		// The messages come first, and their types fill the rest.
		text, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", "-l", "180", file, "-").Output()
		if err != nil {
			t.Skip("no pdftotext here")
		}
		constraintsIn(string(text), known)
	}
	compared := 0
	for rule := range rules.Catalogue() {
		if rule.Layer != wire.Business {
			continue
		}
		for _, family := range rule.Families() {
			number, _ := rule.Number(family)
			if number == "" {
				continue
			}
			name := known[family+" "+number]
			if compared++; name == "" || !sharesWords(rule.Name, name) {
				t.Errorf("%s is %s of %s, which is %q", rule.Name, number, family, name)
			}
		}
	}
	if compared < 200 {
		t.Errorf("only %d numbers compared", compared)
	}
}

// sharesWords reports whether the name of a rule and that of a constraint have a
// word that says what they are about.
func sharesWords(rule, constraint string) bool {
	for _, word := range wordOf.FindAllString(strings.TrimSuffix(constraint, "Rule"), -1) {
		if word = strings.ToLower(word); word != "and" && strings.Contains("-"+rule+"-", "-"+word+"-") {
			return true
		}
	}
	return false
}
