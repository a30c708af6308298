package iso20022_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// schemas returns the folder of the official schemas and the path of xmllint,
// and skips the test where one of them is absent.
func schemas(t *testing.T) (folder, xmllint string) {
	folder = os.Getenv("ISO20022_SCHEMAS")
	if folder == "" {
		folder = filepath.Join("..", "..", "shared", "data", "xsd")
	}
	if _, err := os.Stat(folder); err != nil {
		t.Skip("no official schemas beside the repository; ISO20022_SCHEMAS names another folder")
	}
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("no xmllint")
	}
	return folder, xmllint
}

// verdicts asks xmllint about many messages of one kind: the complaint for each,
// "" for a valid one.
func verdicts(t *testing.T, name string, messages [][]byte) []string {
	folder, xmllint := schemas(t)
	arguments := []string{"--noout", "--nonet", "--schema", filepath.Join(folder, name+".xsd")}
	place := t.TempDir()
	for i, message := range messages {
		file := filepath.Join(place, fmt.Sprintf("%d.xml", i))
		if err := os.WriteFile(file, message, 0o600); err != nil {
			t.Fatal(err)
		}
		arguments = append(arguments, file)
	}
	// The exit status only says whether all are valid.
	output, _ := exec.Command(xmllint, arguments...).CombinedOutput()
	answers := make([]string, len(messages))
	for i := range messages {
		file := arguments[len(arguments)-len(messages)+i]
		if !strings.Contains(string(output), file+" validates\n") {
			answers[i] = "refused:"
		}
		for line := range strings.Lines(string(output)) {
			if strings.HasPrefix(line, file+":") {
				answers[i] += " " + strings.TrimPrefix(line, file)
			}
		}
	}
	return answers
}

// The official schemas accept every message that we write.
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

// Whatever our reader accepts, the official schema accepts: damaged messages
// must not slip through where a partner's validator would stop them.
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
				messages = append(messages, damage(random, data))
			}
			accepted := 0
			for i, answer := range verdicts(t, k.name, messages) {
				_, err := k.parse(messages[i])
				if err == nil {
					accepted++
				}
				if err == nil && answer != "" {
					t.Errorf("accepted, but %s\n%s", answer, messages[i])
				}
			}
			if accepted == 0 || accepted == len(messages) {
				t.Errorf("%d of %d accepted: the damage shows nothing", accepted, len(messages))
			}
		})
	}
}

var (
	leafElement = regexp.MustCompile(`<([A-Za-z0-9]+)( Ccy="[A-Z]{3}")?>([^<]*)</[A-Za-z0-9]+>`)
	junk        = []string{"", " ", "x", "0", "-1", "1.5", "EUR", "2026-02-30", "2026-01-01", "2026-01-01T00:00:00Z",
		"2026-01-01T25:00:00Z", "CRDT", "ABCDE", "1e3", "&amp;", "a\tb", "AAAABBCC", "999999999999999999999"}
)

// damage deletes, doubles, moves or rewrites one leaf of a message.
func damage(random *rand.Rand, message []byte) []byte {
	text := string(message)
	leaves := leafElement.FindAllStringSubmatchIndex(text, -1)
	leaf := leaves[random.IntN(len(leaves))]
	before, whole, after := text[:leaf[0]], text[leaf[0]:leaf[1]], text[leaf[1]:]
	switch random.IntN(4) {
	case 0:
		whole = ""
	case 1:
		whole += whole
	case 2:
		if next := leafElement.FindStringIndex(after); next != nil && next[0] == 0 {
			whole, after = after[:next[1]]+whole, after[next[1]:]
		}
	default:
		value := junk[random.IntN(len(junk))]
		whole = text[leaf[0]:leaf[6]] + value + text[leaf[7]:leaf[1]]
	}
	return []byte(before + whole + after)
}
