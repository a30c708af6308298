package sqllint

import (
	"slices"
	"strings"
	"testing"
)

// Every rule of section 3.1 that can be seen in the text, with SQL that breaks
// it and SQL that looks similar and does not.
var cases = []struct {
	rule string
	bad  []string
	good []string
}{
	{"notify", []string{`LISTEN payments`, `notify payments, 'x'`, `SELECT pg_notify('a', 'b')`},
		[]string{`SELECT notify FROM partner`, `SELECT 'LISTEN' FROM a`}},
	{"advisory", []string{`SELECT pg_advisory_xact_lock(1)`, `SELECT pg_try_advisory_lock(1)`},
		[]string{`SELECT advisory FROM sanction`}},
	{"code", []string{`CREATE TRIGGER a BEFORE INSERT ON b`, `CREATE OR REPLACE FUNCTION f()`, `DO $$ BEGIN END $$`,
		`CALL p()`, `CREATE PROCEDURE p()`},
		[]string{`INSERT INTO a (id) VALUES (1) ON CONFLICT (id) DO NOTHING`}},
	{"type", []string{`CREATE TYPE state AS ENUM ('a')`, `ALTER TYPE state ADD VALUE 'b'`},
		[]string{`CREATE TABLE IF NOT EXISTS a (type TEXT NOT NULL)`}},
	{"absent", []string{`CREATE DOMAIN d AS TEXT`, `CREATE EXTENSION pgcrypto`, `ALTER TABLE a ENABLE ROW LEVEL SECURITY`},
		[]string{`SELECT domain FROM a`}},
	{"merge", []string{`MERGE INTO a USING b ON true`}, []string{`SELECT merge FROM a`}},
	{"lock", []string{`LOCK TABLE a`, `LOCK a IN SHARE MODE`}, []string{`SELECT lock FROM a`}},
	{"vacuum", []string{`VACUUM a`, `ANALYZE a`}, []string{`SELECT vacuum FROM a`}},
	{"cursor", []string{`DECLARE c SCROLL CURSOR FOR SELECT 1`, `FETCH NEXT FROM c`},
		[]string{`SELECT cursor FROM relay WHERE cursor > $1`}},
	{"temporary", []string{`CREATE TEMP TABLE a (id BIGINT)`, `CREATE UNLOGGED TABLE a (id BIGINT)`},
		[]string{`SELECT temp FROM a`}},
	{"transaction", []string{`BEGIN`, `COMMIT`, `ROLLBACK`, `BEGIN ISOLATION LEVEL READ COMMITTED`},
		[]string{`SELECT begin FROM window_`}},
	{"savepoint", []string{`SAVEPOINT cockroach_restart`, `RELEASE SAVEPOINT a`, `ROLLBACK TO SAVEPOINT a`}, nil},
	{"set", []string{`SET statement_timeout = 0`, `SET LOCAL a = 1`},
		[]string{`UPDATE a SET b = 1 WHERE id = $1`}},
	{"truncate", []string{`TRUNCATE a`}, []string{`DELETE FROM a WHERE id = $1`}},
	{"concurrently", []string{`CREATE INDEX CONCURRENTLY IF NOT EXISTS a ON b (c)`},
		[]string{`CREATE INDEX IF NOT EXISTS a ON b (c)`}},
	{"copy", []string{`COPY a FROM STDIN`}, []string{`SELECT copy FROM a`}},
	{"serial", []string{`CREATE TABLE a (id BIGSERIAL)`, `CREATE TABLE a (id BIGINT GENERATED ALWAYS AS IDENTITY)`,
		`SELECT nextval('s')`, `CREATE SEQUENCE s`}, []string{`SELECT serial_number FROM certificate`}},
	{"integer", []string{`CREATE TABLE a (n INT)`, `SELECT n::integer FROM a`},
		[]string{`CREATE TABLE a (n BIGINT NOT NULL, m SMALLINT NOT NULL)`, `SELECT 'INT' FROM a`}},
	{"decimal", []string{`CREATE TABLE a (n NUMERIC(18, 4))`, `SELECT a::float8 FROM b`, `SELECT avg(n) FROM a`,
		`CREATE TABLE a (n DOUBLE PRECISION)`}, []string{`SELECT "decimal" FROM currency`}},
	{"range", []string{`CREATE TABLE a (r TSTZRANGE)`}, nil},
	{"nested", []string{`CREATE TABLE a (n BIGINT[][])`}, []string{`SELECT a FROM b WHERE c = ANY($1::BIGINT[])`}},
	{"timestamp", []string{`CREATE TABLE a (at TIMESTAMP)`, `SELECT a::time FROM b`},
		[]string{`CREATE TABLE a (at TIMESTAMPTZ NOT NULL)`}},
	{"ordered-key", []string{`SELECT uuidv7()`, `CREATE TABLE a (CONSTRAINT p PRIMARY KEY (created_at, id))`,
		`CREATE TABLE a (CONSTRAINT p PRIMARY KEY (at, id))`},
		[]string{`CREATE TABLE a (CONSTRAINT p PRIMARY KEY (shard, created_at, id))`}},
	{"cockroach", []string{`UPSERT INTO a (id) VALUES (1)`, `SELECT 7 // 2`, `SELECT unique_rowid()`,
		`SELECT a FROM b AS OF SYSTEM TIME '-1s'`, `CREATE INDEX a ON b (c) STORING (d)`,
		`CREATE INDEX a ON b (c) USING HASH`, `ALTER TABLE a SET LOCALITY GLOBAL`,
		`CREATE TABLE a (b TEXT, CONSTRAINT c UNIQUE WITHOUT INDEX (b))`}, []string{`SELECT storing FROM a`}},
	{"deferrable", []string{`ALTER TABLE a ADD CONSTRAINT b FOREIGN KEY (c) REFERENCES d (c) DEFERRABLE`}, nil},
	{"divide", []string{`SELECT a / b FROM c`}, []string{`SELECT a FROM b -- this / that`, `SELECT '1/2' FROM a`,
		`SELECT a FROM b /* either or */ WHERE c = 1`}},
	{"bitwise", []string{`SELECT a & b FROM c`, `SELECT a | b FROM c`, `SELECT a << 2 FROM c`, `SELECT a ~ 'x' FROM c`},
		[]string{`SELECT a || b FROM c`, `SELECT a -> 'b' FROM c`}},
	{"share", []string{`SELECT a FROM b FOR SHARE`, `SELECT a FROM b FOR NO KEY UPDATE`}, nil},
	{"collate", []string{`SELECT a FROM b ORDER BY a COLLATE "C"`}, nil},
	{"alter-type", []string{`ALTER TABLE a ALTER COLUMN b TYPE BIGINT`,
		`ALTER TABLE a ALTER COLUMN b SET DATA TYPE BIGINT`},
		[]string{`ALTER TABLE a ALTER COLUMN type SET DEFAULT 'x'`}},
	{"now", []string{`SELECT now()`, `UPDATE a SET at = CURRENT_TIMESTAMP`, `SELECT clock_timestamp()`},
		[]string{`SELECT now FROM a`, `UPDATE a SET at = $1`}},
	{"zone", []string{`SELECT at AT TIME ZONE 'Asia/Tokyo' FROM a`}, nil},
	{"catalog", []string{`SELECT xmin FROM a`, `SELECT pg_terminate_backend(1)`, `SELECT datname FROM pg_database`}, nil},
	{"statements", []string{`SELECT 1; SELECT 2`}, []string{`SELECT 1;`, `SELECT ';' FROM a`, `SELECT 1 -- ; SELECT 2`}},
	{"star", []string{`SELECT * FROM a`, `SELECT a.* FROM a`, `DELETE FROM a WHERE b = 1 RETURNING *`},
		[]string{`SELECT count(*)::BIGINT FROM a`, `SELECT a * b FROM c`}},
	{"unnamed", []string{`CREATE TABLE a (id UUID PRIMARY KEY)`, `CREATE TABLE a (id UUID, UNIQUE (id))`,
		`CREATE TABLE a (n BIGINT CHECK (n > 0))`, `CREATE TABLE a (b UUID NOT NULL REFERENCES c (b))`,
		`CREATE TABLE a (b VARCHAR(3) REFERENCES c (b))`, `ALTER TABLE a ADD CHECK (b > 0)`},
		[]string{
			`CREATE TABLE a (id UUID CONSTRAINT p PRIMARY KEY)`,
			`CREATE TABLE a (b UUID, CONSTRAINT f FOREIGN KEY (b) REFERENCES c (b), CONSTRAINT k CHECK (b > 0))`,
			`CREATE UNIQUE INDEX IF NOT EXISTS a ON b (c)`,
		}},
	{"update-lock", []string{`SELECT a FROM b FOR UPDATE`, `SELECT a FROM b FOR UPDATE NOWAIT`},
		[]string{`SELECT a FROM b LIMIT 5 FOR UPDATE SKIP LOCKED`}},
	{"arbiter", []string{`INSERT INTO a (b) VALUES (1) ON CONFLICT DO NOTHING`,
		`INSERT INTO a (b) VALUES (1) ON CONFLICT ON CONSTRAINT c DO NOTHING`,
		`INSERT INTO a (b) VALUES (1) ON CONFLICT (lower(b)) DO NOTHING`,
		`INSERT INTO a (b) VALUES (1) ON CONFLICT (b) WHERE c DO NOTHING`},
		[]string{`INSERT INTO a (b) VALUES (1) ON CONFLICT (b, c) DO UPDATE SET b = 2`}},
	{"sum", []string{`SELECT sum(a) FROM b`, `SELECT coalesce(sum(a), 0) FROM b`, `SELECT sum(a)::TEXT FROM b`},
		[]string{`SELECT sum(a)::BIGINT FROM b`, `SELECT coalesce(sum(a), 0)::BIGINT FROM b`,
			`SELECT CAST(sum(a) AS BIGINT) FROM b`, `SELECT sum FROM b`}},
	{"infinity", []string{`UPDATE a SET at = 'infinity'`, `UPDATE a SET at = '-Infinity'::TIMESTAMPTZ`},
		[]string{`UPDATE a SET name = 'infinity pool'`}},
	{"two-writes", []string{
		`WITH x AS (UPDATE a SET b = 1 RETURNING id) UPDATE a SET c = 2`,
		`WITH x AS (DELETE FROM a WHERE b = 1 RETURNING id) INSERT INTO a (id) SELECT id FROM x`},
		[]string{`WITH x AS (DELETE FROM a WHERE b = 1 RETURNING id) INSERT INTO c (id) SELECT id FROM x`,
			`INSERT INTO a (b) VALUES (1) ON CONFLICT (b) DO UPDATE SET c = 2`}},
}

