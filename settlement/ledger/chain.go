package ledger

import (
	"time"

	"github.com/causeway-pay/causeway/internal/chain"
	"github.com/causeway-pay/causeway/internal/ids"
)

// posting are entries of one subject that were written together, in the order of their
// sequence: the first, and those that follow it.
type posting struct {
	EntryID ids.ID
	Entries int16
}

// postingsOf returns the postings of entries, and in which regions they are. What follows
// one by one is a posting.
func postingsOf(entries []Entry) (list []posting, regions []string) {
	for i, entry := range entries {
		if i > 0 && entry.follows(entries[i-1]) {
			list[len(list)-1].Entries++
			continue
		}
		list, regions = append(list, posting{entry.ID, 1}), append(regions, entry.Region)
	}
	return list, regions
}

// follows tells whether an entry is the next of the same subject.
func (e Entry) follows(before Entry) bool {
	return e.SubjectID == before.SubjectID && e.Region == before.Region && e.Sequence == before.Sequence+1
}

// Link is the place of a posting in its region's chain.
type Link struct {
	Region string
	// Number counts the links of a region from 1, in the order in which the sealer
	// met the postings: no clock has a part in it.
	Number int64
	posting
	// Hash covers the region, the number, all columns of the entries and the hash before.
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

// linkHash returns the hash of a posting's entries behind a previous link.
func linkHash(previous []byte, region string, number int64, entries []record) []byte {
	text := chain.NewText("causeway-ledger-1", previous)
	text.Part([]byte(region))
	text.Number(number)
	for _, r := range entries {
		r.write(text)
	}
	return text.Hash()
}

// write writes every column of an entry.
func (r record) write(text *chain.Text) {
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
}

// links gives postings their places behind a head and returns the new head.
func links(head Head, postings []posting, entries map[ids.ID][]record) ([]Link, Head) {
	list := make([]Link, len(postings))
	for i, p := range postings {
		head.Number++
		head.Hash = linkHash(head.Hash, head.Name, head.Number, entries[p.EntryID])
		list[i] = Link{Region: head.Name, Number: head.Number, posting: p, Hash: head.Hash}
	}
	return list, head
}

// Head is the end of a region's chain, named by the region.
type Head = chain.Head

// Seal is a signature of a head.
type Seal = chain.Seal

// sealLabel begins what a seal signs.
const sealLabel = "causeway-ledger-seal-1"
