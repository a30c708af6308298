// Package dbserver finds or makes a database server for development, the demo
// and tests, so that the switch starts on a machine where nobody has prepared
// anything.
//
// In this order: the server that DATABASE_URL names; a cockroach binary; a
// PostgreSQL of version 15 or newer; the postgresql package of Debian, which is
// installed first. The last three run as a private child process on a free port
// of the loopback address, and end with the process that started them, also
// when that one is killed.
//
// Production does not use this package.
package dbserver

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// The kinds of server that [Server.Kind] names.
const (
	Given      = "given"
	Cockroach  = "cockroach"
	PostgreSQL = "postgresql"
)

// ErrNone means that this machine has no database server and none could be
// installed. The text says what to do.
var ErrNone = errors.New("no database: set DATABASE_URL, or put cockroach or PostgreSQL 15 or newer on PATH")

// Options of [Start].
type Options struct {
	// Dir is where the server's files get a folder. A cluster that is already
	// there is used again. "" means a temporary directory that is removed with
	// the server.
	Dir string
	// Log, if set, gets lines for the person who waits.
	Log func(string)
	// Durable keeps the data through a crash of the machine. Tests do without,
	// which makes every commit much faster.
	Durable bool
	// Kind asks for one kind of server; "" takes what comes first.
	Kind string
	// Settings are more settings of a PostgreSQL that is started, such as
	// "shared_buffers=1GB".
	Settings []string
}

func (o Options) takes(kind string) bool { return o.Kind == "" || o.Kind == kind }

// Server is a running database server.
type Server struct {
	url   string
	kind  string
	child *child
	// programs is where those of a PostgreSQL are, durable how it was asked to be.
	programs string
	durable  bool
}

// URL returns a postgres:// connection string with all rights on a database of
// its own, or what DATABASE_URL says.
func (s *Server) URL() string { return s.url }

// Kind returns [Given], [Cockroach] or [PostgreSQL].
func (s *Server) Kind() string { return s.kind }

// Stop ends the server in good order and waits for it. A given server is left
// alone.
func (s *Server) Stop() error {
	if s.child == nil {
		return nil
	}
	return s.child.stop()
}

// Start finds or makes a server and returns when it answers. ctx bounds the
// start only.
func Start(ctx context.Context, options Options) (*Server, error) {
	if options.Log == nil {
		options.Log = func(string) {}
	}
	server, err := thisMachine().start(ctx, options)
	if err != nil {
		return nil, fmt.Errorf("dbserver: %w", err)
	}
	return server, nil
}

// machine is what the choice depends on.
type machine struct {
	getenv  func(string) string
	folders []string // patterns of folders with PostgreSQL programs, besides PATH
	install func(ctx context.Context, log func(string)) error
	root    bool
}

func thisMachine() machine {
	return machine{
		getenv: os.Getenv,
		folders: []string{
			"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql*/bin",
			"/opt/postgresql*/bin", "/opt/postgresql/*/bin", "/opt/pgsql*/bin",
			"/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
			"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
			"/Applications/Postgres.app/Contents/Versions/*/bin",
		},
		install: installPostgres,
		root:    os.Geteuid() == 0,
	}
}

func (m machine) start(ctx context.Context, options Options) (*Server, error) {
	if url := m.getenv("DATABASE_URL"); url != "" && options.takes(Given) {
		return &Server{url: url, kind: Given}, nil
	}
	if binary := m.find("cockroach"); binary != "" && options.takes(Cockroach) {
		return startCockroach(ctx, binary, options)
	}
	if !options.takes(PostgreSQL) {
		return nil, ErrNone
	}
	programs, err := m.postgres()
	if err != nil {
		if err := m.install(ctx, options.Log); err != nil {
			return nil, errors.Join(ErrNone, err)
		}
		if programs, err = m.postgres(); err != nil {
			return nil, errors.Join(ErrNone, err)
		}
	}
	return startPostgres(ctx, programs, m.root, options)
}
