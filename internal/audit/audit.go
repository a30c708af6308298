package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
)

// Limits of an entry. They bound what a request can make the log grow by; an
// entry beyond them is refused, and with it the action that it is about.
const (
	// textMax is for actor, action and subject: an id or a short name each.
	textMax = 128
	// detailMax is for the detail as JSON.
	detailMax = 8 << 10
)

// Entry is one line of a log.
type Entry struct {
	ID ids.ID
	At time.Time
	// Actor is the id of an operator, or [System]; never empty.
	Actor string
	// Action says what was done: "proposal.approve", "case.release".
	Action string
	// Subject is the id of what it was done to, or empty.
	Subject string
	// Detail holds what else matters, without personal data.
	Detail map[string]string
}

// System names a part of the switch that acts by itself.
func System(name string) string { return "system:" + name }

// Row is an entry in its place in a chain.
type Row struct {
	Entry
	// Chain is the name of the log, Sequence the entry's number in it from 1.
	Chain    string
	Sequence int64
	// Hash covers everything above and the hash of the row before.
	Hash []byte
	// detail is the detail as it was hashed.
	detail []byte
}

// zero is the hash before the first row.
var zero = make([]byte, sha256.Size)

// hash returns the hash that the row must have behind a previous one. Every part
// is preceded by its length, so that no two rows have the same text.
func (r Row) hash(previous []byte) []byte {
	text := []byte("causeway-audit-1")
	number := func(n int64) { text = binary.BigEndian.AppendUint64(text, uint64(n)) }
	part := func(b []byte) {
		number(int64(len(b)))
		text = append(text, b...)
	}
	part(previous)
	part([]byte(r.Chain))
	number(r.Sequence)
	part(r.ID[:])
	number(r.At.UnixMicro())
	part([]byte(r.Actor))
	part([]byte(r.Action))
	part([]byte(r.Subject))
	part(r.detail)
	sum := sha256.Sum256(text)
	return sum[:]
}

// rows gives entries their places behind a head.
func rows(chain string, head Head, entries []Entry) ([]Row, error) {
	list := make([]Row, len(entries))
	for i, entry := range entries {
		detail, err := encode(entry)
		if err != nil {
			return nil, err
		}
		entry.At = entry.At.UTC().Truncate(time.Microsecond)
		row := Row{Entry: entry, Chain: chain, Sequence: head.Sequence + 1, detail: detail}
		row.Hash = row.hash(head.Hash)
		list[i], head = row, Head{Chain: chain, Sequence: row.Sequence, Hash: row.Hash}
	}
	return list, nil
}

// encode checks an entry and returns its detail as JSON, keys in order.
func encode(entry Entry) ([]byte, error) {
	if entry.Actor == "" || entry.Action == "" || entry.ID == ids.Nil {
		return nil, fmt.Errorf("audit: an entry without id, actor or action: %q", entry.Action)
	}
	if len(entry.Actor) > textMax || len(entry.Action) > textMax || len(entry.Subject) > textMax {
		return nil, fmt.Errorf("audit: %.40q: a text of more than %d bytes", entry.Action, textMax)
	}
	if entry.Detail == nil {
		entry.Detail = map[string]string{}
	}
	detail, err := json.Marshal(entry.Detail)
	if err != nil {
		return nil, fmt.Errorf("audit: %s: %w", entry.Action, err)
	}
	if len(detail) > detailMax {
		return nil, fmt.Errorf("audit: %s: a detail of more than %d bytes", entry.Action, detailMax)
	}
	return detail, nil
}

// Head is the end of a chain.
type Head struct {
	Chain    string
	Sequence int64
	Hash     []byte
}

// String returns the head as people note it down: chain, number and hash.
func (h Head) String() string { return fmt.Sprintf("%s:%d:%x", h.Chain, h.Sequence, h.Hash) }

// text is what a seal signs.
func (h Head) text(at time.Time) []byte {
	return fmt.Appendf(nil, "causeway-audit-seal-1\n%q\n%d\n%x\n%d\n", h.Chain, h.Sequence, h.Hash, at.UnixMicro())
}

// Seal is a signature of a head.
type Seal struct {
	Head
	At time.Time
	// KeyVersion says which key of the hub signed.
	KeyVersion int
	Signature  []byte
}
