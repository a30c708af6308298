package match_test

import (
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/compliance/match"
)

// TestScripts: a name is found whatever script it is written in.
func TestScripts(t *testing.T) {
	x := index("Filler One", "Filler Two")
	cases := []struct{ name, listed string }{
		{"Пётр Чернышенко", "Petr Chernyshenko"}, {"Володимир Шевченко", "Volodymyr Shevchenko"},
		{"خالد محمود", "Khaled Mahmoud"}, {"عبد الرحمن صالح", "Abdulrahman Saleh"}, {"حسین رضایی", "Hossein Rezaei"},
		{"李明", "Li Ming"}, {"王小明", "WANG, Xiaoming"}, {"山田太郎", "Yamada Taro"}, {"たなか はなこ", "Tanaka Hanako"},
		{"김정은", "Kim Jong Un"}, {"金正恩", "KIM, Jong-un"}, {"박지성", "Park Ji Sung"},
		{"Νικόλαος Παπαδόπουλος", "Nikolaos Papadopoulos"},
		{"דוד לוי", "David Levi"}, {"สมชาย", "Somchai"}, {"राजेश कुमार", "Rajesh Kumar"}, {"გიორგი", "Giorgi"},
	}
	for _, c := range cases {
		if m := x.Compare(c.name, c.listed); m.Score < match.DefaultPolicy.Default {
			t.Errorf("%s, %s: %d %v", c.name, c.listed, m.Score, m.Pairs)
		}
	}
}

// TestLookalikes: a letter of another script inside a word does not hide it.
func TestLookalikes(t *testing.T) {
	x := index("Viktor Blocksworth")
	for _, name := range []string{
		"Viktоr Blоcksworth", "Vіktor Blockswоrth", "Víktor\u200d Blocks\u00adworth", "VIKTOR  BLOCKSWORTH",
	} {
		if m := x.Search(name, 9_600, 1); len(m) != 1 {
			t.Errorf("%q is hidden", name)
		}
	}
}

// TestRules: what each rule makes one name, and what stays two.
func TestRules(t *testing.T) {
	x := index("Filler One", "Filler Two")
	cases := []struct {
		rule, name, listed string
		same               bool
	}{
		{"order", "Blocksworth Viktor Anatol", "Viktor Anatol Blocksworth", true},
		{"initial", "V. Blocksworth", "Viktor Blocksworth", true},
		{"initials closed up", "S.A. Blocksworth", "S A Blocksworth", true},
		{"joined", "Abdulrahman Blocksworth", "Abd ul-Rahman Blocksworth", true},
		{"split", "Viktor Blocks Worth", "Viktor Blocksworth", true},
		{"nickname", "Bill Blocksworth", "William Blocksworth", true},
		{"legal form", "Dockside Trading GmbH", "Dockside Trading LLC", true},
		{"legal form of many words", "Zarya Limited Liability Company", "OOO Zarya", true},
		{"misspelt legal form", "Joint Stok Company Zarya Plant", "JSC Zarya Plant", true},
		{"first letter", "Biktor Blocksworth", "Viktor Blocksworth", true},
		{"swapped letters", "Viktor Blockswroth", "Viktor Blocksworth", true},
		{"title", "Sheikh Viktor Blocksworth", "Viktor Blocksworth", true},
		{"cut at 35", "Metropolitan Dockside Trading Reser", "Metropolitan Dockside Trading Research Association", true},
		{"romanisation", "Yevgeniy Khruschov", "Evgeny Khrushchov", true},
		{"patronymics of one father", "Oleh Hryhorovych Blocksworth", "Oleg Grigorievich Blocksworth", true},
		{"son and daughter", "Ivan Petrovich Orlov", "Inna Petrovna Orlova", false},
		{"Korean romanisation", "Ri Tok Chin", "Ri, Tok-jin", true},
		{"words that translate one another", "Dockside Chemical Plant", "Dockside Chemicals Factory", true},
		{"joined beside an equal word", "Omarviktor Omar Blocksworth", "Omar Viktor Omar Blocksworth", true},
		{"a difference among much that agrees", "Anatol Blocksworth Hargreave Lind Novak", "Viktor Blocksworth Hargreave Lind Novak", true},
		{"a beginning among much that agrees", "Zelim Blocksworth Anatol", "Zelimkhan Blocksworth Anatol", true},
		{"two common names", "Mario Blocksworth", "Maria Blocksworth", false},
		{"another syllable", "유진 박", "YOO, Jin", false},
		{"an initial astray", "Camilo Contreras", "CONTRERAS, Luis C.", false},
		{"joined by chance", "David Howe", "DAVYDOVA, Natalya", false},
		{"another family name", "Viktor Lindqvist", "Viktor Blocksworth", false},
		{"another given name", "Anna Blocksworth", "Viktor Blocksworth", false},
		{"one word of two", "Viktor", "Viktor Blocksworth", false},
		{"only a form in common", "Nordlicht Trading LLC", "Zarya Trading LLC", false},
		{"another number", "Sahand 2", "Sahand 3", false},
	}
	for _, c := range cases {
		if m := x.Compare(c.name, c.listed); (m.Score >= match.DefaultPolicy.Default) != c.same {
			t.Errorf("%s: %q and %q score %d %v", c.rule, c.name, c.listed, m.Score, m.Pairs)
		}
	}
}

// TestExplanation: the parts of an explanation are the words of both names.
func TestExplanation(t *testing.T) {
	m := index("Blocksworth, Viktor Anatol").Compare("Mr Wiktor Blocksworth", "Blocksworth, Viktor Anatol")
	var told []string
	for _, p := range m.Pairs {
		told = append(told, p.Query+"="+p.Listed+" "+p.How)
	}
	want := "BLOCKSWORTH=BLOCKSWORTH equal, WIKTOR=VIKTOR variant, =ANATOL only-listed"
	if got := strings.Join(told, ", "); got != want && got != strings.Replace(want, "variant", "spelling", 1) {
		t.Errorf("got %s", got)
	}
}

// TestLargerListKeepsMatches: a name that is listed is found at full score,
// however many others are listed beside it.
func TestLargerListKeepsMatches(t *testing.T) {
	names := listed(t)
	for _, size := range []int{1, 10, 200} {
		for _, m := range match.NewIndex(names[:size]).Search(names[0].Text, 10_000, 1) {
			if m.Name.Entry != names[0].Entry {
				t.Errorf("among %d: %+v", size, m.Name)
			}
		}
	}
}
