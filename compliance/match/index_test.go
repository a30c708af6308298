package match

import (
	"testing"

	"pgregory.net/rapid"
)

// TestJoin is a row for each rule by which two words may be one.
func TestJoin(t *testing.T) {
	word := func(text string, c class) token { return token{text: text, class: c} }
	cases := []struct {
		a, b token
		want string
	}{
		{word("BLOCKS", plainWord), word("WORTH", plainWord), "BLOCKSWORTH"},
		{word("AL", particle), word("RAHMAN", commonWord), "ALRAHMAN"},
		{word("A", initial), word("LIND", plainWord), "ALIND"},
		{word("AB", plainWord), word("CD", plainWord), ""},
		{word("BLOCKS", plainWord), word("LLC", legalForm), ""},
		{word("12", number), word("BLOCKS", plainWord), ""},
		{word("BLOCKSWORTHBLOCKSWORTH", plainWord), word("BLOCKSWORTH", plainWord), ""},
	}
	for _, c := range cases {
		if got, ok := join([]token{c.a, c.b}, 0); got != c.want || ok != (c.want != "") {
			t.Errorf("%s and %s: %q, %v", c.a.text, c.b.text, got, ok)
		}
		if got, ok := join([]token{c.a, c.b}, 1); ok {
			t.Errorf("%s and nothing: %q", c.b.text, got)
		}
	}
}

// TestRarerIsHeavier: of two words the rarer never weighs less, and no word weighs more
// or less than its class may.
func TestRarerIsHeavier(t *testing.T) {
	x := NewIndex([]Name{{Text: "Filler One"}, {Text: "Filler Two"}, {Text: "Filler Three"}})
	rapid.Check(t, func(t *rapid.T) {
		c := class(rapid.IntRange(0, len(classWeights)-1).Draw(t, "class"))
		few := rapid.Int32Range(0, 5_000).Draw(t, "few")
		more := few + rapid.Int32Range(0, 5_000).Draw(t, "more")
		light, heavy := x.weight(more, c), x.weight(few, c)
		if light > heavy || light < weightMin*classWeights[c]/100 || heavy > weightMax*classWeights[c]/100 {
			t.Fatalf("class %d: %d names weigh %d, %d weigh %d", c, few, heavy, more, light)
		}
	})
	if x.weight(x.withSound(soundOf("FILLER")), plainWord) >= x.weight(x.withSound(soundOf("ONE")), plainWord) {
		t.Error("a word of all names is not lighter")
	}
}

// TestPopulationIsHeard: a name of many people weighs less than a rare one even where no
// list has it, however it is spelt, and never more for being listed.
func TestPopulationIsHeard(t *testing.T) {
	names := make([]Name, 2_000)
	for i := range names {
		names[i].Text = "Filler Kowalsky"
	}
	for _, listed := range []string{"Filler One", "Schneider One", "Schnayder One"} {
		names[0].Text = listed
		x := NewIndex(names)
		rare := x.weight(x.withSound(soundOf("BLOCKSWORTH")), plainWord)
		for _, name := range []string{"SCHNEIDER", "SHNEIDER", "KOWALSKI"} {
			if w := x.weight(x.withSound(soundOf(name)), plainWord); w >= rare {
				t.Errorf("among %q %s weighs %d, a rare word %d", listed, name, w, rare)
			}
		}
		if w := x.weight(x.withSound(soundOf("FILLER")), plainWord); w >= x.weight(x.withSound(soundOf("SCHNEIDER")), plainWord) {
			t.Errorf("among %q a word of all names weighs %d", listed, w)
		}
	}
}

// TestGoingOn: the words that begin with a text are those that comparing all finds.
func TestGoingOn(t *testing.T) {
	text := rapid.StringMatching("[AB]{1,4}")
	rapid.Check(t, func(t *rapid.T) {
		var d dictionary
		for _, word := range rapid.SliceOfN(text, 0, 30).Draw(t, "words") {
			d.id(word, false)
		}
		d.seal(nil)
		d.group()
		begin, want := text.Draw(t, "begin"), 0
		for w := range int32(d.words.count()) {
			if len(d.words.at(w)) >= len(begin) && d.words.at(w)[:len(begin)] == begin {
				want++
			}
		}
		found := d.goingOn(begin)
		for _, w := range found {
			if d.words.at(w)[:len(begin)] != begin {
				t.Fatalf("%q goes on as %q", begin, d.words.at(w))
			}
		}
		if len(found) != want {
			t.Fatalf("%d words begin with %q, found %d", want, begin, len(found))
		}
	})
}

// TestNearIsSymmetric: words are as near there as back, whether vowels are written or
// not.
func TestNearIsSymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := respelling(t)
		for _, free := range []bool{false, true} {
			if there, back := near(&a, &b, free), near(&b, &a, free); there != back {
				t.Fatalf("%s and %s: %d, back %d", a.text, b.text, there, back)
			}
		}
		if there, back := resemblance(&a, &b), resemblance(&b, &a); there != back {
			t.Fatalf("%s resembles %s to %d, back %d", a.text, b.text, there, back)
		}
		if same := near(&a, &a, false); same != full {
			t.Fatalf("%s is near itself to %d", a.text, same)
		}
	})
}
