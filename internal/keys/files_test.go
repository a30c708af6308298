package keys_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/reason"
)

func numbers(t *testing.T, home keys.Home) []int {
	t.Helper()
	versions, err := home.Versions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var all []int
	for _, version := range versions {
		all = append(all, version.Number)
	}
	return all
}

// A process that ends between the two files of a key leaves a private half alone. The next
// one publishes it; without that no owner of such a directory could ever start or rotate.
func TestHalfAKeyIsCompleted(t *testing.T) {
	for _, before := range []int{0, 1, 3} {
		directory := filepath.Join(t.TempDir(), "keys")
		home := keys.NewFiles(directory, owner, keys.Ed25519)
		for range before + 1 {
			if err := home.Generate(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		stem := filepath.Join(directory, owner+"."+string(rune('1'+before)))
		public, err := os.ReadFile(stem + ".pub")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(stem + ".pub"); err != nil {
			t.Fatal(err)
		}
		if got := numbers(t, home); len(got) != before {
			t.Errorf("half a key counts: %v", got)
		}
		ring, err := keys.Open(t.Context(), owner, home, clock.System{}, keys.Policy{}, true)
		if err != nil {
			t.Fatalf("after %d: %v", before, err)
		}
		if before > 0 {
			if err := ring.Rotate(t.Context()); err != nil {
				t.Fatalf("after %d: %v", before, err)
			}
		}
		again, err := os.ReadFile(stem + ".pub")
		if err != nil || string(again) != string(public) {
			t.Errorf("after %d: published another key, %v", before, err)
		}
		signature, version, err := ring.Sign(t.Context(), []byte("x"))
		if err != nil || version != before+1 {
			t.Fatalf("after %d: signed with %d, %v", before, version, err)
		}
		if err := keys.NewPublished(keys.Directory(directory)).Verify(t.Context(), owner, version, []byte("x"), signature); err != nil {
			t.Errorf("after %d: %v", before, err)
		}
	}
}

// A private half that cannot be used is not published.
func TestBrokenHalfStaysAlone(t *testing.T) {
	directory := t.TempDir()
	if err := os.WriteFile(filepath.Join(directory, owner+".1.pem"), []byte("cut off"), 0o600); err != nil {
		t.Fatal(err)
	}
	home := keys.NewFiles(directory, owner, keys.Ed25519)
	if err := home.Generate(t.Context()); err == nil || errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v", err)
	}
	if got := numbers(t, home); len(got) != 0 {
		t.Errorf("published: %v", got)
	}
}

// Hubs that start or rotate at the same moment agree on one key.
func TestKeysMadeTogether(t *testing.T) {
	directory := filepath.Join(t.TempDir(), "keys")
	public := make([]string, 8)
	var group sync.WaitGroup
	for i := range public {
		group.Go(func() {
			home := keys.NewFiles(directory, owner, keys.P256)
			ring, err := keys.Open(t.Context(), owner, home, clock.System{}, keys.Policy{Announce: time.Hour}, true)
			if err != nil {
				t.Error(err)
				return
			}
			signature, version, err := ring.Sign(t.Context(), []byte("x"))
			if err != nil || version != 1 {
				t.Errorf("signed with %d, %v", version, err)
				return
			}
			err = keys.NewPublished(keys.Directory(directory)).Verify(t.Context(), owner, 1, []byte("x"), signature)
			if err != nil {
				t.Error(err)
			}
			public[i] = ring.List()[0].Public
		})
	}
	group.Wait()
	for _, text := range public {
		if text == "" || text != public[0] {
			t.Errorf("two first keys: %q, %q", text, public[0])
		}
	}
	for range 4 {
		group.Go(func() {
			home := keys.NewFiles(directory, owner, keys.P256)
			if err := home.Retire(t.Context(), 1); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

// A version has one spelling: files of other names are none of the owner's keys, and hide
// none of them.
func TestStrayFiles(t *testing.T) {
	directory := home(t, 1, 2)
	stray := []string{
		owner + ".02", owner + ".+2", owner + ".-1", owner + ".-0", owner + ".2.old", owner + ".", owner, "X" + owner + ".9",
		owner + ".99999999999999999999", owner + ".3e0", owner + " .4", owner + ". 5", owner + "-2.6",
	}
	for _, ending := range []string{".pem", ".pub"} {
		data, err := os.ReadFile(filepath.Join(directory, owner+".2"+ending))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range stray {
			if err := os.WriteFile(filepath.Join(directory, name+ending), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	files := keys.NewFiles(directory, owner, keys.RSA2048)
	if got := numbers(t, files); !slices.Equal(got, []int{1, 2}) {
		t.Errorf("versions are %v", got)
	}
	public, err := load(t, directory, -1).Public()
	if err != nil || len(public) != 2 || public[1] == "" || public[2] == "" {
		t.Errorf("%d keys are active, %v", len(public), err)
	}
}

// Who may not be named in a directory has no keys there.
func TestVersionsThatAreNotThere(t *testing.T) {
	files := keys.NewFiles(home(t, 1), owner, keys.RSA2048)
	for _, version := range []int{-1, 0, 2} {
		if _, err := files.SignWith(t.Context(), version, nil); reason.Of(err) != reason.UnknownKey {
			t.Errorf("version %d: %v", version, err)
		}
	}
	nowhere := keys.NewFiles(filepath.Join(t.TempDir(), "absent"), owner, keys.RSA2048)
	if got := numbers(t, nowhere); got != nil {
		t.Errorf("versions of nobody: %v", got)
	}
	if err := nowhere.Retire(t.Context(), 1); err != nil {
		t.Errorf("retire nothing: %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	broken := keys.NewFiles(file, owner, keys.RSA2048)
	if _, err := broken.Versions(t.Context()); err == nil {
		t.Error("a file is a directory of keys")
	}
	if err := errors.Join(broken.Generate(t.Context()), broken.Retire(t.Context(), 1)); err == nil {
		t.Error("keys were made in a file")
	}
}
