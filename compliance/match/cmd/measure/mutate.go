package main

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/causeway-pay/causeway/compliance/match"
)

// mutation is one mechanical change to a name; false when it does not apply.
type mutation struct {
	class string
	make  func(words []string, random *dice) ([]string, bool)
}

var mutations = []mutation{
	{"order", rotate}, {"letter exchanged", editAt(exchange)}, {"letter left out", editAt(leaveOut)},
	{"letter doubled", editAt(double)}, {"letters swapped", editAt(swapLetters)}, {"letter added", editAt(addLetter)},
	{"first letter changed", firstLetter},
	{"initial", toInitial}, {"split word", splitWord}, {"joined words", joinWords},
	{"cut at 35", cutName}, {"legal form", legalForm}, {"title", title}, {"romanisation", romanise},
}

// hard are changes of two kinds at once, and omissions; they are told apart.
var hard = []mutation{{"two typing errors", twoErrors}, {"word left out", dropWord}, {"word added", addWord}}

// mutate makes samples of every class from listed names.
func mutate(mutations []mutation, names []match.Name, random *dice) []sample {
	var samples []sample
	for _, m := range mutations {
		made := 0
		for _, i := range random.Perm(len(names)) {
			if made == each {
				break
			}
			words := plainWords(names[i].Text)
			if len(words) < 2 || len(words) > 8 {
				continue
			}
			if changed, ok := m.make(words, random); ok {
				samples = append(samples, sample{m.class, strings.Join(changed, " "), names[i].Entry})
				made++
			}
		}
	}
	return samples
}

func clone(words []string) []string { return append([]string(nil), words...) }

func rotate(words []string, _ *dice) ([]string, bool) {
	return append(clone(words[1:]), words[0]), true
}

// pick returns a word of at least so many letters.
func pick(words []string, letters int, random *dice) (int, bool) {
	for _, i := range random.Perm(len(words)) {
		if utf8.RuneCountInString(words[i]) >= letters && strings.IndexFunc(words[i], unicode.IsDigit) < 0 {
			return i, true
		}
	}
	return 0, false
}

// editAt changes one place, not the first, of a word of five letters or more.
func editAt(edit func(word string, at int, letter byte) string) func([]string, *dice) ([]string, bool) {
	return func(words []string, random *dice) ([]string, bool) {
		i, ok := pick(words, 5, random)
		if !ok {
			return nil, false
		}
		changed := clone(words)
		at := 1 + random.IntN(len(words[i])-2)
		changed[i] = edit(words[i], at, byte('A'+random.IntN(26)))
		return changed, changed[i] != words[i]
	}
}

func exchange(word string, at int, letter byte) string {
	return word[:at] + string(letter) + word[at+1:]
}
func leaveOut(word string, at int, _ byte) string { return word[:at] + word[at+1:] }
func double(word string, at int, _ byte) string   { return word[:at] + word[at:at+1] + word[at:] }
func addLetter(word string, at int, letter byte) string {
	return word[:at] + string(letter) + word[at:]
}
func swapLetters(word string, at int, _ byte) string {
	return word[:at] + word[at+1:at+2] + word[at:at+1] + word[at+2:]
}

func firstLetter(words []string, random *dice) ([]string, bool) {
	i, ok := pick(words, 5, random)
	if !ok {
		return nil, false
	}
	changed := clone(words)
	changed[i] = string(rune('A'+random.IntN(26))) + words[i][1:]
	return changed, changed[i] != words[i]
}

func twoErrors(words []string, random *dice) ([]string, bool) {
	once, ok := editAt(exchange)(words, random)
	if !ok {
		return nil, false
	}
	return editAt(leaveOut)(once, random)
}

func toInitial(words []string, _ *dice) ([]string, bool) {
	changed := clone(words)
	last := len(words) - 1
	changed[last] = words[last][:1]
	return changed, len(words) <= 3 && len(words[0]) > 3 && len(words[last]) > 3
}

func splitWord(words []string, random *dice) ([]string, bool) {
	i, ok := pick(words, 7, random)
	if !ok {
		return nil, false
	}
	at := 3 + random.IntN(len(words[i])-5)
	changed := append(clone(words[:i]), words[i][:at], words[i][at:])
	return append(changed, words[i+1:]...), true
}

func joinWords(words []string, random *dice) ([]string, bool) {
	i := random.IntN(len(words) - 1)
	changed := append(clone(words[:i]), words[i]+words[i+1])
	return append(changed, words[i+2:]...), true
}

func cutName(words []string, _ *dice) ([]string, bool) {
	name := strings.Join(words, " ")
	if len(name) <= 38 {
		return nil, false
	}
	return []string{name[:35]}, true
}

func legalForm(words []string, random *dice) ([]string, bool) {
	forms := []string{"LIMITED", "LLC", "GMBH", "SA", "INC", "CO LTD"}
	switch last := words[len(words)-1]; last {
	case "LTD", "LIMITED", "LLC", "INC", "GMBH", "CO", "COMPANY", "OOO", "JSC", "CORPORATION", "CORP":
		changed := clone(words)
		changed[len(words)-1] = forms[random.IntN(len(forms))]
		return changed, len(words) > 2 && changed[len(words)-1] != last
	}
	return nil, false
}

func title(words []string, random *dice) ([]string, bool) {
	titles := []string{"MR", "DR", "MRS", "PROF", "SHEIKH", "HAJI"}
	return append([]string{titles[random.IntN(len(titles))]}, words...), true
}

// romanisations are ways to write the same letters.
var romanisations = []string{
	"KH", "H", "Q", "K", "OU", "U", "EI", "EY", "IY", "Y", "KS", "X", "CH", "TCH", "J", "DJ", "EE", "I", "OO", "U",
	"W", "V", "PH", "F", "Z", "S", "YE", "E", "AI", "AY", "SH", "CH",
}

func romanise(words []string, random *dice) ([]string, bool) {
	name := strings.Join(words, " ")
	for _, i := range random.Perm(len(romanisations) / 2) {
		if from, to := romanisations[2*i], romanisations[2*i+1]; strings.Contains(name, from) {
			return []string{strings.Replace(name, from, to, 1)}, true
		}
	}
	return nil, false
}

func dropWord(words []string, random *dice) ([]string, bool) {
	i := random.IntN(len(words))
	return append(clone(words[:i]), words[i+1:]...), len(words) >= 3
}

func addWord(words []string, random *dice) ([]string, bool) {
	added := []string{"MARIA", "AHMED", "IVANOVICH", "JOSE", "GROUP", "TRADING", "ALI", "PAUL"}
	return append(clone(words), added[random.IntN(len(added))]), true
}
