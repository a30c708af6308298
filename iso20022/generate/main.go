// Command generate compiles the official XML schemas of ISO 20022 into the
// tables of package schema, and writes the Go types of package message for the
// messages that the switch handles. It is run by go generate ./iso20022.
//
// The schemas come from the module github.com/moov-io/iso20022, which ships 132
// of them, and from the folders in the environment variable ISO20022_SCHEMAS
// (separated as in PATH) for those that the module lacks: the headers (head),
// the administrative messages (admi) and the newer versions. The folders win.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/schema/xsd"
)

// areas are the business areas of payments.
var areas = []string{"acmt", "admi", "camt", "head", "pacs", "pain", "reda", "remt"}

const module = "github.com/moov-io/iso20022"

func main() {
	if err := run(filepath.Join("schema", "tables.txt"), "message"); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// run writes the tables to a file and the typed messages into a folder.
func run(target, folder string) error {
	folders := filepath.SplitList(os.Getenv("ISO20022_SCHEMAS"))
	if len(folders) == 0 {
		return errors.New("ISO20022_SCHEMAS names no folder with the schemas that " + module +
			" lacks, such as head.001.001.02.xsd")
	}
	shipped, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		return fmt.Errorf("go list -m %s: %w", module, err)
	}
	sources, err := read(append(folders, strings.TrimSpace(string(shipped))))
	if err != nil {
		return err
	}
	table, err := xsd.Table(sources)
	if err != nil {
		return err
	}
	fmt.Printf("%d message definitions, %d bytes\n", len(sources), len(table))
	if err := os.WriteFile(target, []byte(table), 0o644); err != nil {
		return err
	}
	set, err := schema.Parse(table)
	if err != nil {
		return err
	}
	return writeTyped(set, folder)
}

// read takes each message from the first folder that has it.
func read(folders []string) ([]*xsd.Source, error) {
	var sources []*xsd.Source
	known := map[string]bool{}
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || filepath.Ext(path) != ".xsd" {
				return err
			}
			source, err := readFile(path)
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			if area, _, _ := strings.Cut(source.Name, "."); slices.Contains(areas, area) && !known[source.Name] {
				known[source.Name] = true
				sources = append(sources, source)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return sources, nil
}

func readFile(path string) (*xsd.Source, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return xsd.Read(file)
}
