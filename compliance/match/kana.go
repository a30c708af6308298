package match

import "strings"

// kanaLetters are those that are not spoken as their row says, or only lengthen the next
// one; kanaGlides what a small letter makes of the one before it.
var (
	kanaLetters = strings.NewReplacer("ファ", "FA", "フィ", "FI", "フェ", "FE", "フォ", "FO", "ティ", "TI", "ディ", "DI",
		"トゥ", "TU", "ドゥ", "DU", "チェ", "CHE", "ジェ", "JE", "シェ", "SHE", "ツァ", "TSA", "ウィ", "WI", "ウェ", "WE",
		"ウォ", "WO", "ヴァ", "VA", "ヴィ", "VI", "ヴェ", "VE", "ヴォ", "VO", "ヴ", "VU",
		"ふ", "FU", "フ", "FU", "じ", "JI", "ジ", "JI", "ぢ", "JI", "ヂ", "JI", "っ", "", "ッ", "")
	kanaGlides = strings.NewReplacer("SHIY", "SH", "CHIY", "CH", "JIY", "J", "IY", "Y")
)

// spokenKana reads the kana of Japan by Hepburn's rules, and other letters by theirs.
func spokenKana(text string) string {
	latin := decode(kanaLetters.Replace(text))
	if strings.ContainsAny(text, "ゃゅょャュョ") {
		return kanaGlides.Replace(latin)
	}
	return latin
}
