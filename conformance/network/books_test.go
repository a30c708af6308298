package network_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/payment"
)

// lost: the other hub is lost while a payment is under way. Once it is back both find
// out, and what they find out does not contradict.
func (w world) lost(t *testing.T) {
	y := w.ways()["as an acquirer"]
	customer := stage.Regular + "-5"
	y.payers.behave(t, y.wallet, customer, sandbox.Slow, 1500)
	order := y.order(t, customer)
	answered := make(chan sandbox.PayOutcome, 1)
	const had = `SELECT payment_id::TEXT FROM payment WHERE acquirer_id = $1`
	before := len(stagetest.Texts(t, y.payers.Stage, had, y.asker))
	go func() {
		outcome, _ := y.merchants.Control(y.acquirer).Pay(context.Background(), order)
		answered <- outcome
	}()
	// It is still reserved there, unless the machine is busy.
	stagetest.Eventually(t, "the other hub has the payment", func() bool {
		return len(stagetest.Texts(t, y.payers.Stage, had, y.asker)) > before
	})
	y.payers.KillHub()
	if outcome := <-answered; outcome.Answer.Result.Status == "F" {
		t.Errorf("a lost hub is no refusal: %+v", outcome.Answer.Result)
	}
	if err := y.payers.StartHub(t.Context()); err != nil {
		t.Fatal(err)
	}
	// The hub that was lost may cancel by itself before it is asked to: then the other one
	// is declined. What they must agree in is whether the payer has paid.
	forwarded, reached := y.both(t, order.RequestID)
	stagetest.Eventually(t, "both hubs know the end", func() bool {
		forwarded, reached = y.both(t, order.RequestID)
		return forwarded.State.Final() && reached.State.Final()
	})
	if (forwarded.State == payment.Posted) != (reached.State == payment.Posted) {
		t.Errorf("one hub says %s, the other %s", forwarded.State, reached.State)
	}
	_, sum := y.payers.moved(t, y.wallet, reached.ID.String())
	if paid := forwarded.State == payment.Posted; paid && sum != -reached.PayerAmount.Minor || !paid && sum != 0 {
		t.Errorf("%s, and the wallet moved %d", forwarded.State, sum)
	}
}

// cashier: a payer who buys at home is sent to the network's page, and from there to the
// page of a wallet away.
func (w world) cashier(t *testing.T) {
	browser := &http.Client{
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	choose := func(page, wallet string) string {
		t.Helper()
		response := stagetest.Must[*http.Response](t)(browser.PostForm(page, url.Values{"wallet": {wallet}}))
		defer response.Body.Close()
		if response.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s: status %d", page, response.StatusCode)
		}
		return response.Header.Get("Location")
	}
	order := sandbox.PayOrder{
		RequestID: "PR-" + ids.New().String(), Mode: string(connectors.Cashier), Amount: amount, Currency: "JPY",
		RedirectURL: "https://shop.example/done",
	}
	sold := w.home.Pay(t, sakura, order)
	second := choose(sold.Answer.NormalURL, payersAway)
	third := choose(second, lotus)
	if third == "" || second == third {
		t.Fatalf("sent to %q, then to %q", second, third)
	}
	forwarded := w.home.record(t, sakura, order.RequestID)
	reached := w.away.record(t, homeAcquirer, forwarded.ID.String())
	stagetest.Must[sandbox.Scan](t)(w.away.Control(lotus).Confirm(t.Context(), sandbox.ConfirmOrder{
		PaymentRequestID: reached.ID.String(), Customer: payer,
	}))
	w.home.Ends(t, sakura, order.RequestID, "SUCCESS")
	w.home.Notified(t, sakura, order.RequestID, "SUCCESS")
}

// books: what one hub is owed by the other is what the other owes, before the cut-off
// and in the obligations after it; and every invariant holds at both.
func (w world) books(t *testing.T) {
	for _, h := range []hub{w.home, w.away} {
		stagetest.Eventually(t, "nothing is reserved", func() bool {
			for _, p := range h.positions(t) {
				if p.Reserved.Minor != 0 {
					return false
				}
			}
			return true
		})
		stagetest.Invariants(t, h.Stage)
		if h.HubExited() {
			t.Error("a hub has ended")
		}
	}
	obligations := map[string]int64{}
	for name, h := range map[string]hub{"home ": w.home, "away ": w.away} {
		for _, p := range h.positions(t) {
			obligations[name+p.ParticipantID] = p.Posted.Minor
		}
	}
	for here, there := range map[string]string{
		"home " + payersAway: "away " + homeAcquirer, "home " + merchantsAway: "away " + homeWallet,
	} {
		if obligations[here] == 0 || obligations[here]+obligations[there] != 0 {
			t.Errorf("%s %d, %s %d", here, obligations[here], there, obligations[there])
		}
	}
	nets := map[string]wire.Obligation{}
	for name, h := range map[string]hub{"home ": w.home, "away ": w.away} {
		closed := stagetest.Must[wire.Closed](t)(h.Operator(t, "tessa").CloseWindow(t.Context()))
		file := stagetest.Must[wire.Settlement](t)(h.Operator(t, "tessa").Settlement(t.Context(), closed.WindowID))
		for _, o := range file.Obligations {
			nets[name+o.ParticipantID] = o
		}
		stagetest.Invariants(t, h.Stage)
	}
	for here, there := range map[string]string{
		"home " + payersAway: "away " + homeAcquirer, "home " + merchantsAway: "away " + homeWallet,
	} {
		one, other := nets[here], nets[there]
		if one.Amount != other.Amount || one.Amount.Minor == "" || one.Direction == other.Direction {
			t.Errorf("%s: %s %+v; %s: %s %+v", here, one.Direction, one.Amount, there, other.Direction, other.Amount)
		}
	}
}

func (h hub) positions(t *testing.T) []position.Position {
	t.Helper()
	var all []position.Position
	stagetest.Read(t, h.Stage, func(reader db.Reader) (err error) {
		all, err = position.All(t.Context(), reader)
		return err
	})
	return all
}
