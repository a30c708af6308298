// Package oracle asks libxml2, by its command xmllint, whether messages are
// valid against the official schemas: an opinion that is not ours.
package oracle

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/causeway-pay/causeway/iso20022/schema"
)

// Module is where 132 of the official schemas are shipped.
const Module = "github.com/moov-io/iso20022"

// Oracle knows where the schemas are.
type Oracle struct {
	xmllint string
	schemas map[string]string
}

// ErrNone means that there is no xmllint on the machine.
var ErrNone = errors.New("oracle: no xmllint; Debian has it in libxml2-utils")

// New finds xmllint, and schemas in the folders and in the module [Module].
func New(folders ...string) (*Oracle, error) {
	path, err := exec.LookPath("xmllint")
	if err != nil {
		return nil, ErrNone
	}
	o := &Oracle{xmllint: path, schemas: map[string]string{}}
	if shipped, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", Module).Output(); err == nil {
		folders = append(folders, filepath.Join(strings.TrimSpace(string(shipped)), "docs"))
	}
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && filepath.Ext(path) == ".xsd" {
				name := strings.TrimSuffix(entry.Name(), ".xsd")
				if o.schemas[name] == "" {
					o.schemas[name] = path
				}
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("oracle: %w", err)
		}
	}
	return o, nil
}

// Verdicts returns what libxml2 has against each message of a definition, "" for
// a valid one. place is a folder for files.
func (o *Oracle) Verdicts(m *schema.Message, messages [][]byte, place string) ([]string, error) {
	if o.schemas[m.Name] == "" {
		if err := o.write(m, place); err != nil {
			return nil, err
		}
		defer delete(o.schemas, m.Name)
	}
	arguments := []string{"--noout", "--nonet", "--schema", o.schemas[m.Name]}
	files := make([]string, len(messages))
	for i, message := range messages {
		files[i] = filepath.Join(place, fmt.Sprintf("%06d.xml", i))
		if err := os.WriteFile(files[i], message, 0o600); err != nil {
			return nil, fmt.Errorf("oracle: %w", err)
		}
	}
	// The exit status only says whether all are valid.
	command := exec.Command(o.xmllint, append(arguments, files...)...)
	output, _ := command.CombinedOutput()
	complaints := complaintsOf(output, files)
	verdicts := make([]string, len(messages))
	for i, file := range files {
		if complaint := complaints[file]; !accepted(complaint) {
			verdicts[i] = "refused" + complaint
		}
	}
	return verdicts, nil
}

// accepted reports whether a complaint ends in a good verdict. What is wrong with
// namespaces does not stop libxml2, and is an error all the same, but for a name
// that is no URI, which nobody resolves.
func accepted(complaint string) bool {
	if !strings.HasSuffix(complaint, " validates\n") {
		return false
	}
	return strings.Count(complaint, "namespace error") == strings.Count(complaint, "is not a valid URI")
}

// complaintsOf collects the lines about each file; a value in a complaint may
// have line breaks.
func complaintsOf(output []byte, files []string) map[string]string {
	complaints := map[string]string{}
	about := ""
	for line := range bytes.Lines(output) {
		if size := len(files[0]); len(line) > size && string(line[:size-len("000000.xml")]) == filepath.Dir(files[0])+"/" {
			about, line = string(line[:size]), line[size:]
		}
		complaints[about] += string(line)
	}
	return complaints
}
