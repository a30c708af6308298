package iso20022_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/iso20022/isotest"
	"github.com/causeway-pay/causeway/iso20022/isotest/oracle"
	"github.com/causeway-pay/causeway/iso20022/schema"
)

// verdicts asks libxml2 about many messages of one kind: the complaint for each,
// "" for a valid one. It skips the test where there is no xmllint.
func verdicts(t *testing.T, name string, messages [][]byte) []string {
	folders := filepath.SplitList(os.Getenv("ISO20022_SCHEMAS"))
	if len(folders) == 0 {
		folders = []string{filepath.Join("..", "..", "shared", "data", "xsd")}
	}
	o, err := oracle.New(folders...)
	if err != nil {
		t.Skip(err)
	}
	answers, err := o.Verdicts(schema.Lookup(name), messages, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return answers
}

// libxml2 accepts every message that we write.
func TestAgainstTheOfficialSchemas(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			var messages [][]byte
			for seed := range 100 {
				data, err := k.write(rapid.Custom(k.generate).Example(seed), nil)
				if err != nil {
					t.Fatal(err)
				}
				messages = append(messages, data)
			}
			for i, answer := range verdicts(t, k.name, messages) {
				if answer != "" {
					t.Errorf("%s\n%s", answer, messages[i])
				}
			}
		})
	}
}

// spacedMoment is a date or time with white space around it, which we accept and
// libxml2 does not; see the tests of package wire.
var spacedMoment = regexp.MustCompile(`(?s)>(\s+[0-9-]{10}[T0-9:.+Z-]*\s*|[0-9-]{10}[T0-9:.+Z-]*\s+)<`)

// Whatever our reader accepts, libxml2 accepts: damaged messages must not slip
// through where a partner's validator would stop them.
func TestReaderIsNoLaxerThanTheSchema(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(20022, 1))
			var messages [][]byte
			for seed := range 300 {
				data, err := k.write(rapid.Custom(k.generate).Example(seed%20), nil)
				if err != nil {
					t.Fatal(err)
				}
				mutant, _ := isotest.Mutant(random, data)
				messages = append(messages, mutant)
			}
			accepted := 0
			for i, answer := range verdicts(t, k.name, messages) {
				_, err := k.parse(messages[i])
				if err == nil {
					accepted++
				}
				if err == nil && answer != "" && !spacedMoment.Match(messages[i]) {
					t.Errorf("accepted, but %s\n%s", answer, messages[i])
				}
			}
			if accepted == 0 || accepted == len(messages) {
				t.Errorf("%d of %d accepted: the damage shows nothing", accepted, len(messages))
			}
		})
	}
}
