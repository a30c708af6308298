package customs_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
)

// TestEvents: every change has one event, and none says who has bought.
func TestEvents(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		said := sample("D-1", "O-1", 100)
		said.Buyer = &buyer
		b.want("taken", said, reason.None)
		b.wallet.progress = connectors.CustomsProgress{Status: "SUCCESS"}
		if _, err := b.Declarations(t.Context(), sakura, []string{"D-1"}); err != nil {
			t.Fatal(err)
		}
		var events []string
		texts(t, b.pool, `SELECT subject || ' ' || version || ' ' || convert_from(payload, 'UTF8') FROM outbox
			ORDER BY version`, &events)
		if len(events) != 3 {
			t.Fatalf("%v", events)
		}
		for i, state := range []string{"SENT 1", "TAKEN 2", "TAKEN 3"} {
			if !strings.HasPrefix(events[i], "customs.asia-1.JP-ACQUIRER."+state) ||
				strings.Contains(events[i], buyer.Name) || strings.Contains(events[i], buyer.CertificateNumber) {
				t.Error(events[i])
			}
		}
		var history []string
		texts(t, b.pool, `SELECT event FROM customs_declaration_event ORDER BY version`, &history)
		if difference := cmp.Diff([]string{"DECLARED", "WALLET_TOOK", "CUSTOMS_SAID"}, history); difference != "" {
			t.Error(difference)
		}
	})
}

func texts(t *testing.T, pool *db.Pool, sql string, into *[]string) {
	t.Helper()
	rows, err := pool.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	if *into, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
		t.Fatal(err)
	}
}
