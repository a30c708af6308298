package deliver

import (
	"bytes"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/ssh"
)

// FuzzReadHostKeys: whatever an agreement says, it is refused or names keys that are the same
// when they are written and read again: never fewer than lines, of which one would not be held to.
func FuzzReadHostKeys(f *testing.F) {
	f.Add("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJvZLyQXoRMPLHhGHNMKpnGTt3qGL1r0ovZBRF0pVgyy partner", "")
	f.Add("", "ssh-ed25519")
	f.Add("# a comment\nssh-rsa AAAA", "cert-authority ssh-ed25519 AAAA")
	f.Fuzz(func(t *testing.T, first, second string) {
		keys, err := ReadHostKeys([]string{first, second})
		if err != nil {
			return
		}
		var lines []string
		for _, key := range keys {
			lines = append(lines, string(ssh.MarshalAuthorizedKey(key)))
		}
		again, err := ReadHostKeys(lines)
		if err != nil || len(keys) != 2 || len(again) != 2 {
			t.Fatalf("%q: %d keys, %d again, %v", lines, len(keys), len(again), err)
		}
		for i := range keys {
			if !bytes.Equal(keys[i].Marshal(), again[i].Marshal()) {
				t.Errorf("%q is read again as another key", lines[i])
			}
		}
	})
}

// FuzzReadable: whatever a server says is kept as text that the database takes and a person
// can read on one line.
func FuzzReadable(f *testing.F) {
	f.Add("permission denied")
	f.Add("a\x00b\r\n\x1b[2J\u202e")
	f.Add(strings.Repeat("é", problemMax) + "\xff")
	f.Fuzz(func(t *testing.T, said string) {
		kept := readable(said)
		if len(kept) > problemMax || !utf8.ValidString(kept) || strings.ContainsFunc(kept, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%q is kept as %q", said, kept)
		}
		if again := readable(kept); again != kept {
			t.Errorf("%q is kept as %q", kept, again)
		}
	})
}
