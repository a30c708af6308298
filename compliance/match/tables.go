package match

import (
	"embed"
	"slices"
	"strings"
)

//go:embed data/*.txt
var files embed.FS

// knowledge is what the package knows about names, from the texts in data.
type knowledge struct {
	titles, particles, stopwords, common, numerals map[string]bool
	letters                                        map[rune]string
	words, japanese, hanja, chinese                map[string]string
	// forms leads from the words of a legal form to the form.
	// formStarts has their first words, formWords each longer word by itself.
	forms      map[string]string
	formStarts map[string]bool
	formWords  map[string]bool
	formBounds bounds
	// population has the sounds of names that many people have, wherever they live.
	population map[sound]bool
	// variants has the groups of names that a name belongs to, and of words of
	// company names that translate one another.
	variants map[string][]int32
	// sounding has the groups of the names that sound alike.
	sounding map[sound][]int32
}

// soundingFrom is how many letters a word has at least that is known by its sound.
const soundingFrom = 5

var tables knowledge

func init() { tables = load() }

func load() knowledge {
	k := knowledge{
		titles: set("titles"), particles: set("particles"), stopwords: set("stopwords"), common: set("common"),
		numerals: map[string]bool{"II": true, "III": true, "IV": true, "VI": true, "VII": true, "VIII": true, "IX": true},

		words: pairs("words"), japanese: pairs("japanese"), hanja: pairs("hanja"), chinese: pairs("chinese"),
		letters: map[rune]string{}, forms: map[string]string{}, population: map[sound]bool{},
		formBounds: bounds{begin: map[string]bool{}, end: map[string]bool{}},
		formStarts: map[string]bool{}, formWords: map[string]bool{}, variants: map[string][]int32{}, sounding: map[sound][]int32{},
	}
	for letter, latin := range pairs("letters") {
		k.letters[[]rune(letter)[0]] = strings.Trim(latin, "-")
	}
	for _, line := range lines("forms") {
		form, spellings, _ := strings.Cut(line, "=")
		for spelling := range strings.SplitSeq(spellings, ";") {
			k.addForm(strings.TrimSpace(form), strings.Fields(spelling))
		}
	}
	for _, form := range slices.Concat(grownEnds, grownStarts) {
		k.formBounds.touch(form)
	}
	for name := range set("population") {
		k.population[soundOf(name)] = true
	}
	names := lines("variants")
	for i, line := range append(names, lines("synonyms")...) {
		for word := range strings.FieldsSeq(line) {
			k.variants[word] = append(k.variants[word], int32(i))
			k.sounding[soundOf(word)] = append(k.sounding[soundOf(word)], int32(i))
			if i < len(names) {
				// What has variants is a name of many people.
				k.common[word] = true
			}
		}
	}
	return k
}

// known says whether a word is a common name or the female form of one: Martin and
// Martina are two people.
func (k *knowledge) known(word string) bool {
	male, ends := strings.CutSuffix(word, "A")
	return k.common[word] || ends && len(male) >= femaleFrom && k.common[male]
}

// manyHave says whether a word is a name of many people.
func (k *knowledge) manyHave(word string) bool { return k.common[word] || k.population[soundOf(word)] }

// femaleFrom is how many letters a name has at least when it has a female form.
const femaleFrom = 5

// sons and daughters are the ends of patronymics, by how Russian, Ukrainian and
// Belarusian names are written in Latin.
var (
	sons      = []string{"OVICH", "EVICH", "OVYCH", "EVYCH", "AVICH", "OVITCH", "EVITCH", "OVITJ", "EVITJ", "OVIC"}
	daughters = []string{"OVNA", "EVNA", "IVNA", "AVNA", "AUNA", "EUNA", "YIVNA"}
)

// Patronymics are in groups of their own, beside those of the father's name.
const (
	sonOf      = 1 << 16
	daughterOf = 1 << 17
)

// groupsOf returns the groups of names that stand for one another: those that
// the word is in, or, of a patronymic, those of the father.
func (k *knowledge) groupsOf(word string) []int32 {
	if groups := k.variants[word]; groups != nil {
		return groups
	}
	if groups := k.sounding[soundOf(word)]; groups != nil && len(word) >= soundingFrom {
		return groups
	}
	if groups := k.fathers(word, sons, sonOf); groups != nil {
		return groups
	}
	return k.fathers(word, daughters, daughterOf)
}

func (k *knowledge) fathers(word string, ends []string, child int32) []int32 {
	for _, end := range ends {
		stem, ok := strings.CutSuffix(word, end)
		if !ok || stem == "" || end[0] == 'O' && strings.HasSuffix(stem, "A") {
			// Sons of Aleksandr are no sons of Aleksandra.
			continue
		}
		for _, father := range []string{
			stem, stem + "I", stem + "Y", stem + "IY", stem + "EY", stem + "A", strings.TrimRight(stem, "IY"),
		} {
			var groups []int32
			for _, g := range k.variants[father] {
				groups = append(groups, g|child)
			}
			if groups != nil {
				return groups
			}
		}
	}
	return nil
}

func (k *knowledge) addForm(form string, words []string) {
	for i, word := range words {
		k.formStarts[strings.Join(words[:i+1], " ")] = true
		if len(word) >= repairFrom && !k.formWords[word] {
			k.formWords[word] = true
			k.formBounds.add(word)
		} else if len(word) == repairFrom-1 && !strings.ContainsAny(word, "AEIOUY") && !k.formWords[word] {
			// No name is without vowels, so an added letter does not hide these.
			k.formBounds.addOnce(word)
		}
	}
	k.forms[strings.Join(words, " ")] = form
}

// bounds has the words of legal forms by what they begin and end with.
type bounds struct {
	first, last [256][]string
	begin, end  map[string]bool
}

func (b *bounds) add(word string) {
	b.first[word[0]] = append(b.first[word[0]], word)
	b.last[word[len(word)-1]] = append(b.last[word[len(word)-1]], word)
	b.touch(word)
}

func (b *bounds) addOnce(word string) {
	if !slices.Contains(b.first[word[0]], word) {
		b.add(word)
	}
}

func (b *bounds) touch(word string) {
	b.begin[word[:boundLength]] = true
	b.end[word[len(word)-boundLength:]] = true
}

// boundLength is how many letters tell most words from those that a form is
// grown together with.
const boundLength = 3

// touches says whether a word may begin or end with a word of a form.
func (b *bounds) touches(word string) bool {
	return len(word) > boundLength && (b.begin[word[:boundLength]] || b.end[word[len(word)-boundLength:]])
}

// lines returns the lines of a table without its remarks.
func lines(name string) []string {
	data, err := files.ReadFile("data/" + name + ".txt")
	if err != nil {
		return nil
	}
	var all []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			all = append(all, line)
		}
	}
	return all
}

func set(name string) map[string]bool {
	words := map[string]bool{}
	for _, line := range lines(name) {
		for word := range strings.FieldsSeq(line) {
			words[word] = true
		}
	}
	return words
}

func pairs(name string) map[string]string {
	all := map[string]string{}
	for _, line := range lines(name) {
		if key, value, ok := strings.Cut(line, " "); ok {
			all[plain(key)] = strings.TrimSpace(value)
		}
	}
	return all
}
