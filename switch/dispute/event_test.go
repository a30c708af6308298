package dispute_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/dispute"
)

// announced is an outbox row: its subject and what it tells.
type announced struct {
	subject string
	told    dispute.Happened
	text    string
}

func (b *bench) announced() []announced {
	b.t.Helper()
	rows, err := b.pool.Query(b.t.Context(), `SELECT aggregate, version, subject, payload FROM outbox ORDER BY at, version`)
	if err != nil {
		b.t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (a announced, err error) {
		var aggregate ids.ID
		var version int64
		var payload []byte
		if err = row.Scan(&aggregate, &version, &a.subject, &payload); err != nil {
			return a, err
		}
		err = json.Unmarshal(payload, &a.told)
		if a.text = string(payload); a.told.DisputeID != aggregate || a.told.Version != version {
			b.t.Errorf("%s version %d tells of %+v", aggregate, version, a.told)
		}
		return a, err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return all
}

// TestEveryChangeIsAnnounced: each change of a dispute has its event, in the order of the
// changes (versions where they are of one moment), and nothing of what people wrote is in it; a repeated request, one that is
// refused, and a notice that fails have none.
func TestEveryChangeIsAnnounced(t *testing.T) {
	for name, c := range map[string]struct {
		stage connectors.DisputeStage
		act   func(t *testing.T, b *bench)
		want  []string // event and subject's state
	}{
		"a retrieval that is contested": {connectors.Retrieval, func(t *testing.T, b *bench) {
			for range 2 {
				if kind := b.respond(b.last(), "JP-ACQUIRER", jpy(0), false); kind != reason.None {
					t.Fatal(kind)
				}
			}
			if kind := b.respond(b.last(), "SG-ACQUIRER", jpy(0), false); kind == reason.None {
				t.Error("a stranger has answered")
			}
		}, []string{"OPENED WAITING", "CONTESTS CONTESTED final"}},
		"an escalation that gives back a part": {connectors.Escalation, func(t *testing.T, b *bench) {
			if kind := b.respond(b.last(), "JP-ACQUIRER", jpy(600), false); kind != reason.None {
				t.Fatal(kind)
			}
			if kind := b.rule(b.last(), true, jpy(600)); kind != reason.None {
				t.Fatal(kind)
			}
		}, []string{"OPENED WAITING", "GIVES_BACK ACCEPTED", "FOR_PAYER SETTLED final"}},
		"an escalation that is contested and opened again": {connectors.Escalation, func(t *testing.T, b *bench) {
			if kind := b.respond(b.last(), "JP-ACQUIRER", jpy(0), false); kind != reason.None {
				t.Fatal(kind)
			}
			b.clock.Advance(time.Second)
			if kind := b.open("D-2", connectors.Escalation, 900); kind != reason.None {
				t.Fatal(kind)
			}
		}, []string{"OPENED WAITING", "CONTESTS CONTESTED", "OPENED WAITING", "ESCALATED_AGAIN DISMISSED final"}},
		"one that nobody answers": {connectors.Escalation, func(_ *testing.T, b *bench) {
			b.partners.deaf = true
			b.clock.Advance(time.Second)
			b.work("telling has failed", func() bool { return b.last().NoticeAttempts == 1 })
			b.partners.deaf = false
			b.clock.Advance(time.Hour)
			b.work("the acquirer is told", b.untold(dispute.NoticeNone))
			b.clock.Advance(365 * 24 * time.Hour)
			b.work("the time is over", func() bool { return b.last().State == dispute.Accepted })
		}, []string{"OPENED WAITING", "TIME_OVER ACCEPTED"}},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bench) {
				for range 2 {
					if kind := b.open("D-1", c.stage, 900); kind != reason.None {
						t.Fatal(kind)
					}
				}
				c.act(t, b)
				var got []string
				for _, a := range b.announced() {
					line := string(a.told.Event) + " " + a.subject[strings.LastIndex(a.subject, ".")+1:]
					if a.told.Final {
						line += " final"
					}
					got = append(got, line)
					if !strings.HasPrefix(a.subject, "dispute.asia-1.JP-ACQUIRER.") || a.told.Minor != "900" ||
						a.told.Currency != "JPY" || a.told.WalletID != "HK-WALLET" || a.told.PaymentID != b.payment.ID {
						t.Errorf("%s: %+v", a.subject, a.told)
					}
					if strings.Contains(a.text, "not delivered") || strings.Contains(a.text, "signed receipt") {
						t.Errorf("what people wrote is in %s", a.text)
					}
				}
				if strings.Join(got, ", ") != strings.Join(c.want, ", ") {
					t.Errorf("announced %v, want %v", got, c.want)
				}
			})
		})
	}
}
