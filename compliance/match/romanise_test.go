package match

import "testing"

// TestRomanise is a row for each rule by which the letters of a word become Latin ones.
func TestRomanise(t *testing.T) {
	for text, want := range map[string]string{
		// Cyrillic: by letters, and as Serbs do where a letter is theirs.
		"Щука": "SHCHUKA", "цирк": "TSIRK", "объект": "OBEKT", "Љубица": "LJUBICA", "Цветковић": "CVETKOVIC",
		// Greek: pairs of letters first.
		"Μπακογιάννης": "BAKOGIANNIS", "Παπαδόπουλος": "PAPADOPULOS", "Ευγενία": "EVGENIA",
		// Arabic and Hebrew: known words as they are spoken, the article and the servant apart.
		"محمد": "MUHAMMAD", "القرضاوي": "AL QRDAWI", "عبدالقادر": "ABD AL QADIR", "عبدالله": "ABDULLAH", "وليم": "WLIM",
		// A letter and an H are two sounds.
		"سحر": "SAHR", "زهير": "ZAHIR", "سهيل": "SAHIL", "بهجة": "BHJA", "كحيل": "KAHIL", "شهاب": "SHHAB",
		// Kana: voiced ones, small ones, long ones.
		"じろう": "JIROU", "ジロウ": "JIROU", "がく": "GAKU", "ぱく": "PAKU", "しゃ": "SHA", "ちょう": "CHOU", "きょうこ": "KYOUKO",
		"じゅん": "JUN", "ほった": "HOTA",
		// Thai: vowels behind their consonant, nothing that is silent.
		"สมศักดิ์": "SMSAK", "เกษม": "KESM", "จันทร์": "CHANTH",
		// Korean: family names as they are written.
		"박": "PARK", "정은": "JUNG EUN",
		// Letters that only look Latin, and marks.
		"Vоlkov": "VOLKOV", "Müller": "MULLER", "Łódź": "LODZ", "Þór": "THOR",
	} {
		if got, ok := romanise(text, chinese); !ok || got.latin != want {
			t.Errorf("%s is %q, want %q", text, got.latin, want)
		}
	}
}

// TestReadingsOfHan: characters are read in Chinese syllable by syllable, in Japanese and
// Korean only where all of them are known names.
func TestReadingsOfHan(t *testing.T) {
	for _, c := range []struct {
		text  string
		as    reading
		latin string
		ok    bool
	}{
		{"金正恩", chinese, "JIN ZHENG EN", true}, {"金正恩", korean, "KIM JONG UN", true}, {"金正恩", japanese, "", false},
		{"鈴木", japanese, "SUZUKI", true}, {"鈴木", korean, "", false},
	} {
		if got, ok := romanise(c.text, c.as); got.latin != c.latin || ok != c.ok {
			t.Errorf("%s in %d is %q, %t", c.text, c.as, got.latin, ok)
		}
	}
}
