package match

import (
	"slices"
	"strings"
)

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

// Legal forms that hardly a name begins or ends with, ends with, and begins with.
var (
	grownForms = []string{
		"LTD", "LLC", "GMBH", "OOO", "PJSC", "OJSC", "CJSC", "JSC", "PLC", "LIMITED", "COMPANY", "CORPORATION",
	}
	grownEnds   = append([]string{"OAO", "ZAO", "CORP", "INC", "PTY"}, grownForms...)
	grownStarts = append([]string{"OAO", "NPO", "NPP", "NPF", "FGUP"}, grownForms...)
)

// grownFrom is how many letters of a name must be left beside a form, and
// grownWord how long a word of a form must be to be told from a name.
const (
	grownFrom = 3
	grownWord = 8
)

// startsFrom is how many letters of a name must be left behind a form: two where no name
// begins as the form does, since nobody could speak it.
func startsFrom(form string) int {
	if strings.ContainsAny(form, "AEIUY") {
		return grownFrom + 1
	}
	return 2
}

// grown takes a legal form off a word, or apart two words of a form.
func grown(text string) (first, second string, ok bool) {
	if !tables.formBounds.touches(text) {
		return "", "", false
	}
	for _, form := range grownEnds {
		if name, found := strings.CutSuffix(text, form); found && len(name) >= grownFrom {
			return name, form, true
		}
	}
	for _, form := range grownStarts {
		if name, found := strings.CutPrefix(text, form); found && len(name) >= startsFrom(form) {
			return form, name, true
		}
	}
	return grownWords(text)
}

// grownWords takes apart two words of which one is a word of a form, both where there are
// such.
func grownWords(text string) (first, second string, ok bool) {
	for i := grownFrom; i <= len(text)-grownFrom; i++ {
		if tables.formWords[text[:i]] && tables.formWords[text[i:]] {
			return text[:i], text[i:], true
		}
	}
	for i := grownFrom; i <= len(text)-grownFrom; i++ {
		first, second = text[:i], text[i:]
		isFirst, isSecond := tables.formWords[first], tables.formWords[second]
		switch {
		case isFirst && (i >= grownWord || tables.forms[second] != ""), isSecond && len(second) >= grownWord:
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
	if end < 2 || tokens[end].syllable {
		return tokens
	}
	text := tokens[end].text
	if endsForm(tokens[:end], text) || tables.forms[text] != "" {
		return tokens
	}
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
