package dbserver

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// program writes an executable script.
func program(t *testing.T, dir, name, script string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}

// postgresOf writes the programs of a PostgreSQL that says which one it is.
func postgresOf(t *testing.T, dir, version string) string {
	t.Helper()
	program(t, dir, "postgres", `echo "postgres (PostgreSQL) `+version+`"`)
	program(t, dir, "initdb", `echo "initdb of `+version+`"; exit 1`)
	return dir
}

// world is a machine that has only what a test puts there.
type world struct {
	machine
	installed int
}

func newWorld(path string, environment map[string]string, folders ...string) *world {
	w := &world{}
	w.machine = machine{
		getenv: func(name string) string {
			if name == "PATH" {
				return path
			}
			return environment[name]
		},
		folders: folders,
		install: func(context.Context, func(string)) error {
			w.installed++
			return errors.New("nothing to install from")
		},
	}
	return w
}

func TestChoice(t *testing.T) {
	empty, both, cockroach, postgres := t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()
	program(t, cockroach, "cockroach", `echo "cockroach $*" >&2; exit 1`)
	program(t, both, "cockroach", `echo "cockroach $*" >&2; exit 1`)
	postgresOf(t, both, "16.1")
	postgresOf(t, postgres, "15.3 (Debian 15.3-1)")
	linked := t.TempDir()
	for _, name := range []string{"postgres", "initdb"} {
		if err := os.Symlink(filepath.Join(postgres, name), filepath.Join(linked, name)); err != nil {
			t.Fatal(err)
		}
	}
	installed := t.TempDir()
	for folder, version := range map[string]string{"14": "14.9", "9": "9.6.1", "17": "17beta1", "16": "16.4"} {
		postgresOf(t, filepath.Join(installed, folder, "bin"), version)
	}
	old := postgresOf(t, t.TempDir(), "14.2")
	url := map[string]string{"DATABASE_URL": "postgres://given/db"}

	for _, test := range []struct {
		name    string
		world   *world
		kind    string
		want    string // of the URL, or of the error
		install int
	}{
		{"a given server comes first", newWorld(both, url), "", "postgres://given/db", 0},
		{"cockroach comes before PostgreSQL", newWorld(both, nil), "", "cockroach start-single-node --insecure", 0},
		{"PostgreSQL on PATH", newWorld(empty+":"+postgres, nil), "", "initdb of 15.3", 0},
		{"PostgreSQL behind a link", newWorld(linked, nil), "", "initdb of 15.3", 0},
		{"the newest installed", newWorld(empty, nil, installed+"/*/bin"), "", "initdb of 17beta1", 0},
		{"installed is newer than PATH", newWorld(postgres, nil, installed+"/*/bin"), "", "initdb of 17beta1", 0},
		{"too old is not enough", newWorld(old, nil), "", ErrNone.Error(), 1},
		{"nothing at all", newWorld(empty, nil), "", "nothing to install from", 1},
		{"only PostgreSQL will do", newWorld(both, url), PostgreSQL, "initdb of 16.1", 0},
		{"only cockroach will do", newWorld(postgres, url), Cockroach, ErrNone.Error(), 0},
		{"only a given one will do", newWorld(postgres, nil), Given, ErrNone.Error(), 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			server, err := test.world.start(t.Context(), Options{Log: func(string) {}, Kind: test.kind})
			got := ""
			if err != nil {
				got = err.Error()
			} else {
				got = server.URL()
			}
			if !strings.Contains(got, test.want) || test.world.installed != test.install {
				t.Fatalf("%d installations, got %q, want %q", test.world.installed, got, test.want)
			}
		})
	}
}

func TestInstallationIsUsed(t *testing.T) {
	later := filepath.Join(t.TempDir(), "bin")
	w := newWorld("", nil, later)
	w.install = func(context.Context, func(string)) error {
		postgresOf(t, later, "15.1")
		return nil
	}
	if _, err := w.start(t.Context(), Options{Log: func(string) {}}); err == nil ||
		!strings.Contains(err.Error(), "initdb of 15.1") {
		t.Fatal(err)
	}
	w.install = func(context.Context, func(string)) error { return nil }
	w.folders = nil
	if _, err := w.start(t.Context(), Options{Log: func(string) {}}); !errors.Is(err, ErrNone) {
		t.Fatal(err)
	}
}

func TestGivenServerIsLeftAlone(t *testing.T) {
	t.Setenv("DATABASE_URL", "postgres://127.0.0.1:1/nobody")
	server, err := Start(t.Context(), Options{})
	if err != nil || server.Kind() != Given || server.URL() != "postgres://127.0.0.1:1/nobody" {
		t.Fatal(server, err)
	}
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
}

func TestVersionOf(t *testing.T) {
	for output, want := range map[string]int{
		"postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)": 15,
		"postgres (PostgreSQL) 18devel":                        18,
		"postgres (PostgreSQL) 9.6.24":                         9,
		"something else 22":                                    0,
	} {
		dir := t.TempDir()
		program(t, dir, "postgres", `echo "`+output+`"`)
		if got := versionOf(dir); got != want {
			t.Errorf("%s: %d, want %d", output, got, want)
		}
	}
	if versionOf(t.TempDir()) != 0 {
		t.Error("a folder without postgres has a version")
	}
}

func TestCockroachGetsAPrivatePlace(t *testing.T) {
	for _, test := range []struct {
		durable bool
		store   string
	}{{true, "--store=/data/store"}, {false, "--store=type=mem,size=1GiB"}} {
		line := strings.Join(nodeArguments("/data", "26257", test.durable), " ")
		for _, part := range []string{
			"start-single-node", "--listen-addr=127.0.0.1:26257", "--http-addr=127.0.0.1:0", test.store,
		} {
			if !strings.Contains(line, part) {
				t.Errorf("%q lacks %q", line, part)
			}
		}
	}
}

func TestTraversable(t *testing.T) {
	base := t.TempDir()
	closed := filepath.Join(base, "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	if traversable(closed) || traversable(filepath.Join(closed, "absent", "below")) {
		t.Error("a private folder is called traversable")
	}
	if !traversable("/usr/bin") || !traversable("/usr/absent/below") {
		t.Error("a public folder is called private")
	}
}

func TestInstallation(t *testing.T) {
	tools := t.TempDir()
	record := filepath.Join(tools, "record")
	program(t, tools, "apt-get", `echo "apt-get $*" >> `+record)
	program(t, tools, "sudo", `shift 2; exec "$@"`)
	t.Setenv("PATH", tools)
	var said []string
	if err := installPostgres(t.Context(), func(line string) { said = append(said, line) }); err != nil {
		t.Fatal(err)
	}
	ran, err := os.ReadFile(record)
	const want = "apt-get update\napt-get install --yes --no-install-recommends postgresql\n"
	if err != nil || string(ran) != want || len(said) != 1 {
		t.Fatalf("ran %q, said %q, %v", ran, said, err)
	}
	program(t, tools, "apt-get", `echo working; echo "E: no such package" >&2; exit 100`)
	err = installPostgres(t.Context(), func(string) {})
	for _, part := range []string{"apt-get update", "no such package"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("error %v lacks %q", err, part)
		}
	}
	t.Setenv("PATH", t.TempDir())
	if err := installPostgres(t.Context(), func(string) {}); err == nil {
		t.Fatal("installed with nothing")
	}
}
