package main

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/match"
)

// TestDice: the numbers are those that everybody's SplitMix64 has of this seed.
func TestDice(t *testing.T) {
	d := dice{state: 1_234_567}
	for i, want := range []uint64{
		6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821,
	} {
		if got := d.next(); got != want {
			t.Errorf("number %d is %d, want %d", i, got, want)
		}
	}
}

// TestPerm: an order has each number once, and every order comes.
func TestPerm(t *testing.T) {
	seen := map[string]bool{}
	d := dice{state: 1}
	for range 1_000 {
		order := d.Perm(3)
		text := ""
		for _, n := range order {
			text += string(rune('0' + n))
		}
		seen[text] = true
		if slices.Sort(order); !slices.Equal(order, []int{0, 1, 2}) {
			t.Fatal(text)
		}
	}
	if len(seen) != 6 || len(d.Perm(0)) != 0 {
		t.Errorf("%d orders: %v", len(seen), seen)
	}
}

// always is a dice whose throws a test can tell: the same seed for each try.
func always() *dice { return &dice{state: 7} }

// TestMutations is a row for each class, and for each reason for which one does not apply.
func TestMutations(t *testing.T) {
	words := func(text string) []string { return strings.Fields(text) }
	for _, c := range []struct {
		class, name string
		// want is one of these, or nothing where it does not apply.
		want []string
	}{
		{"order", "ADA MARY LOVELL", []string{"MARY LOVELL ADA"}},
		{"initial", "LOVELL ADALINE", []string{"LOVELL A"}},
		{"initial", "LOVELL ADA", nil}, {"initial", "ADA LOVELL", nil}, {"initial", "LOVELL MARY JANE ADALINE", nil},
		{"split word", "ADA LOVELLS", []string{"ADA LOV ELLS", "ADA LOVE LLS"}}, {"split word", "ADA LOVELL", nil},
		{"joined words", "ADA LOVELL", []string{"ADALOVELL"}},
		{"joined words", "ADA MARY LOVELL", []string{"ADAMARY LOVELL", "ADA MARYLOVELL"}},
		{"cut at 35", strings.Repeat("LOVELL ", 5) + "ADAS", []string{strings.Repeat("LOVELL ", 5)}},
		{"cut at 35", strings.Repeat("LOVELL ", 5) + "AD", nil},
		{"legal form", "LOVELL TRADING OOO", []string{
			"LOVELL TRADING LIMITED", "LOVELL TRADING LLC", "LOVELL TRADING GMBH", "LOVELL TRADING SA", "LOVELL TRADING INC",
			"LOVELL TRADING CO LTD",
		}},
		{"legal form", "LOVELL LTD", nil}, {"legal form", "LOVELL TRADING HOUSE", nil},
		{"word left out", "ADA MARY LOVELL", []string{"MARY LOVELL", "ADA LOVELL", "ADA MARY"}},
		{"word left out", "ADA LOVELL", nil},
		{"romanisation", "KHALID", []string{"HALID"}}, {"romanisation", "QASIM LOVELL", []string{"KASIM LOVELL"}},
		{"romanisation", "OTTO", nil},
		{"letter exchanged", "ADA LOVE", nil}, {"letter left out", "AD4 L0V3LLS", nil},
	} {
		made, ok := changed(t, c.class, words(c.name))
		if ok != (c.want != nil) || ok && !slices.Contains(c.want, made) {
			t.Errorf("%s of %q is %q, %t; want one of %q", c.class, c.name, made, ok, c.want)
		}
	}
}

func changed(t rapid.TB, class string, words []string) (string, bool) {
	t.Helper()
	all := slices.Concat(mutations, hard)
	at := slices.IndexFunc(all, func(m mutation) bool { return m.class == class })
	if at < 0 {
		t.Fatalf("no class %q", class)
	}
	made, ok := all[at].make(words, always())
	return strings.Join(made, " "), ok
}

