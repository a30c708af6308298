package audit

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/causeway-pay/causeway/internal/chain"
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

// hash returns the hash that the row must have behind a previous one.
func (r Row) hash(previous []byte) []byte {
	text := chain.NewText("causeway-audit-1", previous)
	text.Part([]byte(r.Chain))
	text.Number(r.Sequence)
	text.Part(r.ID[:])
	text.Time(r.At)
	text.Part([]byte(r.Actor))
	text.Part([]byte(r.Action))
	text.Part([]byte(r.Subject))
	text.Part(r.detail)
	return text.Hash()
}

// rows gives entries their places behind a head.
func rows(log string, head Head, entries []Entry) ([]Row, error) {
	list := make([]Row, len(entries))
	for i, entry := range entries {
		detail, err := encode(entry)
		if err != nil {
			return nil, err
		}
		entry.At = entry.At.UTC().Truncate(time.Microsecond)
		row := Row{Entry: entry, Chain: log, Sequence: head.Number + 1, detail: detail}
		row.Hash = row.hash(head.Hash)
		list[i], head = row, Head{Name: log, Number: row.Sequence, Hash: row.Hash}
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

// Head is the end of a log's chain, named by the log.
type Head = chain.Head

// Seal is a signature of a head.
type Seal = chain.Seal

// sealLabel begins what a seal signs.
const sealLabel = "causeway-audit-seal-1"
