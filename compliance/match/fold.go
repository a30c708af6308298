package match

import (
	"slices"
	"strings"
)

// NameMax is how many characters of a name are looked at: the length of a name
// in ISO 20022 (Max140Text), so no name is cut that can arrive.
const NameMax = 140

// tokensMax bounds the words of a name: 140 letters hold 70 words at most, and
// names on the published lists have up to 40. A bit of a uint64 each.
const tokensMax = 48

// tokenMax bounds the letters of a word; longer ones are cut.
const tokenMax = 32

// class is what a word of a name is for.
type class uint8

const (
	// plainWord tells who it is.
	plainWord class = iota
	// common names and stop words tell less, particles and legal forms little.
	commonWord
	stopWord
	particle
	legalForm
	// formWord is a word of a legal form that stands without the others, or a title behind
	// a single word.
	formWord
	// initial is a single letter, number a word of digits.
	initial
	number
)

// token is a word of a folded name.
type token struct {
	text  string
	class class
	// abjad words are written without their vowels.
	abjad bool
	// syllables of Chinese and Korean are written without error.
	syllable bool
	// run words were single letters beside one another, dotted ones such with a dot each
	// and no blank between.
	run, dotted bool
}

// Fold turns a name into its words: romanised, upper case, without marks and
// punctuation, apostrophes closed up, legal forms as one word, titles left out
// unless nothing else is there. It is what the index compares.
func Fold(name string) []string {
	tokens := fold(name, isCut(name), chinese)
	texts := make([]string, len(tokens))
	for i, t := range tokens {
		texts[i] = t.text
	}
	if len(texts) == 0 {
		return nil
	}
	return texts
}

// readings returns the ways a name can be read: Chinese characters may be a
// Chinese, a Japanese or a Korean name, and J.P. before or behind a word may be a word or
// two initials; anything else is read in one way. Names of lists are never cut, nor are
// texts.
func readings(name string, cut bool) [][]token {
	all := [][]token{fold(name, cut, chinese)}
	if tokens := spelledOut(all[0]); tokens != nil {
		all = append(all, tokens)
	}
	if !hasHan(name) {
		return all
	}
	for _, as := range []reading{japanese, korean} {
		if tokens := fold(name, cut, as); tokens != nil {
			all = append(all, tokens)
		}
	}
	return all
}

func hasHan(name string) bool {
	return !isASCII(name) && strings.IndexFunc(name, func(r rune) bool { return scriptOf(r) == han }) >= 0
}

// fold is nil when the name cannot be read so, or has no word.
func fold(name string, cut bool, as reading) []token {
	words := split(name)
	tokens := make([]token, 0, len(words)+1)
	for _, word := range words {
		var ok bool
		if tokens, ok = spelt(tokens, word, as); !ok {
			return nil
		}
		if len(tokens) >= tokensMax {
			tokens = tokens[:tokensMax]
			break
		}
	}
	return settle(tokens, cut)
}

// spelt adds a word in Latin letters, which may be several; false when it cannot be read
// so.
func spelt(tokens []token, text string, as reading) ([]token, bool) {
	text, dotted := strings.ReplaceAll(text, ".", ""), strings.Contains(text, ".")
	w, ok := romanise(text, as)
	if !ok {
		return nil, false
	}
	for latin := range strings.FieldsSeq(w.latin) {
		if latin = clean(latin); latin != "" {
			tokens = append(tokens, token{text: latin, abjad: w.abjad, syllable: w.syllable, dotted: dotted})
		}
	}
	return tokens, true
}

// settle makes of words what they are beside one another.
func settle(tokens []token, cut bool) []token {
	tokens = closeUp(repair(compounds(tokens)))
	if cut {
		tokens = withoutRest(tokens)
	}
	return classify(withInitials(withoutTitles(withForms(tokens))))
}

