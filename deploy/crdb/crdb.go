// Package crdb places the tables of the switch in the regions of a CockroachDB
// database: the rows of payments, ledger, positions and outbox in the region that they
// name, reference tables everywhere. README.md says what each place costs and
// guarantees. On PostgreSQL there is nothing to place.
package crdb

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"text/template"

	"github.com/causeway-pay/causeway/internal/db"
)

//go:embed regions.sql.tmpl localities.txt
var files embed.FS

// Locality is where the rows of a table live.
type Locality string

// The localities.
const (
	// Row: in the region that the row names.
	Row Locality = "ROW"
	// Global: in every region; read at once everywhere, written slowly.
	Global Locality = "GLOBAL"
	// Primary: in the primary region of the database.
	Primary Locality = "PRIMARY"
)

// Table is a table with its locality.
type Table struct {
	Name     string
	Locality Locality
}

// Tables returns every table of the switch, in the order of their names.
func Tables() ([]Table, error) {
	text, err := files.ReadFile("localities.txt")
	if err != nil {
		return nil, fmt.Errorf("crdb: %w", err)
	}
	return parseTables(string(text))
}

func parseTables(text string) ([]Table, error) {
	var tables []Table
	for number, line := range strings.Split(text, "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, locality, _ := strings.Cut(line, " ")
		switch Locality(locality) {
		case Row, Global, Primary:
			tables = append(tables, Table{name, Locality(locality)})
		default:
			return nil, fmt.Errorf("crdb: line %d: %q is not TABLE and ROW, GLOBAL or PRIMARY", number+1, line)
		}
	}
	return tables, nil
}

// Region is a region of hubs and the region of the database cluster that its rows
// live in.
type Region struct {
	Hub     string
	Cluster string
}

// regionsMax bounds the regions: each adds a replica of every global table.
const regionsMax = 9

// survivable is how many regions a database needs to go on without one.
const survivable = 3

// name is what a region or database may be called, so that it can stand in SQL.
var name = regexp.MustCompile(`^[a-z][a-z0-9-]{0,62}$`)

// ErrRegions means that the regions cannot be those of a database.
var ErrRegions = errors.New("crdb: regions")

// ParseRegions reads "asia-1=gcp-asia-east1": pairs of a region of hubs and one of the
// cluster. The first is the primary.
func ParseRegions(pairs []string) ([]Region, error) {
	var regions []Region
	hubs := map[string]bool{}
	for _, pair := range pairs {
		hub, cluster, _ := strings.Cut(pair, "=")
		if !name.MatchString(hub) || !name.MatchString(cluster) {
			return nil, fmt.Errorf("%w: %q is not HUB-REGION=CLUSTER-REGION", ErrRegions, pair)
		}
		if hubs[hub] {
			return nil, fmt.Errorf("%w: %s stands twice", ErrRegions, hub)
		}
		hubs[hub] = true
		regions = append(regions, Region{hub, cluster})
	}
	if len(regions) == 0 || len(regions) > regionsMax {
		return nil, fmt.Errorf("%w: want 1 to %d", ErrRegions, regionsMax)
	}
	return regions, nil
}

// plan is what the template makes statements of.
type plan struct {
	Database, Primary, PrimaryName, Homes string
	Others, Rows, Globals                 []string
	Survives                              bool
}

// Statements returns the statements that place the tables of a database, in their
// order. Each can be run again. A database of three regions or more survives the loss
// of one.
func Statements(database string, regions []Region) ([]string, error) {
	tables, err := Tables()
	if err != nil {
		return nil, err
	}
	if !regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`).MatchString(database) || len(regions) == 0 {
		return nil, fmt.Errorf("%w: database %q with %d regions", ErrRegions, database, len(regions))
	}
	p := plan{Database: database, Primary: identifier(regions[0].Cluster), PrimaryName: literal(regions[0].Cluster)}
	clusters := map[string]bool{regions[0].Cluster: true}
	var homes []string
	for _, r := range regions {
		homes = append(homes, "WHEN "+literal(r.Hub)+" THEN "+literal(r.Cluster))
		if !clusters[r.Cluster] {
			p.Others = append(p.Others, identifier(r.Cluster))
		}
		clusters[r.Cluster] = true
	}
	p.Homes, p.Survives = strings.Join(homes, " "), len(clusters) >= survivable
	for _, table := range tables {
		switch table.Locality {
		case Row:
			p.Rows = append(p.Rows, table.Name)
		case Global:
			p.Globals = append(p.Globals, table.Name)
		case Primary:
		}
	}
	return p.statements()
}

func (p plan) statements() ([]string, error) {
	form, err := template.ParseFS(files, "regions.sql.tmpl")
	if err != nil {
		return nil, fmt.Errorf("crdb: %w", err)
	}
	var text strings.Builder
	if err := form.Execute(&text, p); err != nil {
		return nil, fmt.Errorf("crdb: %w", err)
	}
	return strings.Split(strings.TrimSuffix(strings.TrimSpace(text.String()), ";"), ";\n"), nil
}

func identifier(name string) string { return `"` + name + `"` }

func literal(name string) string { return `'` + name + `'` }

// ErrNotCockroach means that the database has no regions to place tables in.
var ErrNotCockroach = errors.New("crdb: the database is not CockroachDB")

// Apply places the tables, one statement after the other, and returns how many it ran.
func Apply(ctx context.Context, pool *db.Pool, regions []Region) (int, error) {
	var version, database string
	if err := pool.QueryRow(ctx, `SELECT version(), current_database()`).Scan(&version, &database); err != nil {
		return 0, fmt.Errorf("crdb: %w", err)
	}
	if !strings.Contains(version, "CockroachDB") {
		return 0, ErrNotCockroach
	}
	statements, err := Statements(database, regions)
	if err != nil {
		return 0, err
	}
	for i, statement := range statements {
		err := pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
			_, err := tx.Exec(ctx, statement)
			return err
		})
		if err != nil {
			return i, fmt.Errorf("crdb: %s: %w", statement, err)
		}
	}
	return len(statements), nil
}
