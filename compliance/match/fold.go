package match

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// NameMax is how many characters of a name are looked at: the length of a name
// in ISO 20022 (Max140Text), so no name is cut that can arrive.
const NameMax = 140

// special are letters that decomposition leaves as they are.
var special = map[rune]string{
	'ß': "SS", 'Æ': "AE", 'æ': "AE", 'Ø': "O", 'ø': "O", 'Ł': "L", 'ł': "L", 'Đ': "D", 'đ': "D", 'ı': "I",
	'Œ': "OE", 'œ': "OE", 'Þ': "TH", 'þ': "TH", 'Ð': "D", 'ð': "D",
}

// titles say nothing about who somebody is.
var titles = map[string]bool{
	"MR": true, "MRS": true, "MS": true, "DR": true, "PROF": true, "SIR": true, "HAJI": true, "SHEIKH": true,
}

// Fold turns a name into its tokens: upper case, without marks and punctuation,
// apostrophes closed up, titles left out unless nothing else is there.
func Fold(name string) []string {
	var folded strings.Builder
	count := 0
	for _, r := range norm.NFKD.String(name) {
		if count++; count > 4*NameMax {
			break
		}
		foldRune(&folded, r)
	}
	all := strings.Fields(folded.String())
	var tokens []string
	for _, token := range all {
		if !titles[token] {
			tokens = append(tokens, token)
		}
	}
	if tokens == nil && len(all) > 0 {
		return all
	}
	return tokens
}

func foldRune(to *strings.Builder, r rune) {
	replacement, known := special[r]
	switch {
	case known:
		to.WriteString(replacement)
	case unicode.Is(unicode.Mn, r), r == '\'', r == '’', r == '`':
	case unicode.IsLetter(r), unicode.IsDigit(r):
		to.WriteRune(unicode.ToUpper(r))
	default:
		to.WriteByte(' ')
	}
}
