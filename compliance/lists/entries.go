package lists

import (
	"encoding/binary"
	"iter"
	"slices"
	"sort"
	"strings"

	"github.com/causeway-pay/causeway/compliance/match"
)

// Entries are the entries of a list in the order of its file. Each is encoded, and
// decoded when somebody asks for it: most are only kept for the day on which they
// are hit, and so many parts by themselves would cost the garbage collector more
// than everything else of a hub. All of them have 4 GiB at most, many times
// [SizeMax].
type Entries struct {
	encoded string
	// Entry i is encoded[ends[i-1]:ends[i]]; byID has the entries in the order of
	// their ids.
	ends, byID []uint32
}

// NewEntries encodes entries, whose ids must differ.
func NewEntries(all []Entry) Entries {
	var encoded []byte
	e := Entries{ends: make([]uint32, len(all)), byID: make([]uint32, len(all))}
	for i := range all {
		encoded = all[i].encode(encoded)
		e.ends[i], e.byID[i] = uint32(len(encoded)), uint32(i)
	}
	e.encoded = string(encoded)
	slices.SortFunc(e.byID, func(a, b uint32) int { return strings.Compare(all[a].ID, all[b].ID) })
	return e
}

// Len returns how many entries there are.
func (e Entries) Len() int { return len(e.ends) }

// At returns an entry by its place in the file, from 0.
func (e Entries) At(i int) Entry { return decode(e.raw(i)) }

// All returns the entries with their places.
func (e Entries) All() iter.Seq2[int, Entry] {
	return func(yield func(int, Entry) bool) {
		for i := range e.ends {
			if !yield(i, e.At(i)) {
				return
			}
		}
	}
}

// Find returns the entry of an id, and false when there is none.
func (e Entries) Find(id string) (Entry, bool) {
	i, found := e.place(id)
	if !found {
		return Entry{}, false
	}
	return e.At(i), true
}

func (e Entries) place(id string) (i int, found bool) {
	at, found := sort.Find(len(e.byID), func(at int) int { return strings.Compare(id, e.id(int(e.byID[at]))) })
	if !found {
		return 0, false
	}
	return int(e.byID[at]), true
}

func (e Entries) raw(i int) string {
	from := uint32(0)
	if i > 0 {
		from = e.ends[i-1]
	}
	return e.encoded[from:e.ends[i]]
}

// id is that of an entry, which is the first of what is encoded.
func (e Entries) id(i int) string {
	r := reader{e.raw(i)}
	return r.text()
}

// encode appends an entry: numbers as varints, texts and lists behind their lengths.
// Equal entries are encoded alike.
func (e *Entry) encode(to []byte) []byte {
	to = appendTexts(to, e.ID, string(e.Kind))
	to = binary.AppendUvarint(to, uint64(len(e.Programmes)))
	to = appendTexts(to, e.Programmes...)
	to = binary.AppendUvarint(to, uint64(len(e.Names)))
	for _, n := range e.Names {
		to = appendTexts(to, n.Text, string(n.Quality), n.Script)
	}
	to = binary.AppendUvarint(to, uint64(len(e.Identifiers)))
	for _, i := range e.Identifiers {
		to = appendTexts(to, i.Type, i.Value, i.Country)
	}
	to = binary.AppendUvarint(to, uint64(len(e.Born)))
	for _, d := range e.Born {
		about := 0
		if d.About {
			about = 1
		}
		for _, n := range []int{d.Year, d.Month, d.Day, d.Until, about} {
			to = binary.AppendUvarint(to, uint64(n))
		}
	}
	to = binary.AppendUvarint(to, uint64(len(e.Addresses)))
	for _, a := range e.Addresses {
		to = appendTexts(to, a.Lines, a.Country)
	}
	return to
}

func appendTexts(to []byte, texts ...string) []byte {
	for _, text := range texts {
		to = append(binary.AppendUvarint(to, uint64(len(text))), text...)
	}
	return to
}

// decode returns what was encoded. Its texts are parts of that, not copies.
func decode(encoded string) Entry {
	r := reader{encoded}
	return Entry{
		ID: r.text(), Kind: Kind(r.text()), Programmes: many(&r, r.text),
		Names: many(&r, func() Name {
			return Name{Text: r.text(), Quality: Quality(r.text()), Script: r.text()}
		}),
		Identifiers: many(&r, func() Identifier {
			return Identifier{Type: r.text(), Value: r.text(), Country: r.text()}
		}),
		Born: many(&r, func() match.Date {
			return match.Date{Year: r.number(), Month: r.number(), Day: r.number(), Until: r.number(), About: r.number() == 1}
		}),
		Addresses: many(&r, func() Address { return Address{Lines: r.text(), Country: r.text()} }),
	}
}

// reader reads what encode has written, and nothing else.
type reader struct{ rest string }

func (r *reader) number() int {
	value := uint64(0)
	for i := range len(r.rest) {
		c := r.rest[i]
		value |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			r.rest = r.rest[i+1:]
			break
		}
	}
	return int(value)
}

func (r *reader) text() string {
	length := r.number()
	text := r.rest[:length]
	r.rest = r.rest[length:]
	return text
}

// many reads a list, which is nil when nothing is in it.
func many[T any](r *reader, one func() T) []T {
	count := r.number()
	if count == 0 {
		return nil
	}
	all := make([]T, count)
	for i := range all {
		all[i] = one()
	}
	return all
}
