package keys

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/causeway-pay/causeway/internal/reason"
)

// activeVersions is how many versions of an owner's key are valid at a time.
const activeVersions = 2

// FileSigner is the home of private keys for development: PKCS#8 PEM files
// named OWNER.VERSION.pem in a directory, readable by their owner only. It is
// safe for concurrent use.
type FileSigner struct {
	owner   string
	keys    map[int]fileKey
	current int
}

// fileKey is a key pair of a [FileSigner].
type fileKey struct {
	public  crypto.PublicKey
	private PrivateKey
}

// Generate is [GenerateAs] with RSA2048.
func Generate(directory, owner string, version int) error {
	return GenerateAs(RSA2048, directory, owner, version)
}

// GenerateAs makes a new key pair in the directory, creating it if need be: the private
// key in OWNER.VERSION.pem with mode 0600, the public key beside it in
// OWNER.VERSION.pub. An existing key is never overwritten; the error then wraps
// fs.ErrExist.
func GenerateAs(algorithm Algorithm, directory, owner string, version int) error {
	if !ownerName(owner) || version < 0 {
		return reason.New(reason.InvalidRequest, "keys.Generate", "owner or version is not usable as a file name")
	}
	key, err := generate(algorithm)
	if err != nil {
		return fmt.Errorf("keys: generate: %w", err)
	}
	private, err := formatPrivate(key)
	if err != nil {
		return err
	}
	public, err := FormatPublic(key.Public())
	if err != nil {
		return err
	}
	if err := os.MkdirAll(directory, 0o700); err != nil {
		return fmt.Errorf("keys: generate: %w", err)
	}
	name := filepath.Join(directory, fileStem(owner, version))
	if err := writeNew(name+".pem", private, 0o600); err != nil {
		return err
	}
	return writeNew(name+".pub", []byte(public), 0o644)
}

// publish writes the public half of a private key that lies alone, and leaves one that
// is there as it is.
func publish(stem string) error {
	private, err := readPrivate(stem + ".pem")
	if err != nil {
		return err
	}
	public, err := FormatPublic(private.Public())
	if err != nil {
		return err
	}
	if err := writeNew(stem+".pub", []byte(public), 0o644); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// Load is [LoadWith] with Go's own library.
func Load(directory, owner string, signWith int) (*FileSigner, error) {
	return LoadWith(GoLibrary{}, directory, owner, signWith)
}

// LoadWith opens an owner's keys: the two highest versions of the directory. It
// signs with the highest one, or with version signWith if that is not negative,
// which is how a rotation waits until partners know the new key. A private key
// that others can read is refused. The library signs.
func LoadWith(library Library, directory, owner string, signWith int) (*FileSigner, error) {
	versions, err := versionsOf(directory, owner)
	if err != nil {
		return nil, err
	}
	home := &FileSigner{owner: owner, keys: make(map[int]fileKey, len(versions))}
	for _, version := range versions {
		key, err := readPrivate(filepath.Join(directory, fileStem(owner, version)+".pem"))
		if err != nil {
			return nil, err
		}
		private, err := library.Private(key)
		if err != nil {
			return nil, err
		}
		home.keys[version] = fileKey{public: key.Public(), private: private}
		home.current = max(home.current, version)
	}
	if signWith >= 0 {
		home.current = signWith
	}
	if _, active := home.keys[home.current]; !active {
		return nil, reason.New(reason.UnknownKey, "keys.Load", fmt.Sprintf("%s has no version %d", owner, home.current))
	}
	return home, nil
}

// LoadOrGenerate is [Load] for development: an owner without any key gets
// version 1.
func LoadOrGenerate(directory, owner string) (*FileSigner, error) {
	home, err := Load(directory, owner, -1)
	if reason.Of(err) != reason.UnknownKey {
		return home, err
	}
	if err := Generate(directory, owner, 1); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return Load(directory, owner, -1)
}

// Sign implements [Signer].
func (f *FileSigner) Sign(_ context.Context, payload []byte) ([]byte, int, error) {
	signature, err := f.keys[f.current].private.Sign(payload)
	return signature, f.current, err
}

// Public returns the owner's active public keys by version as PKIX PEM, which
// is what partners are given.
func (f *FileSigner) Public() (map[int]string, error) {
	public := make(map[int]string, len(f.keys))
	for version, key := range f.keys {
		text, err := FormatPublic(key.public)
		if err != nil {
			return nil, err
		}
		public[version] = text
	}
	return public, nil
}

func fileStem(owner string, version int) string { return owner + "." + strconv.Itoa(version) }

// versionIn reads the version out of the name of a file of the owner with a suffix. A
// number has one spelling, or one version would be there twice.
func versionIn(name, owner, suffix string) (int, bool) {
	middle, owned := strings.CutPrefix(name, owner+".")
	middle, suffixed := strings.CutSuffix(middle, suffix)
	number, err := strconv.Atoi(middle)
	return number, owned && suffixed && err == nil && number >= 0 && strconv.Itoa(number) == middle
}

// ownerName keeps owners from naming files outside the directory.
func ownerName(owner string) bool {
	if owner == "" || len(owner) > 64 {
		return false
	}
	for _, c := range owner {
		plain := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
		if !plain {
			return false
		}
	}
	return true
}

// versionsOf returns the owner's highest versions, at most activeVersions.
func versionsOf(directory, owner string) ([]int, error) {
	entries, err := os.ReadDir(directory)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("keys: load: %w", err)
	}
	var versions []int
	for _, entry := range entries {
		if version, ours := versionIn(entry.Name(), owner, ".pem"); ours {
			versions = append(versions, version)
		}
	}
	if len(versions) == 0 {
		return nil, reason.New(reason.UnknownKey, "keys.Load", owner+" has no private key")
	}
	slices.Sort(versions)
	return versions[max(0, len(versions)-activeVersions):], nil
}

func readPrivate(name string) (crypto.Signer, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("keys: load: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("keys: load: %s may be read by others; want mode 0600", filepath.Base(name))
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("keys: load: %w", err)
	}
	return parsePrivate(data)
}

// writeNew makes a file that is there as a whole or not at all, and never replaces
// one.
func writeNew(name string, data []byte, mode fs.FileMode) error {
	file, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return fmt.Errorf("keys: generate: %w", err)
	}
	defer func() { _ = os.Remove(file.Name()) }()
	_, err = file.Write(data)
	if err := errors.Join(err, file.Chmod(mode), file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("keys: generate: %w", err)
	}
	if err := os.Link(file.Name(), name); err != nil {
		return fmt.Errorf("keys: generate: %w", err)
	}
	return nil
}
