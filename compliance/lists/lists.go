package lists

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/causeway-pay/causeway/compliance/match"
)

// The formats.
const (
	// FormatOFAC is OFAC's sdn.csv: twelve columns, no header, "-0-" for
	// nothing, a control character as last line.
	FormatOFAC = "ofac-sdn"
	// FormatOFACAliases is OFAC's alt.csv: entry, alias number, type, name.
	FormatOFACAliases = "ofac-alt"
	// FormatSimple is a CSV with the header "id,name": one row per name.
	FormatSimple = "simple"
)

// SizeMax is the largest file, unpacked: four times the largest list published
// in these formats.
const SizeMax = 64 << 20

// List is one loaded list.
type List struct {
	Name string
	// Version is the first half of the SHA-256 of the file's contents.
	Version string
	Names   []match.Name
}

// ErrList means that a file is not a usable list.
var ErrList = errors.New("lists: not a usable list")

// ReadFile reads a list from a file, unpacking it if its name ends in .gz.
func ReadFile(name, format, path string) (List, error) {
	file, err := os.Open(path)
	if err != nil {
		return List{}, fmt.Errorf("lists: %s: %w", name, err)
	}
	defer file.Close()
	var reader io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if reader, err = gzip.NewReader(file); err != nil {
			return List{}, fmt.Errorf("%w: %s: %w", ErrList, name, err)
		}
	}
	return Read(name, format, reader)
}

// Read reads a list.
func Read(name, format string, reader io.Reader) (List, error) {
	data, err := io.ReadAll(io.LimitReader(reader, SizeMax+1))
	if err != nil {
		return List{}, fmt.Errorf("%w: %s: %w", ErrList, name, err)
	}
	if len(data) > SizeMax || !utf8.Valid(data) {
		return List{}, fmt.Errorf("%w: %s is too large or not UTF-8", ErrList, name)
	}
	sum := sha256.Sum256(data)
	list := List{Name: name, Version: hex.EncodeToString(sum[:16])}
	if list.Names, err = parse(name, format, data); err != nil {
		return List{}, err
	}
	if len(list.Names) == 0 {
		return List{}, fmt.Errorf("%w: %s is empty", ErrList, name)
	}
	return list, nil
}

// layout says where a format keeps its entry number and name.
type layout struct {
	columns, entry, name int
	header               []string
}

var layouts = map[string]layout{
	FormatOFAC:        {columns: 12, entry: 0, name: 1},
	FormatOFACAliases: {columns: 5, entry: 0, name: 3},
	FormatSimple:      {columns: 2, entry: 0, name: 1, header: []string{"id", "name"}},
}

func parse(list, format string, data []byte) ([]match.Name, error) {
	l, ok := layouts[format]
	if !ok {
		return nil, fmt.Errorf("%w: %s: unknown format %q", ErrList, list, format)
	}
	reader := csv.NewReader(bytes.NewReader(bytes.TrimRight(data, "\x1a\r\n ")))
	reader.FieldsPerRecord = l.columns
	reader.LazyQuotes = format != FormatSimple
	var names []match.Name
	for row := 0; ; row++ {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return names, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrList, list, err)
		}
		if row == 0 && l.header != nil {
			if strings.Join(record, ",") != strings.Join(l.header, ",") {
				return nil, fmt.Errorf("%w: %s: want the header %v", ErrList, list, l.header)
			}
			continue
		}
		text := strings.TrimSpace(record[l.name])
		if text == "" || text == "-0-" {
			continue
		}
		names = append(names, match.Name{List: list, Entry: strings.TrimSpace(record[l.entry]), Text: text})
	}
}
