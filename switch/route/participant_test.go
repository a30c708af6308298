package route_test

import (
	"context"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/route"
)

func TestParticipantProblem(t *testing.T) {
	good := route.Participant{
		Participant: connectors.Participant{ID: "TH-LOTUS", Role: connectors.RoleWallet, Country: "TH", ClientID: "C"},
		CodePrefix:  "251009",
	}
	if problem := good.Problem(); problem != "" {
		t.Fatal(problem)
	}
	good.ClientID = "!-/~_Az09"
	if problem := good.Problem(); problem != "" {
		t.Error(problem)
	}
	for _, id := range []string{"", "C.D", ".", "C D", strings.Repeat("C", 65)} {
		p := good
		if p.ClientID = id; !strings.HasPrefix(p.Problem(), "client_id: ") {
			t.Errorf("client id %q: %q", id, p.Problem())
		}
	}
	for field, change := range map[string]func(*route.Participant){
		"id":               func(p *route.Participant) { p.ID = strings.Repeat("A", 35) },
		"role":             func(p *route.Participant) { p.Role = "Wallet" },
		"country":          func(p *route.Participant) { p.Country = "T" },
		"client_id":        func(p *route.Participant) { p.ClientID = "ä" },
		"code_prefix":      func(p *route.Participant) { p.CodePrefix = "٢51009" },
		"fee_basis_points": func(p *route.Participant) { p.FeeBasisPoints = 10_000 },
	} {
		p := good
		change(&p)
		if problem := p.Problem(); !strings.HasPrefix(problem, field+": ") {
			t.Errorf("%s: %q", field, problem)
		}
	}
}

// TestAddParticipantTwice: neither id nor client id nor prefix leads to two.
func TestAddParticipantTwice(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		add := func(id, client, prefix string) error {
			return pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
				return route.AddParticipant(ctx, tx, route.Participant{
					Participant: connectors.Participant{
						ID: id, Role: connectors.RoleWallet, Name: "x", Region: "asia-1", Country: "TH", Currency: "THB",
						ClientID: client, Endpoint: "https://x.example", Connector: "alipayplus", Keys: map[int]string{1: "K"},
					},
					CodePrefix: prefix,
				})
			})
		}
		for _, c := range []struct {
			id, client, prefix string
			want               reason.Kind
		}{
			{"TH-1", "C-1", "990001", reason.None}, {"TH-1", "C-2", "990002", reason.Closed},
			{"TH-2", "C-1", "990002", reason.Closed}, {"TH-2", "C-2", "990001", reason.Closed},
			{"TH-2", "C-2", "990002", reason.None},
		} {
			if err := add(c.id, c.client, c.prefix); reason.Of(err) != c.want {
				t.Errorf("%+v: %v", c, err)
			}
		}
	})
}
