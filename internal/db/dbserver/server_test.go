package dbserver

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// helperVariable makes the test program a mere owner of a server, to be killed.
const helperVariable = "CAUSEWAY_DBSERVER_HELPER"

func TestMain(m *testing.M) {
	if dir, asked := os.LookupEnv(helperVariable); asked {
		own(dir)
	}
	os.Exit(m.Run())
}

// own starts a server, says where it is, and waits for the end.
func own(dir string) {
	server, err := Start(context.Background(), Options{Dir: dir, Kind: PostgreSQL})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	fmt.Println(server.URL(), server.child.command.Dir)
	select {}
}

func start(t *testing.T, options Options) *Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	options.Kind = PostgreSQL
	server, err := Start(ctx, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop() })
	return server
}

// ask returns one text from the server.
func ask(t *testing.T, target, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	var answer string
	if err := conn.QueryRow(t.Context(), sql).Scan(&answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func address(t *testing.T, target string) string {
	t.Helper()
	parsed, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Host
}

// eventually polls until the condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not in time: %s", what)
		}
	}
}

func refuses(address string) bool {
	conn, err := net.Dial("tcp", address)
	if err == nil {
		_ = conn.Close()
	}
	return err != nil
}

func absent(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, os.ErrNotExist)
}

func TestSettingsForTests(t *testing.T) {
	server := start(t, Options{})
	for setting, want := range map[string]string{
		"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "server_encoding": "UTF8", "lc_collate": "C",
		"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "password_encryption": "scram-sha-256",
	} {
		if got := ask(t, server.URL(), "SHOW "+setting); got != want {
			t.Errorf("%s is %q, want %q", setting, got, want)
		}
	}
	if server.Kind() != PostgreSQL {
		t.Errorf("kind %q", server.Kind())
	}
	dir := server.child.command.Dir
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	if !refuses(address(t, server.URL())) || !absent(dir) {
		t.Error("the stopped server, or its directory, is still there")
	}
	if err := server.Stop(); err != nil {
		t.Errorf("second stop: %v", err)
	}
}

func TestPasswordIsNeeded(t *testing.T) {
	server := start(t, Options{})
	parsed, err := url.Parse(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	for _, user := range []*url.Userinfo{url.User(role), url.UserPassword(role, "guess"), url.User("postgres")} {
		parsed.User = user
		if conn, err := pgx.Connect(t.Context(), parsed.String()); err == nil {
			_ = conn.Close(t.Context())
			t.Errorf("%s got in", user)
		}
	}
}

func TestDurableClusterIsUsedAgain(t *testing.T) {
	dir := t.TempDir()
	first := start(t, Options{Dir: dir, Durable: true})
	if got := ask(t, first.URL(), "SHOW fsync"); got != "on" {
		t.Fatalf("fsync %q", got)
	}
	conn, err := pgx.Connect(t.Context(), first.URL())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), `CREATE TABLE kept (word TEXT NOT NULL)`); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), `INSERT INTO kept (word) VALUES ('still here')`); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(conn.Close(t.Context()), first.Stop()); err != nil {
		t.Fatal(err)
	}
	second := start(t, Options{Dir: dir, Durable: true})
	t.Cleanup(func() { removeElsewhere(second) })
	if got := ask(t, second.URL(), `SELECT word FROM kept`); got != "still here" {
		t.Fatalf("got %q", got)
	}
}

// removeElsewhere cleans up where root had to keep the cluster outside of the
// directory of the test.
func removeElsewhere(s *Server) {
	if place := s.child.command.Dir; strings.HasPrefix(place, rootPlace) {
		_ = s.Stop()
		_ = os.RemoveAll(filepath.Dir(place))
	}
}

func TestHalfMadeClusterIsMadeAgain(t *testing.T) {
	dir := t.TempDir()
	p, err := prepare(dir, PostgreSQL, os.Geteuid() == 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(p.dir, "data", "base"), 0o755); err != nil {
		t.Fatal(err)
	}
	server := start(t, Options{Dir: dir})
	t.Cleanup(func() { removeElsewhere(server) })
	if got := ask(t, server.URL(), `SELECT 'ready'`); got != "ready" {
		t.Fatal(got)
	}
}

func TestSecondOwnerOfADirectoryIsRefused(t *testing.T) {
	dir := t.TempDir()
	server := start(t, Options{Dir: dir})
	t.Cleanup(func() { removeElsewhere(server) })
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err := Start(ctx, Options{Dir: dir, Kind: PostgreSQL})
	if err == nil {
		t.Fatal("two servers on one directory")
	}
	if got := ask(t, server.URL(), `SELECT 'unharmed'`); got != "unharmed" {
		t.Fatal(got)
	}
}

