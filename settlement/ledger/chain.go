package ledger

import (
	"time"

	"github.com/causeway-pay/causeway/internal/chain"
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

// linkHash returns the hash of an entry behind a previous link.
func linkHash(previous []byte, region string, number int64, r record) []byte {
	text := chain.NewText("causeway-ledger-1", previous)
	text.Part([]byte(region))
	text.Number(number)
	for _, id := range []ids.ID{r.ID, r.Payment, r.Subject, r.Window} {
		text.Part(id[:])
	}
	text.Number(int64(r.Sequence))
	for _, field := range []string{r.Region, r.Kind, r.Debit, r.Credit, r.Currency} {
		text.Part([]byte(field))
	}
	text.Number(r.Amount)
	text.Time(r.BookedAt)
	text.Time(r.EffectiveAt)
	return text.Hash()
}

// links gives entries their places behind a head and returns the new head.
func links(head Head, entries []record) ([]Link, Head) {
	list := make([]Link, len(entries))
	for i, entry := range entries {
		head.Number++
		head.Hash = linkHash(head.Hash, head.Name, head.Number, entry)
		list[i] = Link{Region: head.Name, Number: head.Number, EntryID: entry.ID, Hash: head.Hash}
	}
	return list, head
}

// Head is the end of a region's chain, named by the region.
type Head = chain.Head

// Seal is a signature of a head.
type Seal = chain.Seal

// sealLabel begins what a seal signs.
const sealLabel = "causeway-ledger-seal-1"
