package seal_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/seal"
)

func key(fill byte) []byte { return bytes.Repeat([]byte{fill}, seal.KeySize) }

func box(t testing.TB, keys ...[]byte) *seal.Box {
	t.Helper()
	b, err := seal.New(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestThereAndBack: whatever is sealed comes back, looks like nothing else, and another
// time like something else.
func TestThereAndBack(t *testing.T) {
	b := box(t, key(1))
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.SliceOfN(rapid.Byte(), 1, 3000).Draw(t, "value")
		first, second := b.Seal(value), b.Seal(value)
		if bytes.Equal(first, second) || len(value) > 3 && bytes.Contains(first, value) {
			t.Fatalf("%x, %x", first, second)
		}
		if got, err := b.Open(first); err != nil || !bytes.Equal(got, value) {
			t.Fatalf("%x, %v", got, err)
		}
		text := rapid.String().Draw(t, "text")
		sealed := b.SealText(text)
		if (text == "") != (sealed == "") || len(text) > 3 && strings.Contains(sealed, text) {
			t.Fatal(sealed)
		}
		if got, err := b.OpenText(sealed); err != nil || got != text {
			t.Fatalf("%q, %v", got, err)
		}
	})
}

// TestEveryChangeIsFound: a sealed value with one bit changed is not opened as another.
func TestEveryChangeIsFound(t *testing.T) {
	b := box(t, key(1))
	value := []byte(`{"payer":"Mei Lantern"}`)
	sealed := b.Seal(value)
	for i := range len(sealed) * 8 {
		changed := bytes.Clone(sealed)
		changed[i/8] ^= 1 << (i % 8)
		got, err := b.Open(changed)
		// A changed mark makes it a value that was never sealed, which is what it shows.
		if err == nil && !bytes.Equal(got, changed) || err != nil && !errors.Is(err, seal.ErrKey) {
			t.Fatalf("bit %d: %q, %v", i, got, err)
		}
	}
	for n := range len(sealed) {
		if got, err := b.Open(sealed[:n]); err == nil && !bytes.Equal(got, sealed[:n]) {
			t.Fatalf("the first %d bytes: %q", n, got)
		}
	}
}

// TestKeysChange: a new key seals, and the old one goes on opening until it is taken away.
func TestKeysChange(t *testing.T) {
	before, both, after := box(t, key(1)), box(t, key(2), key(1)), box(t, key(2))
	old := before.SealText("Mei Lantern")
	if got, err := both.OpenText(old); err != nil || got != "Mei Lantern" {
		t.Errorf("%q, %v", got, err)
	}
	fresh := both.SealText("Mei Lantern")
	if got, err := after.OpenText(fresh); err != nil || got != "Mei Lantern" {
		t.Errorf("%q, %v", got, err)
	}
	for name, open := range map[string]func() (string, error){
		"old by new": func() (string, error) { return after.OpenText(old) },
		"new by old": func() (string, error) { return before.OpenText(fresh) },
		"no base64":  func() (string, error) { return before.OpenText("sealed:***") },
		"no value":   func() (string, error) { return before.OpenText("sealed:AAAA") },
	} {
		if got, err := open(); !errors.Is(err, seal.ErrKey) || got != "" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// TestWithoutKeys: without keys everything is as it is, and stays readable afterwards.
func TestWithoutKeys(t *testing.T) {
	none := box(t)
	if got := none.SealText("Mei Lantern"); none != nil || got != "Mei Lantern" {
		t.Error(got)
	}
	if got, err := none.OpenText("sealed:by a payer"); err != nil || got != "sealed:by a payer" {
		t.Error(got, err)
	}
	if got := none.Seal([]byte("x")); string(got) != "x" {
		t.Error(got)
	}
	with := box(t, key(1))
	if got, err := with.OpenText("Mei Lantern"); err != nil || got != "Mei Lantern" {
		t.Error(got, err)
	}
	if got, err := with.Open([]byte("<Document/>")); err != nil || string(got) != "<Document/>" {
		t.Error(got, err)
	}
	if got := with.Seal(nil); got != nil {
		t.Error(got)
	}
}

func TestBadKeys(t *testing.T) {
	good := base64.StdEncoding.EncodeToString(key(1))
	if b, err := seal.Parse([]string{good + "\n"}); err != nil || b == nil {
		t.Error(err)
	}
	for name, texts := range map[string][]string{
		"short": {"AAAA"}, "no base64": {"!"}, "twice": {good, good}, "empty": {""},
	} {
		if _, err := seal.Parse(texts); err == nil || strings.Contains(err.Error(), good) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	b := box(f, key(1))
	f.Add(b.Seal([]byte("x")))
	f.Add([]byte{0xC5, 'C', 'W', 1})
	f.Add([]byte(b.SealText("x")))
	f.Fuzz(func(t *testing.T, stored []byte) {
		if _, err := b.Open(stored); err != nil && !errors.Is(err, seal.ErrKey) {
			t.Error(err)
		}
		if _, err := b.OpenText(string(stored)); err != nil && !errors.Is(err, seal.ErrKey) {
			t.Error(err)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	box := box(b, key(1))
	message := bytes.Repeat([]byte("<a>"), 350)
	b.SetBytes(int64(len(message)))
	b.ReportAllocs()
	for b.Loop() {
		box.Seal(message)
	}
}
