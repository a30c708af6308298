package lists

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/causeway-pay/causeway/compliance/match"
)

// The formats.
const (
	// FormatOFAC is OFAC's sdn.csv and cons_prim.csv: twelve columns, no header,
	// "-0-" for nothing, a control character as last line.
	FormatOFAC = "ofac-sdn"
	// FormatOFACAliases is OFAC's alt.csv: entry, alias number, type, name.
	FormatOFACAliases = "ofac-alt"
	// FormatOFACAddresses is OFAC's add.csv: entry, number, address, city, country.
	FormatOFACAddresses = "ofac-add"
	// FormatOFACXML is OFAC's sdn.xml and consolidated.xml (sdnList).
	FormatOFACXML = "ofac-xml"
	// FormatOFACEnhanced is OFAC's ENHANCED_XML (sanctionsData).
	FormatOFACEnhanced = "ofac-enhanced"
	// FormatUN is the consolidated list of the UN Security Council.
	FormatUN = "un"
	// FormatEU is the EU's financial sanctions file, XML 1.1.
	FormatEU = "eu-xml"
	// FormatEUCSV is the same as CSV 1.0: ";" between, one row for each name,
	// address, birth or document.
	FormatEUCSV = "eu-csv"
	// FormatUK is the consolidated list of the UK (ConList, CSV), which ended on
	// 2026-01-28.
	FormatUK = "uk"
	// FormatUKXML is the UK Sanctions List, XML (Designations), which took its place.
	FormatUKXML = "uk-xml"
	// FormatSimple is a CSV for own lists: a header of columns, of which id and name
	// are needed (quality, kind, programme, birth, identifier, country, address may
	// be there), and one row per name.
	FormatSimple = "simple"
)

// Limits of a file. The largest published lists have 25 MiB, 20,000 entries,
// 800 names of one entry, and remarks of 10 KiB; each limit is some times that.
const (
	// SizeMax is the largest file, unpacked.
	SizeMax = 128 << 20
	// EntriesMax is how many entries a list may have.
	EntriesMax = 200_000
	// FieldMax is the longest field in bytes.
	FieldMax = 64 << 10
	// PartsMax is how many names, programmes, identifiers, dates or addresses an entry
	// has.
	PartsMax = 5_000
	// NestingMax is how deep the elements of an XML file lie.
	NestingMax = 16
)

// List is one loaded list.
type List struct {
	Name string
	// Version is the first half of the SHA-256 of the file's contents.
	Version string
	Entries Entries
}

// Names returns the names of all entries for the index.
func (l List) Names() []match.Name {
	var names []match.Name
	for _, e := range l.Entries.All() {
		for _, n := range e.Names {
			names = append(names, match.Name{List: l.Name, Entry: e.ID, Text: n.Text, Weak: n.Quality == Weak})
		}
	}
	return names
}

// ErrList means that a file is not a usable list.
var ErrList = errors.New("lists: not a usable list")

// ReadFile reads a list from a file, which may be packed with gzip.
func ReadFile(name, format, path string) (List, error) {
	file, err := os.Open(path)
	if err != nil {
		return List{}, fmt.Errorf("lists: %s: %w", name, err)
	}
	defer file.Close()
	reader, err := Unpacked(file)
	if err != nil {
		return List{}, fmt.Errorf("%w: %s: %w", ErrList, name, err)
	}
	return Read(name, format, reader)
}

// Unpacked returns a reader of what a file holds, unpacked if it is packed with
// gzip, which its first bytes say.
func Unpacked(reader io.Reader) (io.Reader, error) {
	buffered := bufio.NewReader(reader)
	if first, err := buffered.Peek(2); err != nil || first[0] != 0x1f || first[1] != 0x8b {
		// A file too short to be packed is read as it is, and refused for that.
		return buffered, nil
	}
	return gzip.NewReader(buffered)
}

// parsers read each format. Entries of one id may come in several pieces.
var parsers = map[string]func(data []byte, give func(Entry) error) error{
	FormatOFAC: parseOFAC, FormatOFACAliases: parseOFACAliases, FormatOFACAddresses: parseOFACAddresses,
	FormatOFACXML: parseOFACXML, FormatOFACEnhanced: parseOFACEnhanced, FormatUN: parseUN, FormatEU: parseEU,
	FormatEUCSV: parseEUCSV, FormatUK: parseUK, FormatUKXML: parseUKXML, FormatSimple: parseSimple,
}

