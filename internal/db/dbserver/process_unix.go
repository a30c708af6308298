//go:build unix

package dbserver

import (
	"errors"
	"os/user"
	"strconv"
	"syscall"
)

// owner is the user a server runs as when we are root, because PostgreSQL
// refuses to run as root.
type owner struct{ uid, gid uint32 }

// servant returns the user postgres, or nobody where there is none.
func servant() (*owner, error) {
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(found.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(found.Gid, 10, 32)
		if uidErr == nil && gidErr == nil {
			return &owner{uid: uint32(uid), gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("PostgreSQL cannot run as root, and there is no user postgres or nobody")
}

func attributes(o *owner) *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Setpgid: true}
	if o != nil {
		attributes.Credential = &syscall.Credential{Uid: o.uid, Gid: o.gid}
	}
	return attributes
}