// closeUp makes runs of single letters one word: "S A" is "SA".
func closeUp(tokens []token) []token {
	if !slices.ContainsFunc(tokens, func(t token) bool { return len(t.text) == 1 }) {
		return tokens
	}
	out := make([]token, 0, len(tokens)+1)
	for i, t := range tokens {
		if i > 0 && len(t.text) == 1 && len(tokens[i-1].text) == 1 && !t.abjad && len(out[len(out)-1].text) < tokenMax {
			out[len(out)-1].text += t.text
			out[len(out)-1].run = true
			continue
		}
		out = append(out, t)
	}
	return out
}

// runMax is how many initials a person has at most beside one another.
const runMax = 2

// withInitials takes runs of letters that are no legal form apart again where a word
// stands before them: "Wayne P S" has two initials.
func withInitials(tokens []token) []token {
	if !slices.ContainsFunc(tokens, func(t token) bool { return t.run }) {
		return tokens[:min(len(tokens), tokensMax)]
	}
	out := make([]token, 0, len(tokens)+1)
	for i, t := range tokens {
		if !t.run || i == 0 || t.class == legalForm || len(t.text) > runMax {
			out = append(out, t)
			continue
		}
		for at := range len(t.text) {
			out = append(out, token{text: t.text[at : at+1]})
		}
	}
	return out[:min(len(out), tokensMax)]
}

func clean(latin string) string {
	latin = strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, latin)
	return latin[:min(len(latin), tokenMax)]
}

// spelledOut takes runs of letters apart that a name begins with, and those with dots
// anywhere: "J.P. Morgan" may have two initials. It is nil where there are none.
func spelledOut(tokens []token) []token {
	isRun := func(i int) bool {
		t := tokens[i]
		return (t.dotted || t.run && i == 0) && t.class != legalForm && len(t.text) > 1 && len(t.text) <= runMax
	}
	var out []token
	for i, t := range tokens {
		if !isRun(i) {
			out = append(out, t)
			continue
		}
		for at := range len(t.text) {
			out = append(out, token{text: t.text[at : at+1], class: initial})
		}
	}
	if len(out) == len(tokens) || len(tokens) == 1 {
		return nil
	}
	return out[:min(len(out), tokensMax)]
}

// sonsBehind are words for a son that stand behind the father's name, which may be a title:
// Haji Zadeh is a family name, Hajizadeh in one word.
var sonsBehind = []string{"ZADEH", "ZADE", "ZADA", "ZADAH", "ZADH", "OGLU", "OGLI", "UGLI", "OGLY"}

// withoutTitles leaves titles out, unless nothing else would be left. One behind a single
// word may be a family name: it stays, and tells little.
func withoutTitles(tokens []token) []token {
	isTitle := func(t token) bool { return tables.titles[t.text] }
	if !slices.ContainsFunc(tokens, isTitle) {
		return tokens
	}
	named := make([]token, 0, len(tokens))
	for i, t := range tokens {
		if !isTitle(t) || i+1 < len(tokens) && slices.Contains(sonsBehind, tokens[i+1].text) {
			named = append(named, t)
		}
	}
	left := 0
	for _, t := range named {
		if t.class != legalForm {
			left++
		}
	}
	switch {
	case left == 0:
		return tokens
	case left == 1 && len(named) == 1 && len(tokens) == 2 && !isTitle(tokens[0]):
		tokens[1].class = formWord
		return tokens
	}
	return named
}

func classify(tokens []token) []token {
	for i, t := range tokens {
		switch {
		case t.class != plainWord:
		case strings.Trim(t.text, "0123456789") == "", tables.numerals[t.text]:
			tokens[i].class = number
		case tables.particles[t.text] && !t.syllable:
			tokens[i].class = particle
		case len(t.text) == 1:
			tokens[i].class = initial
		case tables.formWords[t.text]:
			tokens[i].class = formWord
		case tables.stopwords[t.text]:
			tokens[i].class = stopWord
		case tables.common[t.text]:
			tokens[i].class = commonWord
		}
	}
	return tokens
}
