package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/schema/xsd"
)

// isoSchemas brings message definitions that the program does not know.
type isoSchemas struct {
	Schemas string `help:"Folder with more schemas, as the ISO 20022 catalogue offers them (*.xsd); they go before the built-in ones." placeholder:"DIR" type:"existingdir"`
}

// load returns the built-in schemas and those of the folder.
func (s isoSchemas) load() (*schema.Set, error) {
	if s.Schemas == "" {
		return schema.Official(), nil
	}
	files, err := filepath.Glob(filepath.Join(s.Schemas, "*.xsd"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("--schemas: no *.xsd in %s", s.Schemas)
	}
	var sources []*xsd.Source
	for _, file := range files {
		source, err := readSchema(file)
		if err != nil {
			return nil, fmt.Errorf("--schemas: %s: %w", file, err)
		}
		sources = append(sources, source)
	}
	table, err := xsd.Table(sources)
	if err != nil {
		return nil, fmt.Errorf("--schemas: %w", err)
	}
	set, err := schema.Parse(table)
	if err != nil {
		return nil, fmt.Errorf("--schemas: %w", err)
	}
	return schema.Official().With(set), nil
}

func readSchema(path string) (*xsd.Source, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return xsd.Read(file)
}
