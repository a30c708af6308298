package chain_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/chain"
)

// TestVector: the text of a row is the label and its parts with their lengths.
func TestVector(t *testing.T) {
	text := chain.NewText("label-1", chain.Zero())
	text.Part([]byte("abc"))
	text.Number(-1)
	text.Time(time.UnixMicro(1_767_323_045_678_901))
	// sha256 of "label-1" + be64(32) + 32 zeros + be64(3) + "abc" + ff*8 + be64(1767323045678901)
	const want = "b47b2ff2c98945a235b60ff64bf59453dbd85b71b802001fbd3c75dd98d4d806"
	if got := hex.EncodeToString(text.Hash()); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestNoTwoTextsAreTheSame: texts are the same exactly when their parts are, wherever one
// part ends and the next begins.
func TestNoTwoTextsAreTheSame(t *testing.T) {
	hash := func(previous []byte, parts []string) []byte {
		text := chain.NewText("test", previous)
		for _, part := range parts {
			text.Part([]byte(part))
		}
		return text.Hash()
	}
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.StringMatching(`[ab\x00]{0,3}`), 1, 4)
		a, b := parts.Draw(t, "a"), parts.Draw(t, "b")
		same := strings.Join(a, "|") == strings.Join(b, "|") && len(a) == len(b)
		if bytes.Equal(hash(chain.Zero(), a), hash(chain.Zero(), b)) != same {
			t.Fatalf("%q and %q", a, b)
		}
		behind := hash(chain.Zero(), a)
		if bytes.Equal(hash(behind, b), hash(chain.Zero(), b)) {
			t.Fatalf("%q does not depend on what is before it", b)
		}
	})
}

// TestHeadsAreReadAsNoted: what is noted is read as it was, and nothing else is a head.
func TestHeadsAreReadAsNoted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		head := chain.Head{
			Name: rapid.StringMatching(`[a-z][a-z0-9-]{0,11}`).Draw(t, "name"), Number: rapid.Int64Min(1).Draw(t, "number"),
			Hash: rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "hash"),
		}
		read, err := chain.ParseHead(head.String())
		if err != nil || read.Name != head.Name || !read.Same(head.Number, head.Hash) {
			t.Fatalf("%s became %s, %v", head, read, err)
		}
		if read.Same(head.Number+1, head.Hash) || read.Same(head.Number, chain.Zero()) != bytes.Equal(head.Hash, chain.Zero()) {
			t.Fatalf("%s is another one too", head)
		}
	})
	hash := strings.Repeat("0a", 32)
	for _, bad := range []string{
		"", "a", "a:1", ":1:" + hash, "a:0:" + hash, "a:-1:" + hash, "a:x:" + hash, "a:1:" + hash[2:], "a:1:" + hash + "00",
		"a:1:zz" + hash[2:], "a:1:" + hash + ":", "a:9223372036854775808:" + hash,
	} {
		if head, err := chain.ParseHead(bad); err == nil {
			t.Errorf("%q is read as %s", bad, head)
		}
	}
}

// FuzzParseHead: whatever is read is written as a head that is read the same.
func FuzzParseHead(f *testing.F) {
	f.Add("operators:7:" + strings.Repeat("0a", 32))
	f.Add("asia-1:01:" + strings.Repeat("AB", 32))
	f.Add("::")
	f.Fuzz(func(t *testing.T, text string) {
		head, err := chain.ParseHead(text)
		if err != nil {
			return
		}
		again, err := chain.ParseHead(head.String())
		if err != nil || again.Name != head.Name || !again.Same(head.Number, head.Hash) || head.Number < 1 {
			t.Errorf("%q: %s, then %s, %v", text, head, again, err)
		}
	})
}

// TestSealText: a name cannot end its line and begin another.
func TestSealText(t *testing.T) {
	at := time.UnixMicro(1_767_323_045_678_901)
	head := chain.Head{Name: "a\"\n9", Number: 2, Hash: []byte{1, 0xab}}
	want := "seal-1\n\"a\\\"\\n9\"\n2\n01ab\n1767323045678901\n"
	if got := string(head.SealText("seal-1", at)); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestAsked: only what seals and noted heads are for is kept, and what was never met does
// not hold.
func TestAsked(t *testing.T) {
	hash := func(n byte) []byte { return bytes.Repeat([]byte{n}, 32) }
	asked := chain.Ask([]chain.Seal{{Head: chain.Head{Number: 2, Hash: hash(2)}}}, []chain.Head{{Number: 4, Hash: hash(4)}})
	for n := range byte(4) {
		asked.Meet(int64(n), hash(n))
	}
	for _, c := range []struct {
		head  chain.Head
		holds bool
	}{
		{chain.Head{Number: 2, Hash: hash(2)}, true}, {chain.Head{Number: 2, Hash: hash(3)}, false},
		{chain.Head{Number: 4, Hash: hash(4)}, false}, {chain.Head{Number: 1, Hash: hash(1)}, false},
	} {
		if asked.Holds(c.head) != c.holds {
			t.Errorf("%s: %v", c.head, !c.holds)
		}
	}
	if len(asked) != 2 {
		t.Errorf("%d are kept", len(asked))
	}
}
