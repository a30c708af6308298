package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/reason"
)

// orderMost is the size of a control request that is still read; a load of
// 100,000 payments has about 20 MiB.
const orderMost = 64 << 20

// handle offers a function under the control interface: JSON in, JSON out, an
// error as its kind's HTTP status and text.
func handle[In, Out any](act func(context.Context, In) (Out, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var order In
		decoder := json.NewDecoder(io.LimitReader(r.Body, orderMost))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&order); err != nil {
			http.Error(w, "not an order: "+err.Error(), http.StatusBadRequest)
			return
		}
		done, err := act(r.Context(), order)
		if err != nil {
			http.Error(w, err.Error(), reason.Of(err).Codes().HTTP)
			return
		}
		write(w, done)
	})
}

func show(list func() any) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { write(w, list()) })
}

func write(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value) // whoever asked may have gone
}

// Control is a client of a partner's control interface. Methods that the
// partner's role does not have return an error.
type Control struct {
	// Base is the address of the control interface.
	Base string
	// Client is http.DefaultClient unless set.
	Client *http.Client
}

// Codes fetches payment codes for a customer (wallet).
func (c *Control) Codes(ctx context.Context, order CodeOrder) (Codes, error) {
	return post[Codes](ctx, c, "codes", order)
}

// Scan lets a customer scan a code (wallet).
func (c *Control) Scan(ctx context.Context, order ScanOrder) (Scan, error) {
	return post[Scan](ctx, c, "scan", order)
}

// Confirm lets a customer pay what was shown (wallet).
func (c *Control) Confirm(ctx context.Context, order ConfirmOrder) (Scan, error) {
	return post[Scan](ctx, c, "confirm", order)
}

// Behave changes a customer's script (wallet).
func (c *Control) Behave(ctx context.Context, order BehaviourOrder) error {
	_, err := post[struct{}](ctx, c, "behaviour", order)
	return err
}

// Customers lists the customers with their balances (wallet).
func (c *Control) Customers(ctx context.Context) ([]Customer, error) {
	return get[[]Customer](ctx, c, "customers")
}

// Movements lists every debit and credit in their order (wallet).
func (c *Control) Movements(ctx context.Context) ([]Movement, error) {
	return get[[]Movement](ctx, c, "movements")
}

// Pay takes a payment (acquirer).
func (c *Control) Pay(ctx context.Context, order PayOrder) (PayOutcome, error) {
	return post[PayOutcome](ctx, c, "pay", order)
}

// Inquire asks what became of a payment (acquirer).
func (c *Control) Inquire(ctx context.Context, named NamedPayment) (InquiryOutcome, error) {
	return post[InquiryOutcome](ctx, c, "inquire", named)
}

// Cancel undoes a payment (acquirer).
func (c *Control) Cancel(ctx context.Context, named NamedPayment) (CancelOutcome, error) {
	return post[CancelOutcome](ctx, c, "cancel", named)
}

// Refund gives money back (acquirer).
func (c *Control) Refund(ctx context.Context, order RefundOrder) (RefundOutcome, error) {
	return post[RefundOutcome](ctx, c, "refund", order)
}

// Consult asks which wallets could pay (acquirer).
func (c *Control) Consult(ctx context.Context, order ConsultOrder) (ConsultOutcome, error) {
	return post[ConsultOutcome](ctx, c, "consult", order)
}

// Show shows a code of the acquirer's own (acquirer).
func (c *Control) Show(ctx context.Context, order OwnOrder) (OwnCode, error) {
	return post[OwnCode](ctx, c, "show", order)
}

// Pushed lists the payments that were pushed (acquirer).
func (c *Control) Pushed(ctx context.Context) ([]Pushed, error) {
	return get[[]Pushed](ctx, c, "pushed")
}

// Rate asks what a currency costs (wallet).
func (c *Control) Rate(ctx context.Context, order RateOrder) (alipayplus.RateAnswer, error) {
	return post[alipayplus.RateAnswer](ctx, c, "rate", order)
}

// Identify asks whether a code is one of the switch (wallet).
func (c *Control) Identify(ctx context.Context, order IdentifyOrder) (alipayplus.IdentifyAnswer, error) {
	return post[alipayplus.IdentifyAnswer](ctx, c, "identify", order)
}

// Load runs many payments (acquirer).
func (c *Control) Load(ctx context.Context, order LoadOrder) (Load, error) {
	return post[Load](ctx, c, "load", order)
}

// Notifications lists what the switch notified (acquirer).
func (c *Control) Notifications(ctx context.Context) ([]Notification, error) {
	return get[[]Notification](ctx, c, "notifications")
}

// Wire lists the last calls between the partner and the switch, with the bytes
// of both sides.
func (c *Control) Wire(ctx context.Context) ([]Exchange, error) {
	return get[[]Exchange](ctx, c, "wire")
}

func post[T any](ctx context.Context, c *Control, what string, order any) (T, error) {
	var none T
	body, err := json.Marshal(order)
	if err != nil {
		return none, fmt.Errorf("sandbox: control: %w", err)
	}
	return exchange[T](ctx, c, http.MethodPost, what, body)
}

func get[T any](ctx context.Context, c *Control, what string) (T, error) {
	return exchange[T](ctx, c, http.MethodGet, what, nil)
}

func exchange[T any](ctx context.Context, c *Control, method, what string, body []byte) (T, error) {
	var answer T
	request, err := http.NewRequestWithContext(ctx, method, c.Base+"/control/"+what, bytes.NewReader(body))
	if err != nil {
		return answer, fmt.Errorf("sandbox: control: %w", err)
	}
	client := c.Client
	if client == nil {
		client = http.DefaultClient
	}
	response, err := client.Do(request)
	if err != nil {
		return answer, fmt.Errorf("sandbox: control: %w", err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return answer, fmt.Errorf("sandbox: control: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return answer, fmt.Errorf("sandbox: control %s: %s: %s", what, response.Status, bytes.TrimSpace(data))
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		return answer, fmt.Errorf("sandbox: control %s: %w", what, err)
	}
	return answer, nil
}
