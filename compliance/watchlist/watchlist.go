// Package watchlist compares parties with all loaded sanctions lists at once: by
// name, by identifier, and by what is known beside.
package watchlist

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/compliance/match"
)

// ErrNoNames means that lists hold nobody, which no real list does.
var ErrNoNames = errors.New("watchlist: the lists hold no names")

// Party is somebody, or something that was written, in a payment.
type Party struct {
	// Role is what the party is in the payment, such as "debtor".
	Role string
	Name string
	// Facts are what is known beside the name.
	Facts match.Facts
	// Text says that Name is free text in which a name may stand.
	Text bool
}

// Hit is a listed entry that a party is like, with the reasons.
type Hit struct {
	Role string `json:"role,omitempty"`
	// Party is the hash of the party, see [match.PartyKey].
	Party string `json:"party,omitempty"`
	// List and Entry name the entry, Version is the hash of the list.
	List    string     `json:"list"`
	Version string     `json:"version"`
	Entry   string     `json:"entry"`
	Kind    lists.Kind `json:"kind"`
	// Programmes are why it is listed.
	Programmes []string `json:"programmes"`
	// Listed is the name of the entry that is most like the party's.
	Listed string `json:"listed_name"`
	// Score is in basis points; NameScore is what the names alone give.
	Score     int            `json:"score"`
	NameScore int            `json:"name_score"`
	Words     []match.Pair   `json:"words"`
	Reasons   []match.Reason `json:"reasons"`
	// EntryVersion is the hash of the entry, which a clearance is bound to.
	EntryVersion string `json:"entry_version"`
}

// WithoutNames returns the hit as it goes on record: which entry of which list, and
// how the score came about, but no word that says who the party is. With the list
// of that version and the payment the rest can be found again.
func (h Hit) WithoutNames() Hit {
	h.Listed = ""
	words := make([]match.Pair, len(h.Words))
	for i, pair := range h.Words {
		words[i] = match.Pair{How: pair.How, Similarity: pair.Similarity}
	}
	h.Words = words
	return h
}

// key names an entry.
type key struct{ list, entry string }

// Watchlist is the lists of one moment. It never changes.
type Watchlist struct {
	lists   []lists.List
	version string
	index   *match.Index
	// numbers are the identifiers of all entries by the hash of their keys.
	numbers []number
	seed    maphash.Seed
	// unlike are questions whose answer is nobody. Merchants, places and partners come with
	// every payment, and so do regular payers.
	unlike *lru.Cache[question, struct{}]
}

// unlikeMost is how many are remembered, which takes some 5 MB.
const unlikeMost = 32_768

// question is the hash of a name and of what it is compared by: names of persons are not
// kept, and no two questions have one hash.
type question [sha256.Size]byte

// number is an identifier of an entry of a list, both by their places.
type number struct {
	hash        uint64
	list, entry uint32
}

// New builds a watchlist of lists, whose names must differ.
func New(all []lists.List) (*Watchlist, error) {
	unlike, err := lru.New[question, struct{}](unlikeMost)
	if err != nil {
		return nil, fmt.Errorf("watchlist: %w", err)
	}
	w := &Watchlist{lists: all, seed: maphash.MakeSeed(), unlike: unlike}
	var names []match.Name
	version := sha256.New()
	for i, list := range all {
		if w.find(list.Name) != i {
			return nil, errors.New("watchlist: two lists are called " + list.Name)
		}
		version.Write([]byte(list.Name + "=" + list.Version + "\n"))
		for at, entry := range list.Entries.All() {
			for _, n := range entry.Identifiers {
				if k := match.IdentifierKey(n.Value); k != "" {
					w.numbers = append(w.numbers, number{maphash.String(w.seed, k), uint32(i), uint32(at)})
				}
			}
		}
		names = append(names, list.Names()...)
	}
	slices.SortFunc(w.numbers, number.compare)
	w.index = match.NewIndex(names)
	if w.index.Len() == 0 {
		return nil, ErrNoNames
	}
	w.version = hex.EncodeToString(version.Sum(nil)[:16])
	return w, nil
}

func (n number) compare(other number) int {
	return cmp.Or(cmp.Compare(n.hash, other.hash), cmp.Compare(n.list, other.list), cmp.Compare(n.entry, other.entry))
}

