package crdb_test

import (
	"context"
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/deploy/crdb"
	"github.com/causeway-pay/causeway/internal/db/crdbtest"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/switch/node"
)

func three(t *testing.T) []crdb.Region {
	t.Helper()
	regions, err := crdb.ParseRegions([]string{"asia-1=gcp-asia-east1", "europe-1=gcp-europe-west1", "us-1=gcp-us-east1"})
	if err != nil {
		t.Fatal(err)
	}
	return regions
}

// TestEveryTableHasAPlace: the list is the tables of a migrated database, and whatever
// is placed by row names its region.
func TestEveryTableHasAPlace(t *testing.T) {
	url := dbtest.URL(t)
	if _, err := node.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	pool := dbtest.Open(t, url)
	rows, err := pool.Query(t.Context(), `
SELECT t.table_name, count(c.column_name) FROM information_schema.tables t
LEFT JOIN information_schema.columns c ON c.table_name = t.table_name AND c.column_name = 'region' AND c.is_nullable = 'NO'
WHERE t.table_schema = 'public' GROUP BY t.table_name ORDER BY t.table_name`)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	named := map[string]bool{}
	var table string
	var count int
	if _, err := pgx.ForEachRow(rows, []any{&table, &count}, func() error {
		want, named[table] = append(want, table), count == 1
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	tables, err := crdb.Tables()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, table := range tables {
		got = append(got, table.Name)
		if table.Locality == crdb.Row && !named[table.Name] {
			t.Errorf("%s is placed by row and names no region", table.Name)
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := crdb.Apply(t.Context(), pool, three(t)); !errors.Is(err, crdb.ErrNotCockroach) {
		t.Errorf("on PostgreSQL: %v", err)
	}
}

// forms are the statements that may be there, as the grammar of CockroachDB has them.
var forms = []*regexp.Regexp{
	regexp.MustCompile(`^ALTER DATABASE causeway SET PRIMARY REGION "[a-z0-9-]+"$`),
	regexp.MustCompile(`^ALTER DATABASE causeway ADD REGION IF NOT EXISTS "[a-z0-9-]+"$`),
	regexp.MustCompile(`^ALTER DATABASE causeway SURVIVE REGION FAILURE$`),
	regexp.MustCompile(`^ALTER TABLE [a-z_]+ ADD COLUMN IF NOT EXISTS home crdb_internal_region NOT NULL ` +
		`AS \(CASE region( WHEN '[a-z0-9-]+' THEN '[a-z0-9-]+')+ ELSE '[a-z0-9-]+' END\) STORED$`),
	regexp.MustCompile(`^ALTER TABLE [a-z_]+ SET LOCALITY (REGIONAL BY ROW AS home|GLOBAL)$`),
	regexp.MustCompile(`^ALTER TABLE (outbox|ledger_unsealed|instruction_waiting) CONFIGURE ZONE USING gc\.ttlseconds = \d+$`),
}

// TestStatements: the primary region comes first, regions before tables, the column of
// a table before its locality, and nothing else is there.
func TestStatements(t *testing.T) {
	statements, err := crdb.Statements("causeway", three(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range statements {
		if !slices.ContainsFunc(forms, func(form *regexp.Regexp) bool { return form.MatchString(statement) }) {
			t.Errorf("unknown form: %s", statement)
		}
	}
	for i, problem := range crdbtest.Problems(t, statements) {
		if problem != "" {
			t.Errorf("%s: %s", statements[i], problem)
		}
	}
	place := func(text string) int {
		return slices.IndexFunc(statements, func(s string) bool { return strings.HasPrefix(s, text) })
	}
	order := []int{
		place(`ALTER DATABASE causeway SET PRIMARY REGION "gcp-asia-east1"`),
		place(`ALTER DATABASE causeway ADD REGION IF NOT EXISTS "gcp-europe-west1"`),
		place(`ALTER DATABASE causeway SURVIVE REGION FAILURE`),
		place(`ALTER TABLE payment ADD COLUMN IF NOT EXISTS home`), place(`ALTER TABLE payment SET LOCALITY REGIONAL BY ROW`),
		place(`ALTER TABLE participant SET LOCALITY GLOBAL`), place(`ALTER TABLE outbox CONFIGURE ZONE`),
	}
	if order[0] != 0 || !slices.IsSorted(order) {
		t.Errorf("places %v in\n%s", order, strings.Join(statements, "\n"))
	}
	two, err := crdb.Statements("causeway", three(t)[:2])
	if err != nil || slices.Contains(two, "ALTER DATABASE causeway SURVIVE REGION FAILURE") {
		t.Errorf("two regions cannot survive the loss of one: %v", err)
	}
	for _, database := range []string{"", `x"; DROP TABLE payment`, "Causeway"} {
		if _, err := crdb.Statements(database, three(t)); !errors.Is(err, crdb.ErrRegions) {
			t.Errorf("database %q: %v", database, err)
		}
	}
}

func TestRegionsThatCannotBe(t *testing.T) {
	for name, pairs := range map[string][]string{
		"none": nil, "no cluster's": {"asia-1"}, "no hub's": {"=gcp"}, "quotes": {`asia-1=x"y`}, "upper case": {"Asia=gcp"},
		"twice":    {"asia-1=a", "asia-1=b"},
		"too many": {"a=a", "b=b", "c=c", "d=d", "e=e", "f=f", "g=g", "h=h", "i=i", "j=j"},
	} {
		if _, err := crdb.ParseRegions(pairs); !errors.Is(err, crdb.ErrRegions) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, text := range []string{"payment", "payment ELSEWHERE", "payment row"} {
		if _, err := crdb.ParseTables(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

// TestOnCockroach places the tables for real where a CockroachDB with the localities of
// three regions is at hand, twice.
func TestOnCockroach(t *testing.T) {
	url := os.Getenv("COCKROACH_URL")
	if url == "" {
		t.Skip("needs COCKROACH_URL")
	}
	pool := dbtest.Open(t, url)
	rows, err := pool.Query(t.Context(), `SELECT region FROM [SHOW REGIONS FROM CLUSTER] ORDER BY region`)
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(names) == 0 {
		t.Skipf("the cluster has no regions: %v", err)
	}
	if _, err := node.Migrate(context.Background(), url); err != nil {
		t.Fatal(err)
	}
	var regions []crdb.Region
	for _, name := range names {
		regions = append(regions, crdb.Region{Hub: name, Cluster: name})
	}
	for range 2 {
		if _, err := crdb.Apply(t.Context(), pool, regions); err != nil {
			t.Fatal(err)
		}
	}
}
