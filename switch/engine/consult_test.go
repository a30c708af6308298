package engine_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// directoryAway is a network that says which wallets are behind it, and keeps what it was
// asked.
type directoryAway struct {
	mu      sync.Mutex
	answer  connectors.Decision
	wallets []connectors.WalletOption
	asked   []connectors.ConsultRequest
	// before is done while it is asked.
	before func(ctx context.Context)
}

// Consult implements connectors.Network.
func (d *directoryAway) Consult(
	ctx context.Context, _ connectors.Participant, request connectors.ConsultRequest,
) ([]connectors.WalletOption, connectors.Answer) {
	if d.before != nil {
		d.before(ctx)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, request)
	return d.wallets, connectors.Answer{Decision: d.answer}
}

func (h *hub) consulted(regions ...string) string {
	h.t.Helper()
	options, err := h.Consult(h.t.Context(), h.participant("JP-ACQUIRER"), connectors.ConsultRequest{
		Amount: jpy(1500), Regions: regions,
	})
	if err != nil {
		return reason.Of(err).String()
	}
	var names []string
	for _, o := range options {
		names = append(names, o.ID)
	}
	return strings.Join(names, " ")
}

// TestConsultNetworks: in place of a network stand the wallets behind it, as it said
// last, at most a minute ago if it answers, and from the countries that are wanted. One
// that has never said anything stands for itself, and one that refuses for nobody.
func TestConsultNetworks(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.joinNetworks()
		d := &directoryAway{}
		h.Networks = map[string]connectors.Network{"scripted-network": d}
		const silent, full = "HK-WALLET KR-WALLET TH-NETWORK", "HK-WALLET KR-WALLET TH-NETWORK/LOTUS TH-NETWORK/LUZON"
		wallets := []connectors.WalletOption{
			{ID: "LOTUS", Name: "Lotus", Country: "TH"}, {ID: "LUZON", Name: "Luzon", Country: "PH"},
		}
		for _, step := range []struct {
			after   time.Duration
			answer  connectors.Decision
			wallets []connectors.WalletOption
			regions []string
			want    string
			asked   int
		}{
			{0, connectors.Undecided, nil, nil, silent, 1},
			{59 * time.Second, connectors.Accepted, wallets, nil, silent, 1},
			{2 * time.Second, connectors.Accepted, wallets, nil, full, 2},
			{time.Second, connectors.Declined, nil, []string{"TH"}, "TH-NETWORK/LOTUS", 2},
			{0, connectors.Declined, nil, []string{"HK"}, "HK-WALLET", 2},
			{time.Minute, connectors.Undecided, nil, nil, full, 3},
			{time.Minute, connectors.Declined, nil, nil, "HK-WALLET KR-WALLET", 4},
			{0, connectors.Accepted, wallets, []string{"TH"}, "MethodUnavailable", 4},
			{time.Minute, connectors.Accepted, wallets[:1], nil, "HK-WALLET KR-WALLET TH-NETWORK/LOTUS", 5},
		} {
			h.clock.Advance(step.after)
			d.answer, d.wallets = step.answer, step.wallets
			if got := h.consulted(step.regions...); got != step.want || len(d.asked) != step.asked {
				t.Errorf("%+v: %s, asked %d times", step, got, len(d.asked))
			}
		}
		for _, asked := range d.asked {
			if asked.Amount != money.New(0, "JPY") || len(asked.Regions) != 0 {
				t.Errorf("asked %+v", asked)
			}
		}
	})
}

// TestConsultEachOther: two networks that are members of each other ask each other once,
// and not for ever; whoever asks meanwhile is not kept waiting.
func TestConsultEachOther(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.joinNetworks()
		var meanwhile []string
		d := &directoryAway{answer: connectors.Accepted, wallets: []connectors.WalletOption{{ID: "LOTUS", Country: "TH"}}}
		d.before = func(ctx context.Context) {
			if deadline, bounded := ctx.Deadline(); !bounded || time.Until(deadline) > 2*time.Second {
				t.Errorf("waits until %v", deadline)
			}
			meanwhile = append(meanwhile, h.consulted())
		}
		h.Networks = map[string]connectors.Network{"scripted-network": d}
		if got := h.consulted(); got != "HK-WALLET KR-WALLET TH-NETWORK/LOTUS" {
			t.Errorf("consulted: %s", got)
		}
		if !slices.Equal(meanwhile, []string{"HK-WALLET KR-WALLET TH-NETWORK"}) || len(d.asked) != 1 {
			t.Errorf("meanwhile %v, asked %d times", meanwhile, len(d.asked))
		}
	})
}
