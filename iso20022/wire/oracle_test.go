package wire_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/iso20022/isotest"
	"github.com/causeway-pay/causeway/iso20022/isotest/oracle"
	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// typedNames are the definitions that the switch handles.
var typedNames = []string{
	"head.001.001.01", "head.001.001.02", "head.001.001.03", "head.001.001.04",
	"pacs.002.001.10", "pacs.002.001.15", "pacs.004.001.09", "pacs.004.001.14", "pacs.008.001.08", "pacs.008.001.13",
	"pacs.009.001.08", "pacs.009.001.12", "pacs.028.001.06", "pacs.029.001.02", "pain.001.001.12", "pain.013.001.11",
	"pain.014.001.11", "camt.029.001.13", "camt.052.001.13", "camt.053.001.13", "camt.054.001.13", "camt.056.001.11",
	"acmt.023.001.04", "acmt.024.001.04", "admi.002.001.01", "camt.053.001.08", "camt.054.001.08",
}

// ask returns libxml2 with all schemas that are at hand, and skips the test
// where there is no xmllint.
func ask(t testing.TB) *oracle.Oracle {
	t.Helper()
	folders := filepath.SplitList(os.Getenv("ISO20022_SCHEMAS"))
	if beside := filepath.Join("..", "..", "..", "shared", "data", "xsd"); len(folders) == 0 {
		folders = []string{beside}
	}
	o, err := oracle.New(folders...)
	if err != nil {
		t.Skip(err)
	}
	return o
}

func TestAgainstLibxml2Valid(t *testing.T) {
	o := ask(t)
	for _, m := range schema.Official().Messages() {
		random := rand.New(rand.NewPCG(1, 2))
		var messages [][]byte
		for i := range 12 {
			messages = append(messages, isotest.Message(random, m, isotest.Styles[i%len(isotest.Styles)]))
		}
		verdicts, err := o.Verdicts(m, messages, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		for i, message := range messages {
			if verdicts[i] != "" {
				t.Errorf("%s %d: libxml2 %.300s", m.Name, i, verdicts[i])
			}
			if _, err := wire.Parse(message); err != nil {
				t.Errorf("%s %d: %v\n%.3000s", m.Name, i, err, message)
			}
		}
	}
}

// paddedMoment is a complaint of libxml2 about white space around a date or
// time, which XML Schema Part 2 tells validators to collapse.
var paddedMoment = regexp.MustCompile(`(?s)': '\s[^']*' is not a valid value of the atomic type '[^']*(Date|DateTime|Time|Year|YearMonth)'|': '[^']*\s' is not a valid value of the atomic type '[^']*(Date|DateTime|Time|Year|YearMonth)'`)

var longNumber = regexp.MustCompile(`': '[0-9.]{26,}' is not a valid value`)

var otherYear = regexp.MustCompile(`>\s*(-[0-9]{4,}|[0-9]{5,})-[0-9]{2}(-[0-9]{2})?[^<]*<|>\s*-[0-9]{4}\s*<`)

// explained names the class of a difference that is known and meant.
func explained(message []byte, ours error, theirs string) string {
	switch {
	case ours == nil && paddedMoment.MatchString(theirs):
		return "white space around a date"
	case ours == nil && longNumber.MatchString(theirs):
		return "a number of more than 24 digits, the most that libxml2 can hold"
	case ours != nil && strings.Contains(ours.Error(), wire.RuleValue) && otherYear.Match(message):
		return "a year before the first or after 9999, which nobody pays in"
	case ours != nil && bytes.HasSuffix(bytes.TrimRight(message, "\n"), []byte{0}):
		return "a NUL at the end, which libxml2 takes for the end"
	case ours != nil && strings.Contains(ours.Error(), wire.RuleEncoding):
		return "another name for UTF-8, or another encoding that libxml2 knows"
	}
	return ""
}

func TestAgainstLibxml2Mutants(t *testing.T) {
	o := ask(t)
	total, valid, different := 0, 0, 0
	for _, name := range typedNames {
		random := rand.New(rand.NewPCG(3, 4))
		m := schema.Lookup(name)
		var messages [][]byte
		var damages []string
		for i := range 800 {
			whole := isotest.Message(random, m, isotest.Styles[i%len(isotest.Styles)])
			mutant, damage := isotest.Mutant(random, whole)
			messages, damages = append(messages, mutant), append(damages, damage)
		}
		verdicts, err := o.Verdicts(m, messages, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		for i, message := range messages {
			_, err := wire.Parse(message)
			total++
			if err == nil {
				valid++
			}
			if (err == nil) != (verdicts[i] == "") && explained(message, err, verdicts[i]) == "" {
				different++
				if different < 40 {
					t.Errorf("%s %d %s: we %v; libxml2 %.300s", m.Name, i, damages[i], err, verdicts[i])
				}
			}
		}
	}
	t.Logf("%d mutants, %d valid, %d differences", total, valid, different)
}
