package dbserver

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// role is the name of the superuser, of the database and of nothing else.
const role = "causeway"

// takeoverPatience is how long a start is repeated while the guard of a killed
// process still stops its server in the same directory.
const takeoverPatience = 15 * time.Second

// startPostgres runs a private cluster, which it makes first where there is
// none.
func startPostgres(ctx context.Context, programs string, asRoot bool, options Options) (*Server, error) {
	p, err := prepare(options.Dir, PostgreSQL, asRoot)
	if err != nil {
		return nil, err
	}
	server, err := runPostgres(ctx, p, programs, options)
	if err != nil {
		err = errors.Join(err, p.discard())
	}
	return server, err
}

func runPostgres(ctx context.Context, p place, programs string, options Options) (*Server, error) {
	password, err := ensureCluster(ctx, p, programs, options)
	if err != nil {
		return nil, err
	}
	patience := time.NewTimer(takeoverPatience)
	defer patience.Stop()
	for {
		server, err := launchPostgres(ctx, p, programs, password, options)
		if err == nil || ctx.Err() != nil || !passing(p) {
			return server, err
		}
		select {
		case <-patience.C:
			return nil, err
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// passing reports whether the start failed for a reason that passes: the former
// server is still stopping, or somebody took the port since it was chosen.
func passing(p place) bool {
	log := string(tail(p.log()))
	return strings.Contains(log, `lock file "postmaster.pid" already exists`) ||
		strings.Contains(log, "could not bind")
}

// ensureCluster returns the password of the cluster, old or new. The version
// file is the last that matters: without it an earlier initdb was killed.
func ensureCluster(ctx context.Context, p place, programs string, options Options) (string, error) {
	secret, data := filepath.Join(p.dir, "password"), filepath.Join(p.dir, "data")
	stored, err := os.ReadFile(secret)
	if err == nil {
		return string(stored), sameVersion(data, programs)
	}
	if err := os.RemoveAll(data); err != nil {
		return "", err
	}
	password := newPassword()
	file, err := p.write("password.new", password)
	if err != nil {
		return "", err
	}
	options.Log("making a PostgreSQL cluster in " + p.dir)
	if err := initialise(ctx, p, programs, options.Durable); err != nil {
		return "", err
	}
	// The password gets its name only when the cluster is complete.
	return password, os.Rename(file, secret)
}

func initialise(ctx context.Context, p place, programs string, durable bool) error {
	arguments := []string{
		"--pgdata=" + filepath.Join(p.dir, "data"), "--username=" + role,
		"--pwfile=" + filepath.Join(p.dir, "password.new"), "--auth=scram-sha-256",
		"--encoding=UTF8", "--locale=C", "--no-instructions",
	}
	if !durable {
		arguments = append(arguments, "--no-sync")
	}
	command := exec.CommandContext(ctx, filepath.Join(programs, "initdb"), arguments...)
	command.Dir = p.dir
	command.SysProcAttr = attributes(p.owner)
	output, err := command.CombinedOutput()
	if err != nil {
		// What it does after a failure says nothing about it, nor does it that it was killed
		// because the start was given up.
		said, _, _ := bytes.Cut(output, []byte("\ninitdb: removing "))
		return fmt.Errorf("initdb: %w: %s", cmp.Or(ctx.Err(), err), lastLine(said))
	}
	return nil
}

// sameVersion checks that the programs can read the cluster.
func sameVersion(data, programs string) error {
	version, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if err != nil {
		return err
	}
	if made, have := strings.TrimSpace(string(version)), fmt.Sprint(versionOf(programs)); made != have {
		return fmt.Errorf("the cluster in %s was made by PostgreSQL %s, found is %s", data, made, have)
	}
	return nil
}

func launchPostgres(ctx context.Context, p place, programs, password string, options Options) (*Server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	child, err := launch{
		program:   filepath.Join(programs, "postgres"),
		arguments: settings(filepath.Join(p.dir, "data"), port, options.Durable, options.Settings...),
		dir:       p.dir,
		log:       p.log(),
		remove:    p.removable(),
		owner:     p.owner,
	}.start()
	if err != nil {
		return nil, err
	}
	address := url.URL{
		Scheme: "postgres", User: url.UserPassword(role, password), Host: "127.0.0.1:" + port,
		Path: "/" + role, RawQuery: "sslmode=disable",
	}
	server := &Server{
		url: address.String(), kind: PostgreSQL, child: child, programs: programs, durable: options.Durable,
	}
	if err := server.ready(ctx, "postgres"); err != nil {
		// The directory stays for the next attempt and for the caller's end.
		child.remove = ""
		return nil, errors.Join(err, child.stop(), p.lastWords())
	}
	return server, nil
}

// settings returns the arguments of postgres. The buffers suit a laptop; the
// predicate locks are raised because every transaction is SERIALIZABLE.
func settings(data, port string, durable bool, more ...string) []string {
	values := []string{
		"listen_addresses=127.0.0.1", "port=" + port, "unix_socket_directories=",
		"max_connections=200", "shared_buffers=128MB", "max_pred_locks_per_transaction=256",
		"log_min_messages=warning", "log_min_error_statement=panic", "logging_collector=off",
	}
	if !durable {
		values = append(values, "fsync=off", "synchronous_commit=off", "full_page_writes=off")
	}
	arguments := []string{"-D", data}
	for _, value := range append(values, more...) {
		arguments = append(arguments, "-c", value)
	}
	return arguments
}

func (p place) log() string { return filepath.Join(p.dir, "log") }

// lastWords returns what the server last said, as an error.
func (p place) lastWords() error {
	if line := lastLine(tail(p.log())); line != "" {
		return errors.New(line)
	}
	return nil
}

// tail returns the end of a log.
func tail(path string) []byte {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return content[max(0, len(content)-4096):]
}

// ready waits until the server answers and makes our database in it.
func (s *Server) ready(ctx context.Context, maintenance string) error {
	target, err := url.Parse(s.url)
	if err != nil {
		return err
	}
	target.Path = "/" + maintenance
	for {
		err := createDatabase(ctx, target.String())
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-s.child.done:
			return fmt.Errorf("the server ended at its start: %w", errors.Join(s.child.failure, err))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func createDatabase(ctx context.Context, target string) error {
	conn, err := pgx.Connect(ctx, target)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, `CREATE DATABASE `+role)
	var answer *pgconn.PgError
	const exists, readOnly = "42P04", "25006" // a standby has what it follows has
	if errors.As(err, &answer) && (answer.Code == exists || answer.Code == readOnly) {
		return nil
	}
	return err
}