// Formats returns the names of the formats in order.
func Formats() []string {
	var names []string
	for name := range parsers {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Read reads a list. A file that is damaged anywhere is refused as a whole with
// [ErrList].
func Read(name, format string, reader io.Reader) (List, error) {
	data, err := io.ReadAll(io.LimitReader(reader, SizeMax+1))
	if err != nil {
		return List{}, fmt.Errorf("%w: %s: %w", ErrList, name, err)
	}
	version := versionOf(data)
	if format == FormatUK || format == FormatEUCSV {
		// These files have come in the encoding of Windows, too.
		data = fromWindows(data)
	}
	if err := readable(data); err != nil {
		return List{}, fmt.Errorf("%w: %s: %w", ErrList, name, err)
	}
	parse, ok := parsers[format]
	if !ok {
		return List{}, fmt.Errorf("%w: %s: unknown format %q", ErrList, name, format)
	}
	collected := collector{places: map[string]int{}}
	if err := parse(bytes.TrimPrefix(data, []byte("\uFEFF")), collected.add); err != nil {
		return List{}, fmt.Errorf("%w: %s: %w", ErrList, name, err)
	}
	if err := collected.complete(format); err != nil {
		return List{}, fmt.Errorf("%w: %s: %w", ErrList, name, err)
	}
	return List{Name: name, Version: version, Entries: NewEntries(collected.entries)}, nil
}

// fromWindows decodes Windows-1252, and leaves UTF-8 as it is: also where some bytes
// of it are damaged, so that it is refused and not read as other letters. Hardly a
// text of Windows-1252 has two letters in a row that are one of UTF-8.
func fromWindows(data []byte) []byte {
	whole, broken := 0, 0
	for rest := data; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && size == 1:
			broken++
		case size > 1:
			whole++
		}
		rest = rest[size:]
	}
	if broken <= whole {
		return data
	}
	decoded, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) {
		return data
	}
	return decoded
}

// readable refuses what no parser should see.
func readable(data []byte) error {
	start := strings.ToLower(strings.TrimSpace(string(data[:min(len(data), 512)])))
	switch {
	case len(data) > SizeMax:
		return fmt.Errorf("larger than %d bytes", SizeMax)
	case !utf8.Valid(data), bytes.IndexByte(data, 0) >= 0:
		return errors.New("not UTF-8")
	case strings.HasPrefix(start, "<!doctype html"), strings.HasPrefix(start, "<html"):
		return errors.New("a web page, not a list")
	}
	return nil
}

// collector puts the pieces of entries together and holds the limits.
type collector struct {
	entries []Entry
	places  map[string]int
}

func (c *collector) add(e Entry) error {
	if e.ID = strings.TrimSpace(e.ID); e.ID == "" {
		return errors.New("an entry has no id")
	}
	at, known := c.places[e.ID]
	if !known {
		if len(c.entries) == EntriesMax {
			return fmt.Errorf("more than %d entries", EntriesMax)
		}
		at = len(c.entries)
		c.places[e.ID] = at
		c.entries = append(c.entries, Entry{ID: e.ID, Kind: e.Kind})
	}
	into := &c.entries[at]
	into.absorb(e)
	parts := max(len(into.Names), len(into.Programmes), len(into.Identifiers), len(into.Born), len(into.Addresses))
	if parts > PartsMax {
		return fmt.Errorf("entry %s has more than %d parts", e.ID, PartsMax)
	}
	return nil
}

// complete refuses a list that lacks what would pass everyone: entries, or the names
// of one. Files of aliases and addresses have no names of their own.
func (c *collector) complete(format string) error {
	if len(c.entries) == 0 {
		return errors.New("the list is empty")
	}
	if format == FormatOFACAliases || format == FormatOFACAddresses {
		return nil
	}
	for _, e := range c.entries {
		if len(e.Names) == 0 {
			return fmt.Errorf("entry %s has no name", e.ID)
		}
	}
	return nil
}

// absorb takes over what another piece of the same entry has.
func (e *Entry) absorb(other Entry) {
	if e.Kind == "" {
		e.Kind = other.Kind
	}
	for _, n := range other.Names {
		e.addName(n.Text, n.Quality)
	}
	for _, p := range other.Programmes {
		e.addProgramme(p)
	}
	for _, i := range other.Identifiers {
		e.addIdentifier(i.Type, i.Value, i.Country)
	}
	for _, d := range other.Born {
		e.addBirth(d, true)
	}
	for _, a := range other.Addresses {
		e.addAddress(a.Country, a.Lines)
	}
}

// Join makes one list of files that go together, such as OFAC's sdn.csv, alt.csv
// and add.csv: the later ones may only speak of entries of the first. Its
// version is a hash of theirs.
func Join(first List, others ...List) (List, error) {
	all := collector{places: map[string]int{}}
	versions := []string{first.Version}
	for i, list := range append([]List{first}, others...) {
		for _, e := range list.Entries.All() {
			if _, known := all.places[e.ID]; i > 0 && !known {
				return List{}, fmt.Errorf("%w: %s: entry %s is not in the main file", ErrList, first.Name, e.ID)
			}
			if err := all.add(e); err != nil {
				return List{}, fmt.Errorf("%w: %s: %w", ErrList, first.Name, err)
			}
		}
		if i > 0 {
			versions = append(versions, list.Version)
		}
	}
	return List{Name: first.Name, Version: joinedVersion(versions), Entries: NewEntries(all.entries)}, nil
}

func versionOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16])
}

func joinedVersion(versions []string) string { return versionOf([]byte(strings.Join(versions, "+"))) }

// Version returns the version of the list that [Read] makes of a file, or [Join] of
// several, without reading what they say: a list that is there already need not be
// made again.
func Version(files ...io.Reader) (string, error) {
	versions := make([]string, len(files))
	for i, file := range files {
		hash := sha256.New()
		if _, err := io.Copy(hash, io.LimitReader(file, SizeMax+1)); err != nil {
			return "", fmt.Errorf("%w: %w", ErrList, err)
		}
		versions[i] = hex.EncodeToString(hash.Sum(nil)[:16])
	}
	if len(versions) == 1 {
		return versions[0], nil
	}
	return joinedVersion(versions), nil
}
