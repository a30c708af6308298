package engine_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/emvqr"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/route"
)

// poster is a static code without an amount, priced one with it.
func poster(amount string) string {
	text := "00020101021126220018org.example.switch520454115303392" + amount + "5802JP5909TEST SHOP6005TOKYO6304"
	return fmt.Sprintf("%s%04X", text, emvqr.Checksum(text))
}

// freshTill makes an order of its own for every scan, about what the payer has typed.
type freshTill struct {
	*till
	hub   *hub
	typed []money.Amount
	// minor is the amount where the payer has typed none.
	minor int64
	keep  bool
	kept  connectors.Order
}

// Order implements connectors.Acquirer.
func (f *freshTill) Order(
	_ context.Context, _ connectors.Participant, request connectors.OrderRequest,
) (connectors.Order, connectors.Answer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.typed = append(f.typed, request.Amount)
	minor := f.minor
	if request.Amount.Currency != "" {
		minor = request.Amount.Minor
	}
	if !f.keep || f.kept.RequestID == "" {
		f.kept = order(ids.New().String(), "", jpy(minor))
		f.kept.Transfer.DebtorAccount = iso20022.Account{}
	}
	f.kept.Mode = request.Mode
	return f.kept, connectors.Answer{Decision: connectors.Accepted, Sent: []byte("{}"), Received: []byte("{}")}
}

// atPosters gives the codes of a scheme to an acquirer with fresh orders.
func (h *hub) atPosters(mode connectors.Mode) *freshTill {
	h.t.Helper()
	f := &freshTill{till: h.everyMode(), hub: h, minor: 1500}
	h.Acquirers = map[string]connectors.Acquirer{"scripted": f}
	h.directory = h.directory.WithAccounts([]route.AccountOwner{{
		AcquirerID: "JP-ACQUIRER", Mode: mode, Account: route.Account{Identifier: "org.example.switch"},
	}})
	return f
}

func (h *hub) scanFor(payer, code string, typed money.Amount) (connectors.Payment, error) {
	return h.Scanned(h.t.Context(), h.participant("HK-WALLET"), connectors.Scan{
		CodeValue: code, PayerReference: payer, PayerName: "Mei Lantern", Amount: typed, Words: said("scan", "{}"),
	})
}

func (h *hub) confirmScan(paid connectors.Payment) {
	h.t.Helper()
	err := h.Confirm(h.t.Context(), h.participant("HK-WALLET"), connectors.Confirmation{
		Payment: connectors.Reference{RequestID: paid.ID.String()}, Decision: connectors.Accepted,
		SettlementAmount: paid.Transfer.SettlementAmount, CompletedAt: h.clock.Now(), Words: said("notify", "{}"),
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// TestStaticCode: each payer's scan is a payment of its own, a scan repeated while it is
// open is the same one, and after it has ended the next one begins.
func TestStaticCode(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		f := h.atPosters(connectors.PrivateOrderCode)
		code, shown := poster(""), make([]connectors.Payment, 4)
		var group sync.WaitGroup
		for i := range shown {
			group.Go(func() {
				var err error
				if shown[i], err = h.scanFor("U1", code, jpy(700)); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		for _, one := range shown {
			if one.ID != shown[0].ID || one.Transfer.InstructedAmount != jpy(700) {
				t.Errorf("%s is not %s", one.ID, shown[0].ID)
			}
		}
		other, err := h.scanFor("U2", code, jpy(800))
		if err != nil || other.ID == shown[0].ID || other.Transfer.InstructedAmount != jpy(800) {
			t.Fatalf("%+v, %v", other, err)
		}
		h.confirmScan(shown[0])
		next, err := h.scanFor("U1", code, jpy(900))
		if err != nil || next.ID == shown[0].ID || next.Transfer.InstructedAmount != jpy(900) {
			t.Fatalf("%+v, %v", next, err)
		}
		h.confirmScan(next)
		h.confirmScan(other)
		if got := f.typed[len(f.typed)-1]; got != jpy(900) {
			t.Errorf("the acquirer was told %s", got)
		}
		h.sound()
	})
}

// TestStaticCodeIsCorrected: a payer who has typed too much types again; not while
// something is reserved, and after the time of an order nobody is held to it.
func TestStaticCodeIsCorrected(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.atPosters(connectors.PrivateOrderCode)
		for _, step := range []struct {
			minor int64
			after time.Duration
			want  reason.Kind
		}{
			{2_000_000, 0, reason.AmountLimit}, {2_000_000, 0, reason.AmountLimit}, {2_000_000, 11 * time.Minute,
				reason.AmountLimit},
			{700, 0, reason.None}, {700, 0, reason.None}, {701, 0, reason.Inconsistent},
		} {
			h.clock.Advance(step.after)
			if _, err := h.scanFor("U1", poster(""), jpy(step.minor)); reason.Of(err) != step.want {
				t.Errorf("JPY %d: %v, want %s", step.minor, err, step.want)
			}
		}
	})
}

// TestPrintedAmountCounts: the acquirer's order must be about what the code says.
func TestPrintedAmountCounts(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		f := h.atPosters(connectors.PrivateOrderCode)
		for name, c := range map[string]struct {
			code  string
			typed money.Amount
			order int64
			want  reason.Kind
		}{
			"as printed":               {poster("54041500"), money.Amount{}, 1500, reason.None},
			"another than printed":     {poster("54041501"), money.Amount{}, 1500, reason.Failed},
			"typed beside the printed": {poster("54041502"), jpy(1503), 1502, reason.InvalidRequest},
			"typed as printed":         {poster("54041504"), jpy(1504), 0, reason.None},
			"the acquirer says it":     {poster(""), money.Amount{}, 1600, reason.None},
		} {
			f.minor = c.order
			shown, err := h.scanFor("U-"+name, c.code, c.typed)
			if got := reason.Of(err); got != c.want || err == nil && !shown.Transfer.InstructedAmount.IsPositive() {
				t.Errorf("%s: %s, want %s", name, got, c.want)
			}
		}
	})
}

// TestStaticCodeNeedsOrders: an acquirer that gives the same request id to each payer
// gives one payment alone.
func TestStaticCodeNeedsOrders(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		f := h.atPosters(connectors.PrivateOrderCode)
		f.keep = true
		if _, err := h.scanFor("U1", poster(""), money.Amount{}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.scanFor("U2", poster(""), money.Amount{}); reason.Of(err) != reason.Inconsistent {
			t.Errorf("%v", err)
		}
	})
}
