package keys

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/causeway-pay/causeway/internal/reason"
)

// Files is the home of private keys for development: a directory as [Generate]
// makes it. Of a retired key the public half stays, for disputes.
type Files struct {
	directory, owner string
	algorithm        Algorithm
	library          Library

	mu   sync.RWMutex
	keys map[int]PrivateKey // parsed; guarded by mu
}

var _ Home = (*Files)(nil)

// NewFiles is [NewFilesWith] with Go's own library.
func NewFiles(directory, owner string, algorithm Algorithm) *Files {
	return NewFilesWith(GoLibrary{}, directory, owner, algorithm)
}

// NewFilesWith returns the home of an owner's keys in a directory, which need not
// exist yet. New keys are of the algorithm; the library signs.
func NewFilesWith(library Library, directory, owner string, algorithm Algorithm) *Files {
	return &Files{
		directory: directory, owner: owner, algorithm: algorithm, library: library, keys: map[int]PrivateKey{},
	}
}

// Versions implements [Home]. A version was created when its private key was
// written.
func (f *Files) Versions(context.Context) ([]Version, error) {
	entries, err := os.ReadDir(f.directory)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("keys: versions: %w", err)
	}
	var versions []Version
	for _, entry := range entries {
		number, ours := versionIn(entry.Name(), f.owner, ".pub")
		if !ours {
			continue
		}
		version, err := f.read(number)
		if errors.Is(err, fs.ErrNotExist) {
			continue // retired by somebody else at this moment, or being made
		}
		if err != nil {
			return nil, err
		}
		versions = append(versions, version)
	}
	slices.SortFunc(versions, func(a, b Version) int { return a.Number - b.Number })
	return versions, nil
}

func (f *Files) read(number int) (Version, error) {
	stem := f.stem(number)
	public, err := os.ReadFile(stem + ".pub")
	if err != nil {
		return Version{}, fmt.Errorf("keys: versions: %w", err)
	}
	info, err := os.Stat(stem + ".pem")
	retired := errors.Is(err, fs.ErrNotExist)
	if retired {
		info, err = os.Stat(stem + ".pub")
	}
	if err != nil {
		return Version{}, fmt.Errorf("keys: versions: %w", err)
	}
	return Version{Number: number, CreatedAt: info.ModTime().UTC(), Public: string(public), Retired: retired}, nil
}

func (f *Files) stem(number int) string { return filepath.Join(f.directory, fileStem(f.owner, number)) }

// SignWith implements [Home].
func (f *Files) SignWith(_ context.Context, version int, payload []byte) ([]byte, error) {
	key, err := f.key(version)
	if err != nil {
		return nil, err
	}
	return key.Sign(payload)
}

func (f *Files) key(version int) (PrivateKey, error) {
	f.mu.RLock()
	key, known := f.keys[version]
	f.mu.RUnlock()
	if known {
		return key, nil
	}
	private, err := readPrivate(f.stem(version) + ".pem")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, reason.New(reason.UnknownKey, "keys.SignWith", fmt.Sprintf("%s has no version %d", f.owner, version))
	}
	if err != nil {
		return nil, err
	}
	if key, err = f.library.Private(private); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.keys[version] = key
	return key, nil
}

// Generate implements [Home]. The next version may be there already: another process
// makes it at this moment, or ended before it had written the public half. Then that is
// the one.
func (f *Files) Generate(ctx context.Context) error {
	versions, err := f.Versions(ctx)
	if err != nil {
		return err
	}
	next := 1
	if len(versions) > 0 {
		next = versions[len(versions)-1].Number + 1
	}
	if err := GenerateAs(f.algorithm, f.directory, f.owner, next); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return publish(f.stem(next))
}

// Retire implements [Home]: the private keys are deleted, unless another process was
// first.
func (f *Files) Retire(ctx context.Context, version int) error {
	versions, err := f.Versions(ctx)
	if err != nil {
		return err
	}
	for _, v := range versions {
		if v.Number > version || v.Retired {
			continue
		}
		if err := os.Remove(f.stem(v.Number) + ".pem"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("keys: retire: %w", err)
		}
		f.mu.Lock()
		delete(f.keys, v.Number)
		f.mu.Unlock()
	}
	return nil
}
