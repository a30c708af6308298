package crdbtest_test

import (
	"testing"

	"github.com/causeway-pay/causeway/internal/db/crdbtest"
)

// TestProblems: what one engine alone knows is told from what CockroachDB knows.
func TestProblems(t *testing.T) {
	known := []string{
		`SELECT a FROM b WHERE c = ANY($1::UUID[])`, `ALTER TABLE a SET LOCALITY REGIONAL BY ROW AS home`,
		`INSERT INTO a (b) VALUES ($1) ON CONFLICT (b) DO NOTHING`, `ALTER DATABASE a SURVIVE REGION FAILURE`,
	}
	unknown := []string{`VACUUM a`, `SELECT a FRM b c d`, `MERGE INTO a USING b ON true WHEN MATCHED THEN DELETE`, ``}
	problems := crdbtest.Problems(t, append(known, unknown...))
	for i, problem := range problems {
		if (problem == "") != (i < len(known)) {
			t.Errorf("%q: %q", append(known, unknown...)[i], problem)
		}
	}
}