// edits is the edit distance with swaps of two names, by the textbook.
func edits(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		for j := range rows[i] {
			switch {
			case i == 0 || j == 0:
				rows[i][j] = i + j
			case a[i-1] == b[j-1]:
				rows[i][j] = rows[i-1][j-1]
			default:
				rows[i][j] = 1 + min(rows[i-1][j-1], rows[i-1][j], rows[i][j-1])
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

// TestTypingErrors: each class of typing errors makes one error, two errors are two, and none
// of them changes the first letter of the word but the one that says so.
func TestTypingErrors(t *testing.T) {
	for class, most := range map[string]int{
		"letter exchanged": 1, "letter left out": 1, "letter doubled": 1, "letters swapped": 1, "letter added": 1,
		"first letter changed": 1, "two typing errors": 2,
	} {
		rapid.Check(t, func(t *rapid.T) {
			words := rapid.SliceOfN(rapid.StringMatching("[A-Z]{1,9}"), 2, 5).Draw(t, "words")
			before := strings.Join(words, " ")
			made, ok := changed(t, class, words)
			if strings.Join(words, " ") != before {
				t.Fatalf("%s changed the name it was given to %q", class, words)
			}
			if !ok {
				return
			}
			if n := edits(before, made); n == 0 && most == 1 || n > most {
				t.Fatalf("%s of %q is %q, %d errors", class, before, made, n)
			}
			first := func(text string) string {
				letters := ""
				for word := range strings.FieldsSeq(text) {
					letters += word[:1]
				}
				return letters
			}
			if first(before) == first(made) == (class == "first letter changed") {
				t.Fatalf("%s of %q is %q", class, before, made)
			}
		})
	}
}

// TestNothingIsLostByOrder: other classes add, join or leave out words, and change no letter.
func TestNothingIsLostByOrder(t *testing.T) {
	letters := func(text string) string {
		all := strings.Split(strings.ReplaceAll(text, " ", ""), "")
		slices.Sort(all)
		return strings.Join(all, "")
	}
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching("[A-Z]{1,9}"), 2, 8).Draw(t, "words")
		name := strings.Join(words, " ")
		for _, class := range []string{"order", "split word", "joined words"} {
			if made, ok := changed(t, class, words); ok && letters(made) != letters(name) {
				t.Fatalf("%s of %q is %q", class, name, made)
			}
		}
		if made, _ := changed(t, "title", words); !strings.HasSuffix(made, " "+name) {
			t.Fatalf("a title before %q is %q", name, made)
		}
		if made, _ := changed(t, "word added", words); !strings.HasPrefix(made, name+" ") {
			t.Fatalf("a word behind %q is %q", name, made)
		}
		if made, ok := changed(t, "cut at 35", words); ok && (len(made) != 35 || !strings.HasPrefix(name, made)) {
			t.Fatalf("%q cut is %q", name, made)
		}
	})
}

// TestMutate: there are as many samples of a class as there may be, each of a listed entry, of
// names of two words to eight, and the same ones every time.
func TestMutate(t *testing.T) {
	var names []match.Name
	for i := range 300 {
		text := strings.Repeat("HARGREAVE ", 1+i%9) + "LOVELL" + strings.Repeat("A", i%7)
		names = append(names, match.Name{Entry: string(rune('a' + i%9)), Text: text})
	}
	samples := mutate(slices.Concat(mutations, hard), names, &dice{state: 3})
	if again := mutate(slices.Concat(mutations, hard), names, &dice{state: 3}); !cmp.Equal(samples, again, cmp.AllowUnexported(sample{})) {
		t.Error("another time there are other samples")
	}
	count := map[string]int{}
	for _, s := range samples {
		count[s.class]++
		if s.entry == "i" || s.entry == "h" {
			t.Errorf("%q is of more than eight words", s.name)
		}
	}
	for class, n := range count {
		if n > each || n < each && class != "initial" {
			t.Errorf("%d samples of %s", n, class)
		}
	}
	if count["legal form"] != 0 || len(count) < 12 {
		t.Errorf("%v", count)
	}
}

// TestMutationsOfOtherScripts: a change of bytes leaves the other letters of a name whole.
func TestMutationsOfOtherScripts(t *testing.T) {
	for _, name := range []string{"ВИКТОР БЛОКСВОРТ", "محمد القحطاني", "김 정은"} {
		for _, m := range slices.Concat(mutations, hard) {
			made, ok := m.make(plainWords(name), always())
			if !ok {
				continue
			}
			text := strings.Join(made, " ")
			broken := 0
			for _, r := range text {
				if r == utf8.RuneError {
					broken++
				}
			}
			if broken > 6 || text == "" {
				t.Errorf("%s of %q is %q", m.class, name, text)
			}
		}
	}
}
