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
	// formWord is a word of a legal form that stands without the others.
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
	// run words were single letters beside one another.
	run bool
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
// Chinese, a Japanese or a Korean name, anything else is read in one way. Names of lists
// are never cut, nor are texts.
func readings(name string, cut bool) [][]token {
	all := [][]token{fold(name, cut, chinese)}
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
	w, ok := romanise(text, as)
	if !ok {
		return nil, false
	}
	for latin := range strings.FieldsSeq(w.latin) {
		if latin = clean(latin); latin != "" {
			tokens = append(tokens, token{text: latin, abjad: w.abjad, syllable: w.syllable})
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

// din is religion, which ends names like Nur al-Din.
const din = "DIN"

// abd is servant, which begins names like Abd al-Rahman.
const abd = "ABD"

// servants are the ways to write the first part of names like Abd al-Rahman, and
// dins the last part of names like Nur al-Din, in one word with the other part,
// the longer ones first.
var (
	servants = []string{"ABDOUL", "ABDUL", "ABDEL", "ABDAL", "ABDOL", "ABDIL", "ABDUR", "ABDAR", "ABDER", "ABDOR", "ABDIR"}
	// suns are consonants that the article before them becomes.
	suns = []string{"SH", "S", "Z", "N", "R", "T", "D"}
	dins = []string{
		"OUDDINE", "OUDDIN", "OUDINE", "UDDINE", "EDDINE", "ADDINE", "ODDINE", "ALDEEN", "EDDEEN", "UDDEEN", "ADDEEN",
		"UDDIN", "EDDIN", "ADDIN", "ODDIN", "IDDIN", "UTTIN", "ETTIN", "ATTIN", "ALDIN", "ELDIN", "ULDIN", "OLDIN",
		"UDIN", "UDEEN",
	}
	// loneDins are ways to write the last part alone.
	loneDins = append([]string{"DINE", "DEEN", "EDINE", "EDIN"}, dins...)
	// gods are the ways to write God, which Abdullah is the servant of.
	gods     = []string{"ALLAH", "ALLA", "ULLAH", "ULLA", "ELLAH", "OLLAH", "LLAH", "LLA", "LAH"}
	articles = []string{"AL", "UL", "EL", "AR", "UR", "OL", "AS", "US", "AN", "UN", "AZ", "UZ"}
)

// compounds writes Arabic names of two parts in one way: "Abd al-Rahman",
// "Abdulrahman" and "Abdul Rahman" are two words, "Nureddin" and "Nur al-Din",
// too.
func compounds(tokens []token) []token {
	out := make([]token, 0, len(tokens)+1)
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		switch {
		case i+1 < len(tokens) && servesGod(t.text, tokens[i+1].text):
			out = append(out, token{text: "ABDULLAH", abjad: t.abjad})
			i++
			continue
		case i+2 < len(tokens) && t.text == abd && slices.Contains(articles, tokens[i+1].text):
			t.text = "ABDUL"
			out = append(out, t)
			i++
			continue
		}
		if slices.Contains(loneDins, t.text) {
			t.text = din
		}
		first, second := parts(t.text)
		if second == "" {
			out = append(out, t)
			continue
		}
		out = append(out, token{text: first, abjad: t.abjad}, token{text: second, abjad: t.abjad})
	}
	return out
}

// servesGod says whether two words are Abdullah, who is the servant of God.
func servesGod(servant, god string) bool {
	return strings.HasPrefix(servant, abd) && slices.Contains(gods, god) &&
		(servant == abd || slices.Contains(servants, servant))
}

// partFrom is how many letters the telling part of a compound has at least.
const partFrom = 3

func parts(text string) (first, second string) {
	switch {
	case strings.HasPrefix(text, abd):
		if second := servantOf(text); second != "" {
			return "ABDUL", second
		}
	case len(text) < partFrom+len("DIN"):
		return text, ""
	}
	if end := text[len(text)-1]; end != 'N' && end != 'E' {
		return text, ""
	}
	for _, end := range dins {
		if rest, ok := strings.CutSuffix(text, end); ok && len(rest) >= partFrom {
			return rest, din
		}
	}
	return text, ""
}

// servantOf returns the second part of a word that begins with a servant.
func servantOf(text string) string {
	for _, servant := range servants {
		rest, ok := strings.CutPrefix(text, servant)
		if !ok || len(rest) < partFrom || strings.HasPrefix(rest, "LA") {
			continue
		}
		if servant[len(servant)-1] == 'R' && isVowel(rest[0]) {
			rest = "R" + rest
		}
		if len(rest) > partFrom {
			return rest
		}
	}
	return servantOfSun(text)
}

// servantOfSun returns the second part of names like Abdussalam, whose article
// is written as the consonant that it is spoken as, once or twice, and of those like
// Abdukarim and Abdrazak, which have none.
func servantOfSun(text string) string {
	rest := text[len(abd):]
	if len(rest) <= partFrom+1 {
		return ""
	}
	if rest[0] == 'R' {
		return rest
	}
	if !isVowel(rest[0]) {
		return ""
	}
	for _, sun := range suns {
		second, doubled := strings.CutPrefix(rest[1:], sun)
		if doubled && strings.HasPrefix(second, sun) && len(second) > partFrom {
			return second
		}
	}
	if second := rest[1:]; strings.IndexByte("UIO", rest[0]) >= 0 && len(second) > partFrom+1 &&
		!isVowel(second[0]) && second[0] != 'L' {
		return second
	}
	return ""
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

// repairFrom is how many letters a misspelt word of a legal form has at least,
// and repairNear how similar it is: one letter of five.
const (
	repairFrom = 5
	repairNear = 8_000
)

// repair puts right the words of legal forms that are misspelt, split or grown
// together with others, which would otherwise seem to be rare and telling.
func repair(tokens []token) []token {
	out := make([]token, 0, len(tokens)+1)
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		if i+1 < len(tokens) && splitsForm(t.text, tokens[i+1].text) {
			out = append(out, token{text: t.text + tokens[i+1].text})
			i++
			continue
		}
		if len(t.text) < repairFrom-1 || t.syllable || tables.formWords[t.text] || tables.formStarts[t.text] {
			out = append(out, t)
			continue
		}
		if first, second, ok := grown(t.text); ok {
			out = append(out, token{text: first}, token{text: second})
			continue
		}
		t.text = respell(t.text, besideForm(tokens, i))
		out = append(out, t)
	}
	return out
}

// besideForm says whether a word of a legal form is beside a word, or next but one to it.
func besideForm(tokens []token, at int) bool {
	for i := max(0, at-2); i < min(len(tokens), at+3); i++ {
		if i != at && tables.formWords[tokens[i].text] {
			return true
		}
	}
	return false
}

// splitsForm says whether two words are one of a legal form that was split.
func splitsForm(first, second string) bool {
	return tables.formWords[first+second] && !tables.formWords[first] && !tables.formStarts[first+" "+second]
}

// grownForms are those that hardly a name begins or ends with.
var grownForms = []string{
	"LTD", "LLC", "GMBH", "OOO", "PJSC", "OJSC", "CJSC", "JSC", "PLC", "LIMITED", "COMPANY", "CORPORATION",
}

// grownEnds are those that hardly a name ends with.
var grownEnds = []string{"OAO", "ZAO", "CORP", "INC", "PTY"}

// grownFrom is how many letters of a name must be left beside a form, and
// grownWord how long a word of a form must be to be told from a name.
const (
	grownFrom = 3
	grownWord = 8
)

// grown takes a legal form off a word, or apart two words of a form.
func grown(text string) (first, second string, ok bool) {
	if !tables.formBounds.touches(text) {
		return "", "", false
	}
	for _, form := range grownForms {
		if name, found := strings.CutSuffix(text, form); found && len(name) >= grownFrom {
			return name, form, true
		}
		if name, found := strings.CutPrefix(text, form); found && len(name) > grownFrom {
			return form, name, true
		}
	}
	for _, form := range grownEnds {
		if name, found := strings.CutSuffix(text, form); found && len(name) >= grownFrom {
			return name, form, true
		}
	}
	for i := grownFrom; i <= len(text)-grownFrom; i++ {
		first, second = text[:i], text[i:]
		isFirst, isSecond := tables.formWords[first], tables.formWords[second]
		switch {
		case isFirst && (isSecond || i >= grownWord || tables.forms[second] != ""), isSecond && len(second) >= grownWord:
			return first, second, true
		}
	}
	return "", "", false
}

// respell returns the word of a form that a word is an error away from, unless it is a
// name of many people. A word that is no form by itself must be beside another one: Tate
// is no State.
func respell(text string, beside bool) string {
	isError := func(form string) bool {
		return typed(text, form) >= repairNear && (beside || tables.forms[form] != "")
	}
	// An error changes the first letter of a word or the last, not both.
	for _, forms := range [][]string{tables.formBounds.first[text[0]], tables.formBounds.last[text[len(text)-1]]} {
		if at := slices.IndexFunc(forms, isError); at >= 0 {
			if tables.manyHave(text) {
				return text
			}
			return forms[at]
		}
	}
	return text
}

// restFrom is how many letters of a word must be left to tell it.
const restFrom = 3

// withoutRest leaves out the end of a name that was cut where that is too short to tell, or
// may be the beginning of a legal form: what else a listed name has counts for nothing
// there. Where it ends a form that other words begin, it is made whole.
func withoutRest(tokens []token) []token {
	end := len(tokens) - 1
	if end < 2 {
		return tokens
	}
	text := tokens[end].text
	if len(text) < restFrom {
		return tokens[:end]
	}
	for _, form := range tables.formBounds.first[text[0]] {
		switch {
		case form == text || !strings.HasPrefix(form, text):
		case endsForm(tokens[:end], form):
			tokens[end].text = form
			return tokens
		case tables.forms[form] != "":
			return tokens[:end]
		}
	}
	return tokens
}

// endsForm says whether a word makes a legal form of the words before it.
func endsForm(tokens []token, word string) bool {
	for from := max(0, len(tokens)-formWordsMax+1); from < len(tokens); from++ {
		text := ""
		for _, t := range tokens[from:] {
			text += t.text + " "
		}
		if tables.forms[text+word] != "" {
			return true
		}
	}
	return false
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

// formWordsMax is the length of the longest legal form in words.
const formWordsMax = 6

// withForms replaces the words of legal forms by the form. A name that is
// nothing but legal forms is left as it is.
func withForms(tokens []token) []token {
	out := make([]token, 0, len(tokens)+1)
	named := false
	for i := 0; i < len(tokens); {
		form, length := formAt(tokens[i:])
		if length == 0 {
			out = append(out, tokens[i])
			named, i = true, i+1
			continue
		}
		out = append(out, token{text: form, class: legalForm})
		i += length
	}
	if !named {
		return tokens
	}
	return out
}

func formAt(tokens []token) (form string, length int) {
	text := ""
	for i := range min(len(tokens), formWordsMax) {
		if i > 0 {
			text += " "
		}
		text += tokens[i].text
		if !tables.formStarts[text] {
			break
		}
		if found, ok := tables.forms[text]; ok {
			form, length = found, i+1
		}
	}
	return form, length
}

func withoutTitles(tokens []token) []token {
	isTitle := func(t token) bool { return tables.titles[t.text] }
	if !slices.ContainsFunc(tokens, isTitle) {
		return tokens
	}
	named := slices.DeleteFunc(slices.Clone(tokens), isTitle)
	left := 0
	for _, t := range named {
		if t.class != legalForm {
			left++
		}
	}
	if left == 0 || left == 1 && len(named) == len(tokens)-1 && len(tokens) == 2 && !tables.titles[tokens[0].text] {
		return tokens
	}
	return named
}

func classify(tokens []token) []token {
	for i, t := range tokens {
		switch {
		case t.class == legalForm:
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
