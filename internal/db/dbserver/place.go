package dbserver

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/causeway-pay/causeway/internal/ports"
)

// rootPlace holds the clusters of directories that the servant of root cannot
// reach, such as those below /root.
const rootPlace = "/var/lib/causeway"

// place is where a server keeps its files.
type place struct {
	dir       string
	temporary bool
	owner     *owner
}

// prepare makes a folder of the given name in the directory, or a temporary
// one, reachable for the user that the server runs as.
func prepare(dir, name string, asRoot bool) (place, error) {
	p := place{temporary: dir == ""}
	var err error
	if asRoot {
		if p.owner, err = servant(); err != nil {
			return p, err
		}
	}
	if p.temporary {
		p.dir, err = os.MkdirTemp(p.temporaryBase(), "causeway-db-")
	} else {
		p.dir, err = p.permanent(dir, name)
	}
	if err != nil {
		return p, err
	}
	return p, p.own()
}

// temporaryBase returns "" for the usual one.
func (p place) temporaryBase() string {
	if p.owner == nil || traversable(os.TempDir()) {
		return ""
	}
	return "/var/tmp"
}

// permanent makes the folder, in a directory for it alone where the server's
// user cannot reach the one asked for.
func (p place) permanent(dir, name string) (string, error) {
	base, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if p.owner != nil && !traversable(base) {
		sum := sha256.Sum256([]byte(base))
		base = filepath.Join(rootPlace, hex.EncodeToString(sum[:6]))
	}
	folder := filepath.Join(base, name)
	return folder, os.MkdirAll(folder, 0o755)
}

// own hands the directory to the server's user and closes it for others.
func (p place) own() error {
	if p.owner == nil {
		return os.Chmod(p.dir, 0o700)
	}
	return errors.Join(os.Chown(p.dir, int(p.owner.uid), int(p.owner.gid)), os.Chmod(p.dir, 0o700))
}

// write creates a private file for the server's user.
func (p place) write(name, content string) (string, error) {
	path := filepath.Join(p.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		return "", err
	}
	if p.owner != nil {
		return path, os.Chown(path, int(p.owner.uid), int(p.owner.gid))
	}
	return path, nil
}

// removable returns the directory for the guard, "" when it is to stay.
func (p place) removable() string {
	if p.temporary {
		return p.dir
	}
	return ""
}

// discard removes the directory if it is a temporary one.
func (p place) discard() error {
	if !p.temporary {
		return nil
	}
	return os.RemoveAll(p.dir)
}

// traversable reports whether everybody may pass through all existing folders
// down to dir. A folder that does not exist yet is made so that they may.
func traversable(dir string) bool {
	for {
		info, err := os.Stat(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false
		}
		if err == nil && info.Mode().Perm()&0o001 == 0 {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
		dir = filepath.Dir(dir)
	}
}

// freePort returns a port of the loopback address that was free a moment ago.
func freePort() (string, error) {
	port, err := ports.Free()
	return strconv.Itoa(port), err
}

// newPassword returns 128 random bits in hexadecimal.
func newPassword() string {
	bits := make([]byte, 16)
	// Read never fails: crypto/rand ends the program instead.
	_, _ = rand.Read(bits)
	return hex.EncodeToString(bits)
}
