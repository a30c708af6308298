package db

import (
	"testing"

	"github.com/jackc/pgx/v5"
)

// TestSnapshotOptions: only CockroachDB reads the past, and what it is told is what its
// documentation says.
func TestSnapshotOptions(t *testing.T) {
	for name, c := range map[string]struct {
		cockroach bool
		age       Age
		want      pgx.TxOptions
	}{
		"PostgreSQL":          {false, Present, pgx.TxOptions{IsoLevel: "repeatable read", AccessMode: "read only"}},
		"PostgreSQL, recent":  {false, Recent, pgx.TxOptions{IsoLevel: "repeatable read", AccessMode: "read only"}},
		"CockroachDB":         {true, Present, pgx.TxOptions{IsoLevel: "serializable", AccessMode: "read only"}},
		"CockroachDB, recent": {true, Recent, pgx.TxOptions{BeginQuery: "BEGIN AS OF SYSTEM TIME follower_read_timestamp()"}},
	} {
		if got := snapshotOptions(c.cockroach, c.age); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