func TestRules(t *testing.T) {
	for _, test := range cases {
		t.Run(test.rule, func(t *testing.T) {
			for _, sql := range test.bad {
				if !slices.ContainsFunc(Check(sql), func(f Finding) bool { return f.Rule == test.rule }) {
					t.Errorf("not found in %s: %v", sql, Check(sql))
				}
			}
			for _, sql := range test.good {
				if findings := Check(sql); len(findings) > 0 {
					t.Errorf("wrongly found in %s: %v", sql, findings)
				}
			}
		})
	}
}

func TestEveryRuleHasACase(t *testing.T) {
	var known []string
	for _, test := range cases {
		known = append(known, test.rule)
	}
	for _, b := range banned() {
		if !slices.Contains(known, b.name) {
			t.Errorf("rule %s has no case", b.name)
		}
	}
	for _, s := range shapes() {
		if !slices.Contains(known, s.name) {
			t.Errorf("rule %s has no case", s.name)
		}
	}
}

func TestFindingsNameLineConstructAndReason(t *testing.T) {
	findings := Check("CREATE TABLE IF NOT EXISTS a (\n\t-- a comment\n\tn SERIAL\n)")
	if len(findings) != 1 {
		t.Fatalf("findings %v", findings)
	}
	got := findings[0].String()
	for _, part := range []string{"line 3", "SERIAL", "UUIDv4", "(serial)"} {
		if !strings.Contains(got, part) {
			t.Errorf("%q lacks %q", got, part)
		}
	}
}

