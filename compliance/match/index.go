package match

import (
	"math"
	"sync"
)

// Name is one name of a list entry.
type Name struct {
	// List and Entry identify the entry that has the name.
	List  string
	Entry string
	Text  string
	// Weak names are aliases that the list itself calls weak.
	Weak bool
}

// Index holds the names of all lists. It never changes after it was built,
// except that it remembers what words reach. Hardly anything in it is a pointer:
// an index of a hundred thousand names costs the garbage collector nothing.
type Index struct {
	names listedNames
	// folded are the readings of the names; the words of folded[n] are members from its
	// from to that of the next one.
	folded  []folded
	of      []int32
	members []member
	// crowded names have more than initialsFew initials.
	crowded []int32

	words, joins dictionary
	weights      []int32
	// soundNames is how many names have each sound of words.
	soundNames  []int32
	readings    int
	logReadings float64
	memory      memory
	lexicon     lexicon
	scratch     sync.Pool
}

// listedNames are the names as they came.
type listedNames struct {
	texts          texts
	lists, entries vocabulary
	list, entry    []int32
	weak           []bool
}

func (l *listedNames) add(n Name) {
	l.texts.add(n.Text)
	l.list = append(l.list, l.lists.number(n.List))
	l.entry = append(l.entry, l.entries.number(n.Entry))
	l.weak = append(l.weak, n.Weak)
}

func (l *listedNames) at(i int32) Name {
	return Name{List: l.lists.at(l.list[i]), Entry: l.entries.at(l.entry[i]), Text: l.texts.at(i), Weak: l.weak[i]}
}

// folded is a reading of a name: where its words begin, their weight, and its initials.
type folded struct {
	from, total int32
	initials    letters
}

// letters has a bit for each letter from A.
type letters uint32

// add adds a letter; digits are none.
func (l *letters) add(c byte) {
	if c >= 'A' {
		*l |= 1 << (c - 'A')
	}
}

// membersOf are the words of a folded name.
func (x *Index) membersOf(n int32) []member { return x.members[x.folded[n].from:x.folded[n+1].from] }

// member is a word of a folded name.
type member struct {
	word int32
	// join is the word that this and the next one make together, or -1.
	join   int32
	weight int32
	class  class
}

// NewIndex builds an index. Names without any letter or digit are left out.
func NewIndex(names []Name) *Index {
	x := &Index{folded: make([]folded, 1)}
	var wordPosts, joinPosts []posting
	for i, name := range names {
		x.names.add(name)
		for _, tokens := range readings(name.Text, false) {
			if len(tokens) > 0 {
				wordPosts, joinPosts = x.add(int32(i), tokens, wordPosts, joinPosts)
			}
		}
	}
	x.words.seal(wordPosts)
	x.words.group()
	x.joins.seal(joinPosts)
	x.weigh()
	x.scratch.New = func() any { return newScratch(len(x.of), x.words.words.count()) }
	return x
}

// Len returns the number of names.
func (x *Index) Len() int { return x.names.texts.count() }

func (x *Index) add(name int32, tokens []token, words, joins []posting) (moreWords, moreJoins []posting) {
	number := int32(len(x.of))
	first := len(x.members)
	initials := 0
	for _, t := range tokens {
		if t.class == initial {
			x.folded[number].initials.add(t.text[0])
			initials++
		}
	}
	if initials > initialsFew {
		x.crowded = append(x.crowded, number)
	}
	for i, t := range tokens {
		m := member{word: x.words.id(t.text, false), join: -1, class: t.class}
		if joined, ok := join(tokens, i); ok {
			m.join = x.joins.id(joined, true)
			joins = append(joins, posting{m.join, number, initials > 0})
		}
		if !repeated(x.members[first:], m.word) {
			words = append(words, posting{m.word, number, initials > 0})
		}
		x.members = append(x.members, m)
	}
	x.of = append(x.of, name)
	x.folded = append(x.folded, folded{from: int32(len(x.members))})
	return words, joins
}

func repeated(members []member, word int32) bool {
	for _, m := range members {
		if m.word == word {
			return true
		}
	}
	return false
}

// joinFrom is how many letters two words have together at least when they are
// taken for one that was split.
const joinFrom = 5

// join writes a word and the next one as one.
func join(tokens []token, i int) (string, bool) {
	if i+1 >= len(tokens) {
		return "", false
	}
	a, b := tokens[i], tokens[i+1]
	if !joinable(a) || !joinable(b) || len(a.text)+len(b.text) < joinFrom || len(a.text)+len(b.text) > tokenMax {
		return "", false
	}
	return a.text + b.text, true
}

func joinable(t token) bool { return t.class != legalForm && t.class != number }

// A word's weight is between weightMin and weightMax: the rarer, the heavier.
const (
	weightMin = 350
	weightMax = 1_000
	// commonShare is the share of names that a common name is taken to have at
	// least, however rare it is on the lists: one in so many.
	commonShare = 150
	// populationShare is the same for names of the population, which fewer people have.
	populationShare = 500
)

// classWeights scale the weight of a word by what it is for, in hundredths.
var classWeights = [...]int32{
	plainWord: 100, commonWord: 100, stopWord: 70, particle: 30, legalForm: 20, formWord: 30, initial: 45, number: 100,
}

// weigh gives every word its weight, by how many names have its sound.
func (x *Index) weigh() {
	x.readings = max(2, len(x.of))
	x.logReadings = math.Log(float64(max(x.readings, 1_000)))
	x.soundNames = make([]int32, x.words.sounds.count())
	for w, s := range x.words.sound {
		x.soundNames[s] += int32(len(x.words.names.of(int32(w))))
	}
	for s := range x.soundNames {
		x.soundNames[s] = max(x.soundNames[s], x.fromPopulation(sound(x.words.sounds.at(int32(s)))))
	}
	for n := range x.of {
		members := x.membersOf(int32(n))
		for i := range members {
			m := &members[i]
			m.weight = x.weight(x.soundNames[x.words.sound[m.word]], m.class)
			x.folded[n].total += m.weight
		}
	}
	x.weights = make([]int32, x.words.words.count())
	for _, m := range x.members {
		x.weights[m.word] = max(x.weights[m.word], m.weight)
	}
}

// withSound is how many names have a sound.
func (x *Index) withSound(s sound) int32 {
	if id, known := x.words.sounds.find(string(s)); known {
		return x.soundNames[id]
	}
	return x.fromPopulation(s)
}

// fromPopulation is how many names of a list have a sound at least, were they of people
// of all countries.
func (x *Index) fromPopulation(s sound) int32 {
	if tables.population[s] {
		return int32(x.readings / populationShare)
	}
	return 0
}

// weight is that of a word whose sound so many names have.
func (x *Index) weight(names int32, c class) int32 {
	count := float64(max(1, names))
	if c == commonWord {
		count = max(count, float64(x.readings)/commonShare)
	}
	// Rounded to whole numbers, so that every machine weighs alike.
	rarity := 1 - math.Log(count)/x.logReadings
	weight := weightMin + int32(math.Round(max(0, rarity)*(weightMax-weightMin)))
	return weight * classWeights[c] / 100
}
