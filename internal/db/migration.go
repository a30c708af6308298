package db

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/causeway-pay/causeway/internal/db/sqllint"
)

// Migration is one numbered step of one domain's tables: a single statement
// that may be run again after a crash in the middle of it.
type Migration struct {
	// Domain is the package that owns the table, such as "ledger".
	Domain string
	// Number orders the steps inside the domain, from 1.
	Number int
	// Name says what the step does, in words joined by underscores.
	Name string
	// SQL is the statement.
	SQL string
}

// step identifies a migration in the database and in messages.
type step struct {
	domain string
	number int
}

// String renders "ledger/0007".
func (s step) String() string { return fmt.Sprintf("%s/%04d", s.domain, s.number) }

func (m Migration) step() step { return step{m.Domain, m.Number} }

// checksum does not see white space at line ends, so that a checkout that
// rewrites line endings does not look like another migration.
func (m Migration) checksum() string {
	lines := strings.Split(strings.TrimSpace(m.SQL), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t\r")
	}
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])
}

// LoadMigrations reads migrations/NNNN_name.sql of a domain, sorted by number.
// The numbers must be 1 to n without holes, and each file one statement.
func LoadMigrations(domain string, files fs.FS) ([]Migration, error) {
	names, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		return nil, fmt.Errorf("db: migrations of %s: %w", domain, err)
	}
	slices.Sort(names)
	migrations := make([]Migration, 0, len(names))
	for _, name := range names {
		migration, err := load(domain, files, name)
		if err != nil {
			return nil, err
		}
		migrations = append(migrations, migration)
	}
	return migrations, checkNumbers(migrations)
}

func load(domain string, files fs.FS, name string) (Migration, error) {
	form := regexp.MustCompile(`^(\d{4})_([a-z0-9_]+)\.sql$`)
	match := form.FindStringSubmatch(path.Base(name))
	if match == nil {
		return Migration{}, fmt.Errorf("db: migrations of %s: %s is not named NNNN_words.sql", domain, name)
	}
	content, err := fs.ReadFile(files, name)
	if err != nil {
		return Migration{}, fmt.Errorf("db: migrations of %s: %w", domain, err)
	}
	if count := sqllint.Statements(string(content)); count != 1 {
		return Migration{}, fmt.Errorf("db: migrations of %s: %s has %d statements, not one", domain, name, count)
	}
	number, err := strconv.Atoi(match[1])
	if err != nil {
		return Migration{}, fmt.Errorf("db: migrations of %s: %w", domain, err)
	}
	return Migration{Domain: domain, Number: number, Name: match[2], SQL: string(content)}, nil
}

// checkNumbers requires that each domain's steps come as 1, 2, 3 and so on;
// steps of several domains may alternate.
func checkNumbers(migrations []Migration) error {
	last := map[string]int{}
	for _, m := range migrations {
		if m.Number != last[m.Domain]+1 {
			return fmt.Errorf("db: migration %s follows number %d", m.step(), last[m.Domain])
		}
		last[m.Domain] = m.Number
	}
	return nil
}
