package match

import (
	"slices"
	"strings"
)

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
	case text[0] == 'G' || text[0] == 'Q':
		if slave, name := slaveOf(text); name != "" {
			return slave, name
		}
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

// slaves are the ways to write the first part of names like Gholamreza.
var slaves = []string{"GHOLAM", "GHULAM", "GOLAM", "GULAM", "QOLAM", "QULAM"}

// slaveOf takes names like Gholamreza apart where the second part is a name of many people.
func slaveOf(text string) (slave, name string) {
	for _, slave := range slaves {
		if name, ok := strings.CutPrefix(text, slave); ok && len(name) >= partFrom && tables.manyHave(name) {
			return slave, name
		}
	}
	return "", ""
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
