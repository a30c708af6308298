package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
)

// Link is the place of an entry in its region's chain.
type Link struct {
	Region string
	// Number counts the links of a region from 1, in the order in which the sealer
	// met the entries: no clock has a part in it.
	Number  int64
	EntryID ids.ID
	// Hash covers the region, the number, the whole entry and the hash before.
	Hash []byte
}

// zero is the hash before the first link.
var zero = make([]byte, sha256.Size)

// record is an entry as its row has it. The chain is over rows, not over what this
// program makes of them, so that an edit of any column shows.
type record struct {
	ID                    ids.ID
	Region                string
	Payment, Subject      ids.ID
	Sequence              int16
	Kind, Debit, Credit   string
	Currency              string
	Amount                int64
	Window                ids.ID
	BookedAt, EffectiveAt time.Time
}

// linkHash returns the hash of an entry behind a previous link. Every text is
// preceded by its length, so that no two entries have the same bytes.
func linkHash(previous []byte, region string, number int64, r record) []byte {
	text := []byte("causeway-ledger-1")
	integer := func(n int64) { text = binary.BigEndian.AppendUint64(text, uint64(n)) }
	part := func(b []byte) {
		integer(int64(len(b)))
		text = append(text, b...)
	}
	part(previous)
	part([]byte(region))
	integer(number)
	for _, id := range []ids.ID{r.ID, r.Payment, r.Subject, r.Window} {
		part(id[:])
	}
	integer(int64(r.Sequence))
	for _, field := range []string{r.Region, r.Kind, r.Debit, r.Credit, r.Currency} {
		part([]byte(field))
	}
	integer(r.Amount)
	integer(r.BookedAt.UnixMicro())
	integer(r.EffectiveAt.UnixMicro())
	sum := sha256.Sum256(text)
	return sum[:]
}

// links gives entries their places behind a head and returns the new head.
func links(head Head, entries []record) ([]Link, Head) {
	list := make([]Link, len(entries))
	for i, entry := range entries {
		head.Number++
		head.Hash = linkHash(head.Hash, head.Region, head.Number, entry)
		list[i] = Link{Region: head.Region, Number: head.Number, EntryID: entry.ID, Hash: head.Hash}
	}
	return list, head
}

// Head is the end of a region's chain.
type Head struct {
	Region string
	Number int64
	Hash   []byte
}

// String returns the head as people note it down: region, number and hash.
func (h Head) String() string { return fmt.Sprintf("%s:%d:%x", h.Region, h.Number, h.Hash) }

// text is what a seal signs.
func (h Head) text(at time.Time) []byte {
	return fmt.Appendf(nil, "causeway-ledger-seal-1\n%q\n%d\n%x\n%d\n", h.Region, h.Number, h.Hash, at.UnixMicro())
}

// Seal is a signature of a head.
type Seal struct {
	Head
	At time.Time
	// KeyVersion says which key of the hub signed.
	KeyVersion int
	Signature  []byte
}
