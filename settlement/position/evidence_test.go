package position_test

import (
	"context"
	"testing"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/settlement/position"
)

func TestEvidenceOf(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		m := position.Movement{ID: ids.New(), ParticipantID: "HK-WALLET", Amount: hkd(500), Evidence: "STMT-1/7", At: at}
		must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return position.Fund(ctx, tx, m) }))
		for id, want := range map[ids.ID]string{m.ID: "STMT-1/7", ids.New(): ""} {
			if evidence, err := position.EvidenceOf(t.Context(), pool, id); err != nil || evidence != want {
				t.Errorf("%q, want %q, %v", evidence, want, err)
			}
		}
	})
}
