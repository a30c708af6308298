package bench

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
)

// server is the database's server.
type server struct {
	url string
	// process is the number of the process that all others are children of, 0 if the
	// server is on another machine.
	process int
	proc    processes
	// within is how long pgbench runs.
	within time.Duration
}

// findServer finds the processes of a server, if they are on this machine.
func findServer(ctx context.Context, pool *db.Pool, address string, pgbench time.Duration) (server, error) {
	s := server{url: address, proc: processes{"/proc"}, within: pgbench}
	if pgbench == 0 {
		s.within = PgbenchTime
	}
	backend, err := backendProcess(ctx, pool)
	if err != nil {
		return s, err
	}
	if found, err := s.proc.stat(backend); err == nil && found.name == "postgres" {
		s.process = found.parent
	}
	return s, nil
}

// usage is that of all the server's processes, if it is known.
func (s server) usage() (usage Usage, known bool) {
	if s.process == 0 {
		return Usage{}, false
	}
	usage, err := s.proc.family(s.process)
	return usage, err == nil
}

// programs is the folder of the server's programs, "" if it is not known.
func (s server) programs() string {
	program, err := os.Readlink(filepath.Join(s.proc.dir, strconv.Itoa(s.process), "exe"))
	if s.process == 0 || err != nil {
		return ""
	}
	return filepath.Dir(program)
}

// Size and time of pgbench: ten branches for eight clients, so that they do not all
// wait for one row.
const (
	pgbenchScale = 10
	// PgbenchTime is how long pgbench runs.
	PgbenchTime = 10 * time.Second
)

// pgbenchResult is what pgbench has reached.
type pgbenchResult struct {
	perSecond, latency float64 // latency in milliseconds
	processor          float64 // of the server, milliseconds a transaction; 0 is unknown
}

// pgbenchDatabase is the database of pgbench's tables.
const pgbenchDatabase = "causeway_pgbench"

// pgbench runs TPC-B with prepared statements.
func (s server) pgbench(ctx context.Context, clients int, log func(string)) (pgbenchResult, error) {
	tools := pgbenchTools{url: s.url, folder: s.programs()}
	if err := tools.prepare(ctx); err != nil {
		return pgbenchResult{}, err
	}
	log(fmt.Sprintf("pgbench, %d clients for %s", clients, s.within))
	before, known := s.usage()
	output, err := tools.run(ctx, pgbenchDatabase, "pgbench", "-n", "-M", "prepared",
		"-c", strconv.Itoa(clients), "-j", strconv.Itoa(min(2, clients)), "-T", strconv.Itoa(int(s.within.Seconds())))
	if err != nil {
		return pgbenchResult{}, err
	}
	result, err := parsePgbench(output)
	if err != nil {
		return result, err
	}
	if after, still := s.usage(); known && still {
		result.processor = (after.CPU - before.CPU).Seconds() * 1000 / (result.perSecond * s.within.Seconds())
	}
	return result, nil
}

// pgbenchTools runs PostgreSQL's programs on a server.
type pgbenchTools struct{ url, folder string }

func (t pgbenchTools) prepare(ctx context.Context) error {
	_, err := t.run(ctx, "", "createdb", pgbenchDatabase)
	if err != nil && !strings.Contains(err.Error(), "already exists") {
		return err
	}
	_, err = t.run(ctx, pgbenchDatabase, "pgbench", "-i", "-q", "-s", strconv.Itoa(pgbenchScale))
	return err
}

// run runs a program on a database, "" being that of the address. The address goes
// by the environment, where others do not see its password.
func (t pgbenchTools) run(ctx context.Context, database, program string, arguments ...string) (string, error) {
	address, err := url.Parse(t.url)
	if err != nil {
		return "", fmt.Errorf("bench: %w", err)
	}
	if database == "" {
		database = strings.TrimPrefix(address.Path, "/")
	}
	path := filepath.Join(t.folder, program)
	if t.folder == "" {
		path = program
	}
	cmd := exec.CommandContext(ctx, path, arguments...)
	password, _ := address.User.Password()
	cmd.Env = append(os.Environ(), "PGHOST="+address.Hostname(), "PGPORT="+address.Port(),
		"PGUSER="+address.User.Username(), "PGPASSWORD="+password, "PGDATABASE="+database)
	output, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("bench: %s: %w: %s", program, err, strings.TrimSpace(string(output)))
	}
	return string(output), nil
}

var (
	pgbenchRate    = regexp.MustCompile(`(?m)^tps = ([0-9.]+)`)
	pgbenchLatency = regexp.MustCompile(`(?m)^latency average = ([0-9.]+) ms`)
)

func parsePgbench(output string) (pgbenchResult, error) {
	rate, latency := pgbenchRate.FindStringSubmatch(output), pgbenchLatency.FindStringSubmatch(output)
	if rate == nil || latency == nil {
		return pgbenchResult{}, fmt.Errorf("bench: pgbench says %q", output)
	}
	var result pgbenchResult
	var errRate, errLatency error
	result.perSecond, errRate = strconv.ParseFloat(rate[1], 64)
	result.latency, errLatency = strconv.ParseFloat(latency[1], 64)
	return result, errors.Join(errRate, errLatency)
}
