//go:build !unix

package dbserver

import (
	"errors"
	"syscall"
)

// owner is unused where there is no root.
type owner struct{ uid, gid uint32 }

func servant() (*owner, error) { return nil, errors.New("not on this system") }

// attributes leaves the process as it is; without /bin/sh there is no guard, so
// only DATABASE_URL serves here.
func attributes(*owner) *syscall.SysProcAttr { return nil }
