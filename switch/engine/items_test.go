package engine_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/settlement/report"
	"github.com/causeway-pay/causeway/settlement/window"
	"github.com/causeway-pay/causeway/switch/engine"
)

// copies makes a payment of the window complete again at some moments, and returns
// the ids of all.
func (h *hub) copies(paid ids.ID, moments []time.Time) []string {
	h.t.Helper()
	const insert = `
INSERT INTO payment (payment_id, region, version, state, mode, acquirer_id, request_id, wallet_id, payer_reference,
	wallet_payment_id, order_code, notify_url, reason, currency, amount_minor, payer_currency, payer_minor,
	merchant_currency, merchant_minor, fee_minor, window_id, duty, duty_attempts, due_at, expires_at, created_at,
	completed_at, detail)
SELECT copy.id, region, version, state, mode, acquirer_id, request_id || '-' || copy.id::TEXT, wallet_id,
	payer_reference,
	wallet_payment_id, order_code, notify_url, reason, currency, amount_minor, payer_currency, payer_minor,
	merchant_currency, merchant_minor, fee_minor, window_id, duty, duty_attempts, due_at, expires_at, created_at,
	copy.at, detail
FROM payment, (SELECT unnest($2::UUID[]) AS id, unnest($3::TIMESTAMPTZ[]) AS at) copy WHERE payment_id = $1`
	var made []ids.ID
	want := []string{paid.String()}
	for range moments {
		made = append(made, ids.New())
		want = append(want, made[len(made)-1].String())
	}
	for some := range slices.Chunk(made, 2_000) {
		h.exec(insert, paid, some, moments[:len(some)])
		moments = moments[len(some):]
	}
	slices.Sort(want)
	return want
}

// listed are the ids of the items of a window, which must be in the order of
// completion.
func (h *hub) listed(id ids.ID, participant string) []string {
	h.t.Helper()
	var last report.Item
	var got []string
	for item, err := range engine.ItemsOf(h.t.Context(), h.pool, id, h.participant(participant)) {
		if err != nil {
			h.t.Fatal(err)
		}
		if before := item.CompletedAt.Compare(last.CompletedAt); before < 0 || before == 0 &&
			item.ID.String() < last.ID.String() {
			h.t.Fatalf("%s at %s comes after %s at %s", item.ID, item.CompletedAt, last.ID, last.CompletedAt)
		}
		last, got = item, append(got, item.ID.String())
	}
	slices.Sort(got)
	return got
}

// TestItemsOfAnyTimes: whenever payments completed, thousands in one microsecond or
// months apart, each is read once, in order, and again the same.
func TestItemsOfAnyTimes(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		paid, err := h.pay("PR-1", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		id, err := window.Current(t.Context(), h.pool, region)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
		var moments []time.Time
		for i := range 5_000 { // more than are read at once
			moments = append(moments, start.Add(time.Second))
			if i%10 == 0 {
				moments = append(moments, start.Add(time.Second+time.Duration(i)*time.Microsecond))
			}
		}
		for i := range 300 {
			moments = append(moments, start.Add(time.Duration(i)*7*time.Hour))
		}
		want := h.copies(paid.ID, moments)
		for range 2 {
			if got := h.listed(id, "JP-ACQUIRER"); !slices.Equal(got, want) {
				t.Fatalf("%d items of %d", len(got), len(want))
			}
		}
		if got := h.listed(id, "HK-WALLET"); !slices.Equal(got, want) {
			t.Errorf("the wallet has %d items of %d", len(got), len(want))
		}
		if got := h.listed(ids.New(), "JP-ACQUIRER"); len(got) != 0 {
			t.Errorf("an unknown window has %d items", len(got))
		}
	})
}

// Whatever the times are, nothing is left out or read twice at the edges of what is
// read at once.
func TestItemsOfRandomTimes(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		rounds := 0
		rapid.Check(t, func(r *rapid.T) {
			if rounds++; rounds > 25 { // each writes rows
				return
			}
			paid, err := h.pay("PR-"+ids.New().String(), jpy(1500))
			if err != nil {
				r.Fatal(err)
			}
			var moments []time.Time
			at := paid.CompletedAt
			for range rapid.IntRange(0, 8).Draw(r, "clusters") {
				step := time.Duration(1) << rapid.IntRange(0, 40).Draw(r, "distance")
				at = at.Add(step * time.Microsecond % (48 * time.Hour))
				for range rapid.IntRange(1, 40).Draw(r, "payments") {
					moments = append(moments, at)
					at = at.Add(time.Duration(rapid.IntRange(0, 3).Draw(r, "apart")) * time.Microsecond)
				}
			}
			id, err := window.Current(t.Context(), h.pool, region)
			if err != nil {
				r.Fatal(err)
			}
			want := h.copies(paid.ID, moments)
			if got := h.listed(id, "JP-ACQUIRER"); !slices.Equal(got, want) {
				r.Errorf("%d items of %d", len(got), len(want))
			}
			h.exec(`DELETE FROM payment WHERE window_id = $1 AND payment_id <> $2`, id, paid.ID)
			h.exec(`DELETE FROM payment WHERE payment_id = $1`, paid.ID)
		})
	})
}
