package bench

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/keys/openssl"
)

// Plan is what a load generator is told to do, in a file.
type Plan struct {
	Name string `json:"name"`
	// Hub is the host and port of the hub's partners' side.
	Hub string `json:"hub"`
	// Control is where the wallets' timings are.
	Control   string         `json:"control"`
	Keys      string         `json:"keys"`
	Library   string         `json:"library"`
	Acquirers []PlanAcquirer `json:"acquirers"`
	// HubKey is the hub's public key, PEM.
	HubKey   string        `json:"hubKey"`
	Payments []PlanPayment `json:"payments"`
	// Rate is the arrivals a second of an open loop; 0 makes a closed one, in which
	// each connection sends its next request as soon as it has the last answer.
	Rate float64 `json:"rate"`
	// Seed fixes the arrivals.
	Seed uint64 `json:"seed"`
	// Connections bounds the requests at once; an open loop opens as many as it
	// needs.
	Connections int           `json:"connections"`
	Duration    time.Duration `json:"duration"`
	// Ease is how long an open loop goes on afterwards at EaseRate; a request that is
	// answered within Recovered counts as served as usual.
	Ease      time.Duration `json:"ease"`
	EaseRate  float64       `json:"easeRate"`
	Recovered time.Duration `json:"recovered"`
	Slice     time.Duration `json:"slice"`
	// Ready is a file that the generator writes when it has signed everything: the
	// time at which it begins. Result is the file for its [Outcome].
	Ready  string `json:"ready"`
	Result string `json:"result"`
}

// PlanAcquirer is one who sends payments.
type PlanAcquirer struct {
	ID       string `json:"id"`
	ClientID string `json:"clientId"`
	Country  string `json:"country"`
	City     string `json:"city"`
	Currency string `json:"currency"`
}

// PlanPayment is a payment to send: whose it is, the code and the amount in digits
// of minor units.
type PlanPayment struct {
	Acquirer int    `json:"a"`
	Code     string `json:"c"`
	Amount   string `json:"m"`
}

// lead is how long after its last signature a generator begins, so that the others
// know when.
const lead = 300 * time.Millisecond

// writeFile writes JSON so that a reader sees all of it or nothing.
func writeFile(path string, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	if err := os.WriteFile(path+".new", body, 0o600); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	return os.Rename(path+".new", path)
}

func readFile(path string, into any) error {
	body, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("bench: %s: %w", filepath.Base(path), err)
	}
	return nil
}

// RequestID is the request id of a plan's payment.
func (p Plan) RequestID(number int) string { return fmt.Sprintf("%s-%d", p.Name, number) }

// newName makes request ids of different runs differ.
func newName() string {
	var bytes [6]byte
	_, _ = rand.Read(bytes[:]) // it never fails
	return "B" + hex.EncodeToString(bytes[:])
}

// sign writes the requests of a plan as they go over the wire, signed now.
func (p Plan) sign(ctx context.Context, c clock.Clock) ([][]byte, error) {
	library, err := openssl.Choose(p.Library)
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	signers := make([]keys.Signer, len(p.Acquirers))
	for i, a := range p.Acquirers {
		signer, err := keys.LoadWith(library, p.Keys, a.ID, -1)
		if err != nil {
			return nil, err
		}
		signers[i] = signer
	}
	requests := make([][]byte, len(p.Payments))
	errs := make(chan error, signWorkers)
	for worker := range signWorkers {
		go func() {
			var err error
			for i := worker; i < len(requests) && err == nil; i += signWorkers {
				acquirer := p.Payments[i].Acquirer
				requests[i], err = p.request(ctx, i, signers[acquirer], c.Now())
			}
			errs <- err
		}()
	}
	for range signWorkers {
		if err := <-errs; err != nil {
			return nil, err
		}
	}
	return requests, nil
}

// signWorkers sign side by side, one for each core of the machine that the budgets
// are for.
const signWorkers = 2

// request writes one request with its headers.
func (p Plan) request(ctx context.Context, number int, signer keys.Signer, at time.Time) ([]byte, error) {
	body, err := p.body(number)
	if err != nil {
		return nil, err
	}
	acquirer, sent := p.Acquirers[p.Payments[number].Acquirer], at.Format(time.RFC3339)
	signed := alipayplus.SigningString("POST", alipayplus.PathPay, acquirer.ClientID, sent, body)
	value, version, err := signer.Sign(ctx, signed)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json; charset=UTF-8\r\n"+
		"Client-Id: %s\r\nRequest-Time: %s\r\nSignature: %s\r\nContent-Length: %d\r\n\r\n%s",
		alipayplus.PathPay, p.Hub, acquirer.ClientID, sent,
		alipayplus.FormatSignature(alipayplus.Signature{KeyVersion: version, Value: value}), len(body), body), nil
}

// shops is how many merchants an acquirer has.
const shops = 500

// body writes the message: coffee, in a shop with a store.
func (p Plan) body(number int) ([]byte, error) {
	payment := p.Payments[number]
	acquirer := p.Acquirers[payment.Acquirer]
	amount := &alipayplus.Amount{Currency: acquirer.Currency, Value: payment.Amount}
	address := &alipayplus.Address{Region: acquirer.Country, City: acquirer.City}
	shop := number % shops
	order, err := alipayplus.Encode(alipayplus.Order{
		ReferenceOrderID: p.RequestID(number), Description: "Coffee and cake", Amount: amount,
		Merchant: &alipayplus.Merchant{
			ReferenceMerchantID: fmt.Sprintf("M-%d", shop), Name: fmt.Sprintf("Corner Tea House %d", shop), MCC: "5814",
			Address: address,
			Store: &alipayplus.Store{
				ReferenceStoreID: fmt.Sprintf("S-%d", shop), Name: "Main Street", Address: address,
			},
		},
	})
	if err != nil {
		return nil, err
	}
	return alipayplus.Encode(alipayplus.PayRequest{
		Order: order, PaymentRequestID: p.RequestID(number), PaymentAmount: amount,
		PaymentMethod: &alipayplus.PaymentMethod{Type: "CONNECT_WALLET", ID: payment.Code},
		PaymentFactor: alipayplus.FactorOf("PaymentCode"),
	})
}
