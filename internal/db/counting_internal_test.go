package db

import (
	"testing"

	"github.com/causeway-pay/causeway/internal/db/crdbtest"
)

// TestCountingIsKnown: CockroachDB knows statements that count what they affect.
func TestCountingIsKnown(t *testing.T) {
	var texts []string
	for _, sql := range []string{
		"INSERT INTO a (b) VALUES ($1) ON CONFLICT (b) DO NOTHING", "\nUPDATE a SET b = $1 FROM (SELECT unnest($2::TEXT[]) AS c) d",
		"DELETE FROM a WHERE b = $1 RETURNING c", "\nSELECT b FROM a WHERE b = $1 ORDER BY b LIMIT 1",
	} {
		texts = append(texts, counting(sql, 3))
	}
	for i, problem := range crdbtest.Problems(t, texts) {
		if problem != "" {
			t.Errorf("%s: %s", texts[i], problem)
		}
	}
}
