package match

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// Name is one name of a list entry.
type Name struct {
	// List and Entry identify the entry that has the name.
	List  string
	Entry string
	Text  string
}

// Match is a name with its score in basis points.
type Match struct {
	Name  Name
	Score int
}

// Index holds the names of all lists.
type Index struct {
	names  []Name
	tokens [][]string
	// postings has the names that hold a token; shortened has the tokens that
	// become the same text by leaving out one letter.
	postings  map[string][]int32
	shortened map[string][]string
}

// NewIndex builds an index. Names without any letter or digit are left out.
func NewIndex(names []Name) *Index {
	x := &Index{postings: map[string][]int32{}, shortened: map[string][]string{}}
	for _, name := range names {
		tokens := Fold(name.Text)
		if len(tokens) == 0 {
			continue
		}
		number := int32(len(x.names))
		x.names, x.tokens = append(x.names, name), append(x.tokens, tokens)
		for _, token := range tokens {
			x.post(token, number)
		}
	}
	return x
}

// Len returns the number of names.
func (x *Index) Len() int { return len(x.names) }

func (x *Index) post(token string, number int32) {
	if x.postings[token] == nil {
		for short := range shorter(token) {
			x.shortened[short] = append(x.shortened[short], token)
		}
	}
	list := x.postings[token]
	if len(list) == 0 || list[len(list)-1] != number {
		x.postings[token] = append(list, number)
	}
}

// fuzzyFrom is the length from which a token may differ by one letter: in
// shorter ones a letter is too much of the word.
const fuzzyFrom = 4

// shorter returns the texts that a token becomes by leaving out one letter.
func shorter(token string) map[string]bool {
	runes := []rune(token)
	if len(runes) < fuzzyFrom {
		return nil
	}
	texts := make(map[string]bool, len(runes))
	for i := range runes {
		texts[string(runes[:i])+string(runes[i+1:])] = true
	}
	return texts
}

// near returns the tokens of the index that a token reaches, with their
// similarity in basis points.
func (x *Index) near(token string) map[string]int {
	found := map[string]int{}
	if x.postings[token] != nil {
		found[token] = 10_000
	}
	reach := func(other string) {
		if _, known := found[other]; !known && x.postings[other] != nil {
			length := max(utf8.RuneCountInString(token), utf8.RuneCountInString(other))
			found[other] = 10_000 - 6_000/length
		}
	}
	shorts := shorter(token)
	if utf8.RuneCountInString(token) >= fuzzyFrom {
		for _, longer := range x.shortened[token] {
			reach(longer)
		}
	}
	for short := range shorts {
		if utf8.RuneCountInString(short) >= fuzzyFrom {
			reach(short)
		}
		// Both tokens lose a letter: an exchanged one or two swapped ones.
		for _, other := range x.shortened[short] {
			reach(other)
		}
	}
	return found
}

// Search returns the names whose score is at least the threshold, best first,
// at most limit.
func (x *Index) Search(name string, threshold, limit int) []Match {
	query := Fold(name)
	cells := make([]map[string]int, len(query))
	candidates := map[int32]bool{}
	for i, token := range query {
		cells[i] = x.near(token)
		for other := range cells[i] {
			for _, number := range x.postings[other] {
				candidates[number] = true
			}
		}
	}
	var matches []Match
	for number := range candidates {
		if score := score(query, cells, x.tokens[number]); score >= threshold {
			matches = append(matches, Match{Name: x.names[number], Score: score})
		}
	}
	slices.SortFunc(matches, func(a, b Match) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Name.List, b.Name.List),
			cmp.Compare(a.Name.Entry, b.Name.Entry), cmp.Compare(a.Name.Text, b.Name.Text))
	})
	return matches[:min(len(matches), limit)]
}

// score pairs each query token with the most similar free token of the name and
// weighs by letters. What the query has beyond the name counts in full, what
// the name has beyond the query a sixth, because lists are richer than payments.
// Names of several tokens never match by one alone.
func score(query []string, cells []map[string]int, name []string) int {
	used := make([]bool, len(name))
	matched, total, paired := 0, 0, 0
	for i, token := range query {
		weight := utf8.RuneCountInString(token)
		total += 6 * weight
		best, at := 0, -1
		for j, other := range name {
			if similarity := cells[i][other]; !used[j] && similarity > best {
				best, at = similarity, j
			}
		}
		if at >= 0 {
			used[at] = true
			matched += 6 * weight * best
			paired++
		}
	}
	if paired < 2 && (len(name) > 1 || len(query) > 1) || total == 0 {
		return 0
	}
	for j, other := range name {
		if !used[j] {
			total += utf8.RuneCountInString(other)
		}
	}
	return matched / total
}