func TestMigrationsMustBeRerunnable(t *testing.T) {
	for sql, want := range map[string]bool{
		`CREATE TABLE a (id BIGINT NOT NULL)`:                  false,
		`CREATE TABLE IF NOT EXISTS a (id BIGINT NOT NULL)`:    true,
		`CREATE INDEX a ON b (c)`:                              false,
		`CREATE UNIQUE INDEX IF NOT EXISTS a ON b (c)`:         true,
		`ALTER TABLE a ADD COLUMN b BIGINT NOT NULL DEFAULT 0`: false,
		`ALTER TABLE a ADD COLUMN IF NOT EXISTS b BIGINT`:      true,
		`ALTER TABLE a DROP COLUMN b`:                          false,
		`ALTER TABLE a DROP COLUMN IF EXISTS b`:                true,
		`DROP TABLE a`:                                         false,
		`DROP INDEX IF EXISTS a`:                               true,
		`ALTER TABLE a ADD CONSTRAINT b CHECK (c > 0)`:         true,
		`UPDATE a SET b = 1 WHERE b = 0`:                       true,
	} {
		if findings := CheckMigration(sql); (len(findings) == 0) != want {
			t.Errorf("%s: %v", sql, findings)
		}
	}
}

func TestStatements(t *testing.T) {
	for sql, want := range map[string]int{
		"": 0, "-- only a comment": 0, ";;": 0, "SELECT 1": 1, "SELECT 1;": 1, "SELECT 1; ;": 1,
		"SELECT 1; SELECT 2;":       2,
		"SELECT ';' || \";\" -- ;":  1,
		"SELECT $$;$$ /* ; */":      1,
		"SELECT $tag$ ; $tag$":      1,
		"SELECT 'it''s; one' WHERE": 1,
	} {
		if got := Statements(sql); got != want {
			t.Errorf("%q: %d statements, want %d", sql, got, want)
		}
	}
}

// The scanner must end on any text and never lose its place.
func FuzzCheck(f *testing.F) {
	for _, test := range cases {
		f.Add(test.bad[0])
	}
	f.Add("SELECT 'open")
	f.Add("$")
	f.Add("/* open")
	f.Add("((((")
	f.Fuzz(func(t *testing.T, sql string) {
		lines := strings.Count(sql, "\n") + 1
		for _, finding := range CheckMigration(sql) {
			if finding.Line < 1 || finding.Line > lines {
				t.Fatalf("line %d of %d: %v", finding.Line, lines, finding)
			}
		}
	})
}