// find returns the place of a list by its name, -1 when there is none.
func (w *Watchlist) find(name string) int {
	return slices.IndexFunc(w.lists, func(l lists.List) bool { return l.Name == name })
}

// Version identifies the exact contents of all lists.
func (w *Watchlist) Version() string { return w.version }

// Names returns how many names the lists hold.
func (w *Watchlist) Names() int { return w.index.Len() }

// Lists returns what the watchlist was made of.
func (w *Watchlist) Lists() []lists.List { return w.lists }

// Screen returns the entries that a party is like under a policy, at most limit,
// best first. Entries that the party was cleared of are left out. Names are looked
// for below the threshold as well, as far as a birth date can lift them.
func (w *Watchlist) Screen(p Party, policy match.Policy, cleared match.GoodGuys, limit int) []Hit {
	// Whoever is cleared, or falls below the threshold by what is known beside the name, must
	// not hide others behind them: then more are looked at.
	for most := 2 * limit; ; most *= 8 {
		named := w.byName(p, policy, most)
		hits := w.judge(p, policy, cleared, append(named, w.byNumber(p)...))
		if len(hits) >= limit || len(named) < most {
			slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Compare(b.Score, a.Score) })
			return hits[:min(len(hits), limit)]
		}
	}
}

// judge makes hits of the matches that are enough, one of each entry.
func (w *Watchlist) judge(p Party, policy match.Policy, cleared match.GoodGuys, matches []match.Match) []Hit {
	var hits []Hit
	told := map[key]bool{}
	for _, m := range matches {
		k := key{m.Name.List, m.Name.Entry}
		list := w.lists[w.find(k.list)]
		entry, _ := list.Entries.Find(k.entry)
		score, reasons := match.Qualify(m.Score, p.Facts, entry.Facts())
		if told[k] || score < policy.Threshold(m.Name) {
			continue
		}
		told[k] = true
		hash, party := entry.Hash(), match.PartyKey(p.Name, p.Facts)
		if cleared.Clear(party, k.list, k.entry, hash) {
			continue
		}
		hits = append(hits, Hit{
			Role: p.Role, Party: party, List: k.list, Version: list.Version, Entry: k.entry, Kind: entry.Kind,
			Programmes: entry.Programmes, Listed: m.Name.Text, Score: score, NameScore: m.Score, Words: m.Pairs,
			Reasons: reasons, EntryVersion: hash,
		})
	}
	return hits
}

// byName returns the entries with a name like the party's. That there are none is
// remembered; it is as true for the next payment, since the lists never change.
func (w *Watchlist) byName(p Party, policy match.Policy, limit int) []match.Match {
	search, lowest := w.index.Search, policy.Lowest()
	if p.Text {
		search = w.index.SearchText
	} else if len(p.Facts.Born) > 0 {
		lowest = max(1, lowest-match.FactsMost)
	}
	asked := questionOf(p, lowest)
	if _, known := w.unlike.Get(asked); known {
		return nil
	}
	found := search(p.Name, lowest, limit)
	if len(found) == 0 {
		w.unlike.Add(asked, struct{}{})
	}
	return found
}

func questionOf(p Party, lowest int) question {
	text := binary.BigEndian.AppendUint32(make([]byte, 0, 128), uint32(lowest))
	if p.Text {
		text[0] = 1
	}
	return sha256.Sum256(append(text, p.Name...))
}

// byNumber returns the entries that may have an identifier of the party: whether
// they do, their facts say.
func (w *Watchlist) byNumber(p Party) []match.Match {
	var found []match.Match
	for _, i := range p.Facts.Identifiers {
		k := match.IdentifierKey(i)
		if k == "" {
			continue
		}
		hash := maphash.String(w.seed, k)
		at, _ := slices.BinarySearchFunc(w.numbers, number{hash: hash}, number.compare)
		for ; at < len(w.numbers) && w.numbers[at].hash == hash; at++ {
			list := w.lists[w.numbers[at].list]
			entry := list.Entries.At(int(w.numbers[at].entry))
			name := match.Name{List: list.Name, Entry: entry.ID}
			if len(entry.Names) > 0 {
				name.Text = entry.Names[0].Text
			}
			found = append(found, match.Match{Name: name})
		}
	}
	return found
}