func TestClusterOfAnotherVersionIsRefused(t *testing.T) {
	data := t.TempDir()
	if err := os.WriteFile(filepath.Join(data, "PG_VERSION"), []byte("14\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	programs := postgresOf(t, t.TempDir(), "16.1")
	if err := sameVersion(data, programs); err == nil || !strings.Contains(err.Error(), "PostgreSQL 14, found is 16") {
		t.Fatal(err)
	}
	if err := sameVersion(data, postgresOf(t, t.TempDir(), "14.1")); err != nil {
		t.Fatal(err)
	}
}

// Ctrl-C in a terminal goes to the process group of the switch.
func TestServerHasAGroupOfItsOwn(t *testing.T) {
	server := start(t, Options{})
	group, err := syscall.Getpgid(server.child.command.Process.Pid)
	if err != nil || group == syscall.Getpgrp() {
		t.Fatalf("group %d, ours %d, %v", group, syscall.Getpgrp(), err)
	}
}

func TestKilledOwnerLeavesNothingBehind(t *testing.T) {
	owner := exec.Command(os.Args[0])
	owner.Env = append(os.Environ(), helperVariable+"=")
	output, err := owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	fields := strings.Fields(line)
	if err != nil || len(fields) != 2 || fields[0] == "error" {
		t.Fatalf("helper said %q, %v", line, err)
	}
	if got := ask(t, fields[0], `SELECT 'alive'`); got != "alive" {
		t.Fatal(got)
	}
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = owner.Wait()
	host := address(t, fields[0])
	eventually(t, "the server ends", func() bool { return refuses(host) })
	eventually(t, "its directory is removed", func() bool { return absent(fields[1]) })
}

// The next owner comes at once, while the guard still stops the server of the
// killed one.
func TestDirectoryOfAKilledOwnerIsTakenOver(t *testing.T) {
	dir := t.TempDir()
	owner := exec.Command(os.Args[0])
	owner.Env = append(os.Environ(), helperVariable+"="+dir)
	output, err := owner.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil || strings.HasPrefix(line, "error") {
		t.Fatalf("helper said %q, %v", line, err)
	}
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = owner.Wait()
	server := start(t, Options{Dir: dir})
	t.Cleanup(func() { removeElsewhere(server) })
	if got := ask(t, server.URL(), `SELECT 'mine'`); got != "mine" {
		t.Fatal(got)
	}
}

// A server that ends by itself must not leave a guard that later kills a
// stranger who got its process number.
func TestGuardEndsWithTheServer(t *testing.T) {
	server := start(t, Options{})
	if err := server.child.command.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	<-server.child.done
	group := server.child.command.Process.Pid
	eventually(t, "the group of the server is empty", func() bool {
		return errors.Is(syscall.Kill(-group, 0), syscall.ESRCH)
	})
	if server.child.failure != nil {
		t.Errorf("the server ended with %v", server.child.failure)
	}
}

func TestStartThatFailsSaysWhy(t *testing.T) {
	programs := t.TempDir()
	program(t, programs, "initdb", `exit 0`)
	program(t, programs, "postgres", `echo "FATAL:  no room left" >&2; exit 3`)
	_, err := startPostgres(t.Context(), programs, false, Options{Log: func(string) {}})
	if err == nil || !strings.Contains(err.Error(), "no room left") {
		t.Fatal(err)
	}
}

// initdb tidies up after a failure and says so last.
func TestClusterThatCannotBeMadeSaysWhy(t *testing.T) {
	programs := t.TempDir()
	program(t, programs, "initdb", `echo "running bootstrap script ... FATAL:  no shared memory" >&2
echo 'initdb: removing data directory "/x"' >&2; exit 1`)
	program(t, programs, "postgres", `exit 3`)
	_, err := startPostgres(t.Context(), programs, false, Options{Log: func(string) {}})
	if err == nil || !strings.HasSuffix(err.Error(), "FATAL:  no shared memory") {
		t.Fatal(err)
	}
}

func TestStartEndsWithItsContext(t *testing.T) {
	programs := t.TempDir()
	for name, slow := range map[string]string{"the cluster": "initdb", "the server": "postgres"} {
		program(t, programs, "initdb", `exit 0`)
		program(t, programs, "postgres", `exit 0`)
		program(t, programs, slow, `exec sleep 60`)
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		_, err := startPostgres(ctx, programs, false, Options{Log: func(string) {}})
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
