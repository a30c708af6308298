package match

import (
	"slices"
	"strings"
	"sync"
)

// lexicon remembers how words fold by themselves, because the words of payments repeat.
// It is emptied when it is full, and has hardly a pointer that the garbage collector
// would follow.
type lexicon struct {
	mutex sync.RWMutex
	// words are as they stand in names, folded what they become.
	words  vocabulary
	folded texts
	lemmas []lemma
}

// lemma is what a word becomes where it does not depend on the words beside it: where
// it is settled, unless it has begun a word of a legal form that the next one ends, or
// it is a single letter beside another one.
type lemma struct {
	token
	settled, beginsForm bool
}

// lexiconMax is how many words are remembered, of wordMax bytes at most: 8 MiB in all.
const (
	lexiconMax = 1 << 16
	wordMax    = 2 * tokenMax
)

// fold is [fold] of a name without Chinese characters.
func (l *lexicon) fold(name string) []token {
	words := split(name)
	cut := isCut(name)
	if !cut && len(words) < tokensMax {
		if tokens, ok := l.tokens(words); ok {
			return tokens
		}
		l.learn(words)
	}
	return fold(name, cut, chinese)
}

// tokens are words as they are remembered; false where that does not tell.
func (l *lexicon) tokens(words []string) ([]token, bool) {
	l.mutex.RLock()
	defer l.mutex.RUnlock()
	tokens, begins := make([]token, 0, len(words)), false
	for i, word := range words {
		at, known := l.words.find(word)
		if !known || !l.lemmas[at].settled {
			return nil, false
		}
		k := l.lemmas[at]
		k.text = l.folded.at(at)
		if i > 0 && together(tokens[i-1].text, k.text, begins) {
			return nil, false
		}
		tokens, begins = append(tokens, k.token), k.beginsForm
	}
	return tokens, len(tokens) > 0
}

// together says whether two words may be one, or the second may end the form that the
// first begins.
func together(first, second string, begins bool) bool {
	return len(first)+len(second) == 2 || begins && splitsForm(first, second) || servesGod(first, second) ||
		first == abd && slices.Contains(articles, second)
}

// learn remembers words.
func (l *lexicon) learn(words []string) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for _, word := range words {
		if len(word) > wordMax {
			continue
		}
		if l.words.count() == lexiconMax {
			l.words, l.folded, l.lemmas = vocabulary{}, texts{}, nil
		}
		if at := l.words.number(word); int(at) == len(l.lemmas) {
			k := lemmaOf(word)
			l.folded.add(k.text)
			k.text = ""
			l.lemmas = append(l.lemmas, k)
		}
	}
}

// lemmaOf folds a word by itself.
func lemmaOf(word string) lemma {
	alone, ok := spelt(nil, word, chinese)
	if !ok || len(alone) != 1 {
		return lemma{}
	}
	text := alone[0].text
	if tables.formStarts[text] || tables.titles[text] || len(text) >= repairFrom-1 && respell(text, true) != text {
		return lemma{}
	}
	if alone = settle(alone, false); len(alone) != 1 || alone[0].text != text {
		return lemma{}
	}
	k := lemma{token: alone[0], settled: true}
	for form := range tables.formWords {
		k.beginsForm = k.beginsForm || len(form) > len(text) && strings.HasPrefix(form, text)
	}
	return k
}
