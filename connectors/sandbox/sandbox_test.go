package sandbox_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/ports"
	"github.com/causeway-pay/causeway/internal/reason"
)

// keyDirectory holds the keys of all tests, since RSA keys are slow to make.
var keyDirectory string

func TestMain(m *testing.M) {
	directory, err := os.MkdirTemp("", "sandbox-keys-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	keyDirectory = directory
	code := m.Run()
	_ = os.RemoveAll(directory)
	os.Exit(code)
}

func public(t *testing.T, owner string) map[int]string {
	t.Helper()
	signer, err := keys.LoadOrGenerate(keyDirectory, owner)
	if err != nil {
		t.Fatal(err)
	}
	all, err := signer.Public()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// street is a wallet, the switch's real connector before a small hub, and an
// acquirer, each with its own servers.
type street struct {
	wallet, acquirer *sandbox.Control
	hub              *miniHub
}

// silence is how long the switch waits in these tests for who is not to answer, or late;
// for all others it waits long, as a busy machine may need it.
const silence = 2 * time.Second

func patience(customers []sandbox.Customer) time.Duration {
	for _, c := range customers {
		switch c.Behaviour {
		case sandbox.Silent, sandbox.SilentDebited, sandbox.Slow:
			return silence
		default:
		}
	}
	return time.Minute
}

func newStreet(t *testing.T, customers []sandbox.Customer, refuse int) street {
	t.Helper()
	signer, err := keys.LoadOrGenerate(keyDirectory, "switch")
	if err != nil {
		t.Fatal(err)
	}
	verifier := keys.NewPublished(keys.Table(map[string]map[int]string{
		"HK-WALLET": public(t, "HK-WALLET"), "JP-ACQ": public(t, "JP-ACQ"),
	}))
	caller := alipayplus.CallerConfig{Signer: signer, Verifier: verifier, CallWithin: patience(customers)}
	client := alipayplus.NewClient(alipayplus.ClientConfig{Caller: caller})
	t.Cleanup(client.Close)
	hub := newMiniHub(client, client)
	server := httptest.NewServer(alipayplus.NewServer(alipayplus.ServerConfig{
		Hub: hub, Gate: alipayplus.GateConfig{Directory: hub, Verifier: verifier, Signer: signer},
	}))
	t.Cleanup(server.Close)
	config := func(role, participant string) sandbox.Config {
		return sandbox.Config{
			Role: role, Participant: participant, ClientID: "SANDBOX_" + participant, HubURL: server.URL,
			Listen: "127.0.0.1:0", Control: "127.0.0.1:0", KeyDirectory: keyDirectory,
			HubKey: public(t, "switch")[1], Currency: "HKD", Customers: customers, RefuseNotifications: refuse,
		}
	}
	wallet := start(t, config(sandbox.RoleWallet, "HK-WALLET"))
	acquirer := start(t, config(sandbox.RoleAcquirer, "JP-ACQ"))
	hub.partners["HK-WALLET"] = connectors.Participant{
		ID: "HK-WALLET", Role: connectors.RoleWallet, ClientID: "SANDBOX_HK-WALLET", Endpoint: wallet.URL(),
	}
	hub.partners["JP-ACQ"] = connectors.Participant{
		ID: "JP-ACQ", Role: connectors.RoleAcquirer, ClientID: "SANDBOX_JP-ACQ", Endpoint: acquirer.URL(), Country: "JP",
	}
	return street{wallet.Control(), acquirer.Control(), hub}
}

func start(t *testing.T, config sandbox.Config) *sandbox.Sandbox {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	running, err := sandbox.Start(ctx, config)
	if err != nil {
		stop()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		if err := running.Wait(); err != nil {
			t.Error(err)
		}
	})
	return running
}

func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

var ctx = context.Background()

func customers(behaviour sandbox.Behaviour) []sandbox.Customer {
	return []sandbox.Customer{
		{ID: "C-1", Name: "Mei Example", Balance: 100_000, Behaviour: behaviour, DelayMillis: 100},
	}
}

// pay lets the payer show a code and the merchant scan it: 1500 JPY, 75.00 HKD.
func (s street) pay(t *testing.T) sandbox.PayOutcome {
	t.Helper()
	codes := must[sandbox.Codes](t)(s.wallet.Codes(ctx, sandbox.CodeOrder{Customer: "C-1"}))
	if len(codes.Codes) != 1 {
		t.Fatalf("codes: %+v", codes.Result)
	}
	outcome := must[sandbox.PayOutcome](t)(s.acquirer.Pay(ctx, sandbox.PayOrder{
		Code: codes.Codes[0].PaymentCode, Amount: "1500", Currency: "JPY", BuyerName: "Mei Example", ExpiresInSeconds: 60,
	}))
	if outcome.Error != "" || outcome.RequestID == "" || outcome.Micros <= 0 {
		t.Fatalf("pay: %+v", outcome)
	}
	return outcome
}

func (s street) balance(t *testing.T) int64 {
	t.Helper()
	return must[[]sandbox.Customer](t)(s.wallet.Customers(ctx))[0].Balance
}

func (s street) movements(t *testing.T) []sandbox.Movement {
	t.Helper()
	return must[[]sandbox.Movement](t)(s.wallet.Movements(ctx))
}

func (s street) inquire(t *testing.T, requestID string) sandbox.InquiryOutcome {
	t.Helper()
	outcome := must[sandbox.InquiryOutcome](t)(s.acquirer.Inquire(ctx, sandbox.NamedPayment{RequestID: requestID}))
	if outcome.Error != "" || outcome.Answer.PaymentResult == nil {
		t.Fatalf("inquire: %+v", outcome)
	}
	return outcome
}

// eventually polls until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 6000 {
		if holds() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s: never", what)
}

func TestAPaymentCodeIsPaid(t *testing.T) {
	s := newStreet(t, customers(sandbox.Approve), 0)
	outcome := s.pay(t)
	answer := outcome.Answer
	if answer.Result.Status != "S" || answer.SettlementAmount.Value != "7500" || answer.PspID != "HK-WALLET" ||
		!strings.HasPrefix(answer.MppPaymentID, "W-") {
		t.Errorf("%+v", answer)
	}
	if s.balance(t) != 92_500 || len(s.movements(t)) != 1 {
		t.Errorf("balance %d, movements %+v", s.balance(t), s.movements(t))
	}
	if got := s.inquire(t, outcome.RequestID); got.Answer.PaymentResult.Status != "S" {
		t.Errorf("%+v", got)
	}
}

// Both partners remember what was on the wire: what one side sent is what the
// connector read, to the byte.
func TestPartnersRememberTheWire(t *testing.T) {
	s := newStreet(t, customers(sandbox.Approve), 0)
	paid := s.pay(t)
	called := must[[]sandbox.Exchange](t)(s.acquirer.Wire(context.Background()))
	if len(called) == 0 || !called[0].Called || called[0].Path != alipayplus.PathPay ||
		!strings.Contains(string(called[0].Request), paid.RequestID) ||
		!strings.Contains(string(called[0].Answer), paid.Answer.PaymentID) {
		t.Errorf("acquirer: %+v", called)
	}
	served := must[[]sandbox.Exchange](t)(s.wallet.Wire(context.Background()))
	last := served[len(served)-1]
	if last.Called || last.Path != alipayplus.PathPay || !strings.Contains(string(last.Answer), "SUCCESS") {
		t.Errorf("wallet: %+v", last)
	}
}

func TestDeclines(t *testing.T) {
	s := newStreet(t, customers(sandbox.Decline), 0)
	if got := s.pay(t).Answer.Result; got.Code != "USER_BALANCE_NOT_ENOUGH" || got.Status != "F" {
		t.Errorf("%+v", got)
	}
	if s.balance(t) != 100_000 || len(s.movements(t)) != 0 {
		t.Error("a declined payer was debited")
	}
	poor := newStreet(t, []sandbox.Customer{{ID: "C-1", Balance: 7499}}, 0)
	if got := poor.pay(t).Answer.Result; got.Code != "USER_BALANCE_NOT_ENOUGH" {
		t.Errorf("%+v", got)
	}
}

// Both silences look the same to the switch at first; only asking and
// cancelling tell them apart, and neither leaves the payer without the money.
func TestSilence(t *testing.T) {
	for behaviour, debited := range map[sandbox.Behaviour]bool{sandbox.Silent: false, sandbox.SilentDebited: true} {
		t.Run(string(behaviour), func(t *testing.T) {
			s := newStreet(t, customers(behaviour), 0)
			outcome := s.pay(t)
			if got := outcome.Answer.Result; got.Status != "U" || outcome.Micros < silence.Microseconds() {
				t.Errorf("%+v after %d µs", got, outcome.Micros)
			}
			want := map[bool]string{false: "U", true: "S"}[debited]
			if got := s.inquire(t, outcome.RequestID).Answer.PaymentResult; got.Status != want {
				t.Errorf("inquiry: %+v, want %s", got, want)
			}
			cancel := must[sandbox.CancelOutcome](t)(s.acquirer.Cancel(ctx, sandbox.NamedPayment{RequestID: outcome.RequestID}))
			if cancel.Answer.Result.Status != "S" || s.balance(t) != 100_000 {
				t.Errorf("cancel %+v, balance %d", cancel, s.balance(t))
			}
			if got := s.inquire(t, outcome.RequestID).Answer.PaymentResult; got.Code != "ORDER_IS_CLOSED" {
				t.Errorf("after the cancel: %+v", got)
			}
			if got, want := len(s.movements(t)), map[bool]int{false: 0, true: 2}[debited]; got != want {
				t.Errorf("%d movements, want %d", got, want)
			}
		})
	}
}

func TestSlowIsPaidInTime(t *testing.T) {
	s := newStreet(t, customers(sandbox.Slow), 0)
	if outcome := s.pay(t); outcome.Answer.Result.Status != "S" || outcome.Micros < 100_000 {
		t.Errorf("%+v", outcome)
	}
}

func TestSlowBeyondPatienceIsOpen(t *testing.T) {
	s := newStreet(t, customers(sandbox.Slow), 0)
	if err := s.wallet.Behave(ctx, sandbox.BehaviourOrder{
		Customer: "C-1", Behaviour: sandbox.Slow, DelayMillis: 3000,
	}); err != nil {
		t.Fatal(err)
	}
	outcome := s.pay(t)
	if outcome.Answer.Result.Status != "U" {
		t.Errorf("%+v", outcome.Answer.Result)
	}
	eventually(t, "the late debit is found", func() bool {
		return s.inquire(t, outcome.RequestID).Answer.PaymentResult.Status == "S"
	})
	if s.balance(t) != 92_500 {
		t.Errorf("balance %d", s.balance(t))
	}
}

func TestLaterIsNotified(t *testing.T) {
	s := newStreet(t, customers(sandbox.Later), 0)
	if got := s.pay(t).Answer.Result; got.Code != "PAYMENT_IN_PROCESS" {
		t.Errorf("%+v", got)
	}
	eventually(t, "the acquirer is notified", func() bool {
		received := must[[]sandbox.Notification](t)(s.acquirer.Notifications(ctx))
		return len(received) == 1 && received[0].PaymentResult.Status == "S" && received[0].Confirmed
	})
}

func TestLies(t *testing.T) {
	s := newStreet(t, customers(sandbox.Lies), 0)
	outcome := s.pay(t)
	if outcome.Answer.Result.Status != "S" || s.balance(t) != 92_500 {
		t.Errorf("%+v, balance %d", outcome.Answer.Result, s.balance(t))
	}
}

func TestDuplicatesDebitOnce(t *testing.T) {
	s := newStreet(t, customers(sandbox.Duplicates), 0)
	s.pay(t)
	eventually(t, "both notifications arrive", func() bool {
		return len(must[[]sandbox.Notification](t)(s.acquirer.Notifications(ctx))) == 2
	})
	if len(s.movements(t)) != 1 {
		t.Errorf("%+v", s.movements(t))
	}
}

func (s street) orderCode(t *testing.T) (requestID, code string) {
	t.Helper()
	outcome := must[sandbox.PayOutcome](t)(s.acquirer.Pay(ctx, sandbox.PayOrder{Amount: "1500", Currency: "JPY"}))
	if outcome.Answer.OrderCodeForm == nil {
		t.Fatalf("%+v", outcome)
	}
	return outcome.RequestID, outcome.Answer.OrderCodeForm.CodeDetails[0].CodeValue
}

func TestAnOrderCodeIsScannedShownAndPaid(t *testing.T) {
	s := newStreet(t, customers(sandbox.Approve), 0)
	requestID, code := s.orderCode(t)
	scan := must[sandbox.Scan](t)(s.wallet.Scan(ctx, sandbox.ScanOrder{CodeValue: code, Customer: "C-1"}))
	if scan.Shown.PaymentAmount.Value != "1500" || scan.Shown.PayToAmount.Value != "7500" || scan.Payment != nil ||
		!strings.Contains(string(scan.Shown.Order), "Test Shop") {
		t.Errorf("shown %+v", scan.Shown)
	}
	if s.balance(t) != 100_000 {
		t.Error("a scan alone debited")
	}
	paid := must[sandbox.Scan](
		t,
	)(
		s.wallet.Confirm(ctx, sandbox.ConfirmOrder{PaymentRequestID: scan.Shown.PaymentRequestID}),
	)
	if paid.Payment.Status != "S" || paid.NotifyError != "" || s.balance(t) != 92_500 {
		t.Errorf("%+v, balance %d", paid, s.balance(t))
	}
	received := must[[]sandbox.Notification](t)(s.acquirer.Notifications(ctx))
	if len(received) != 1 || received[0].PaymentRequestID != requestID || received[0].PaymentResult.Status != "S" {
		t.Errorf("%+v", received)
	}
}

func TestAScanThatIsConfirmedAtOnce(t *testing.T) {
	s := newStreet(t, customers(sandbox.Decline), 0)
	_, code := s.orderCode(t)
	scan := must[sandbox.Scan](t)(s.wallet.Scan(ctx, sandbox.ScanOrder{CodeValue: code, Customer: "C-1", Confirm: true}))
	if scan.Payment == nil || scan.Payment.Code != "USER_BALANCE_NOT_ENOUGH" || scan.NotifyError != "" {
		t.Errorf("%+v", scan)
	}
	unknown := must[sandbox.Scan](t)(s.wallet.Scan(ctx, sandbox.ScanOrder{CodeValue: "X", Customer: "C-1", Confirm: true}))
	if unknown.Shown.Result.Code != "INVALID_CODE" || unknown.Payment != nil {
		t.Errorf("%+v", unknown)
	}
}

func TestRefunds(t *testing.T) {
	s := newStreet(t, customers(sandbox.Approve), 0)
	outcome := s.pay(t)
	order := sandbox.RefundOrder{
		NamedPayment: sandbox.NamedPayment{RequestID: outcome.RequestID}, RefundID: "RF-1",
		Amount: "500", Currency: "JPY", Why: "cold",
	}
	for range 2 {
		refund := must[sandbox.RefundOutcome](t)(s.acquirer.Refund(ctx, order))
		if refund.Answer.Result.Status != "S" || refund.Answer.SettlementAmount.Value != "2500" {
			t.Errorf("%+v", refund)
		}
	}
	if s.balance(t) != 95_000 || len(s.movements(t)) != 2 {
		t.Errorf("balance %d", s.balance(t))
	}
	order.RefundID, order.Amount = "", "1001"
	if refund := must[sandbox.RefundOutcome](
		t,
	)(
		s.acquirer.Refund(ctx, order),
	); refund.Answer.Result.Code != "REFUND_AMOUNT_EXCEED" {
		t.Errorf("%+v", refund)
	}
}

func TestAnAcquirerMayRefuseNotifications(t *testing.T) {
	s := newStreet(t, customers(sandbox.Approve), 1)
	for i, confirmed := range []bool{false, true} {
		_, code := s.orderCode(t)
		scan := must[sandbox.Scan](t)(s.wallet.Scan(ctx, sandbox.ScanOrder{CodeValue: code, Customer: "C-1", Confirm: true}))
		if (scan.NotifyError == "") != confirmed {
			t.Errorf("order %d: %+v", i, scan)
		}
	}
}

func TestLoad(t *testing.T) {
	s := newStreet(t, customers(sandbox.Approve), 0)
	codes := must[sandbox.Codes](t)(s.wallet.Codes(ctx, sandbox.CodeOrder{Customer: "C-1", Quantity: 25}))
	order := sandbox.LoadOrder{Concurrency: 4}
	for i, code := range codes.Codes {
		order.Payments = append(order.Payments, sandbox.PayOrder{
			RequestID: fmt.Sprintf("L-%d", i), Code: code.PaymentCode, Amount: "20", Currency: "JPY",
		})
	}
	done := must[sandbox.Load](t)(s.acquirer.Load(ctx, order))
	if len(codes.Codes) != 25 || len(done.Payments) != 25 || done.Micros <= 0 {
		t.Fatalf("%d codes, %d outcomes", len(codes.Codes), len(done.Payments))
	}
	for i, outcome := range done.Payments {
		if outcome.RequestID != fmt.Sprintf("L-%d", i) || outcome.Answer.Result.Status != "S" {
			t.Errorf("payment %d: %+v", i, outcome)
		}
	}
	if s.balance(t) != 100_000-25*100 || len(s.movements(t)) != 25 {
		t.Errorf("balance %d, %d movements", s.balance(t), len(s.movements(t)))
	}
}

// However many payments are to run at once, no more do than there are.
func TestLoadOfMoreAtOnceThanThereAre(t *testing.T) {
	l := newLine(t, sandbox.RoleAcquirer)
	for _, n := range []int{0, 2} {
		done := must[sandbox.Load](t)(l.Load(ctx, sandbox.LoadOrder{
			Concurrency: 1 << 40, Payments: make([]sandbox.PayOrder, n),
		}))
		if len(done.Payments) != n {
			t.Errorf("%d payments: %+v", n, done)
		}
	}
}

// One payment sent many times at once is one debit.
func TestRepetitionsDebitOnce(t *testing.T) {
	s := newStreet(t, customers(sandbox.Approve), 0)
	codes := must[sandbox.Codes](t)(s.wallet.Codes(ctx, sandbox.CodeOrder{Customer: "C-1"}))
	order := sandbox.PayOrder{RequestID: "PR-1", Code: codes.Codes[0].PaymentCode, Amount: "1500", Currency: "JPY"}
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() {
			if outcome, err := s.acquirer.Pay(ctx, order); err != nil || outcome.Answer.Result.Status != "S" {
				t.Errorf("%+v, %v", outcome, err)
			}
		})
	}
	group.Wait()
	if len(s.movements(t)) != 1 || s.balance(t) != 92_500 {
		t.Errorf("%d movements", len(s.movements(t)))
	}
	order.Amount = "1501"
	if outcome := must[sandbox.PayOutcome](
		t,
	)(
		s.acquirer.Pay(ctx, order),
	); outcome.Answer.Result.Code != "REPEAT_REQ_INCONSISTENT" {
		t.Errorf("%+v", outcome)
	}
}

func TestControlRefuses(t *testing.T) {
	s := newStreet(t, customers(sandbox.Approve), 0)
	if _, err := s.wallet.Codes(
		ctx,
		sandbox.CodeOrder{Customer: "C-9"},
	); err == nil ||
		!strings.Contains(err.Error(), "422") {
		t.Errorf("unknown customer: %v", err)
	}
	if _, err := s.wallet.Pay(ctx, sandbox.PayOrder{}); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("a wallet paid as an acquirer: %v", err)
	}
	if _, err := s.wallet.Confirm(ctx, sandbox.ConfirmOrder{PaymentRequestID: "X"}); err == nil {
		t.Error("an unknown payment was confirmed")
	}
	response, err := http.Post(s.wallet.Base+"/control/codes", "application/json", strings.NewReader(`{"custumer":"C-1"}`))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusBadRequest {
		t.Errorf("a misspelt order: %s", response.Status)
	}
}

func TestUnreachableSwitch(t *testing.T) {
	running := start(t, sandbox.Config{
		Role: sandbox.RoleAcquirer, Participant: "JP-ACQ", ClientID: "C", HubURL: "http://127.0.0.1:1",
		Listen: "127.0.0.1:0", Control: "localhost:0", KeyDirectory: keyDirectory, HubKey: public(t, "switch")[1],
	})
	outcome := must[sandbox.PayOutcome](t)(running.Control().Pay(ctx, sandbox.PayOrder{Amount: "1", Currency: "JPY"}))
	if outcome.Error == "" || outcome.Answer.Result.Status != "" {
		t.Errorf("%+v", outcome)
	}
}

func TestConfigRefuses(t *testing.T) {
	good := sandbox.Config{
		Role: sandbox.RoleWallet, Participant: "HK-WALLET", ClientID: "C", HubURL: "http://127.0.0.1:1",
		Listen: "127.0.0.1:0", Control: "127.0.0.1:0", KeyDirectory: keyDirectory, HubKey: public(t, "switch")[1],
		Currency: "HKD", Customers: customers(sandbox.Approve),
	}
	for name, spoil := range map[string]func(*sandbox.Config){
		"role":              func(c *sandbox.Config) { c.Role = "bank" },
		"participant":       func(c *sandbox.Config) { c.Participant = "" },
		"hub address":       func(c *sandbox.Config) { c.HubURL = "hub" },
		"open control":      func(c *sandbox.Config) { c.Control = "0.0.0.0:0" },
		"hub key":           func(c *sandbox.Config) { c.HubKey = "x" },
		"hub key file":      func(c *sandbox.Config) { c.HubKeyFile = "absent" },
		"currency":          func(c *sandbox.Config) { c.Currency = "XXX" },
		"behaviour":         func(c *sandbox.Config) { c.Customers = customers("dance") },
		"negative balance":  func(c *sandbox.Config) { c.Customers = []sandbox.Customer{{ID: "C", Balance: -1}} },
		"customer without":  func(c *sandbox.Config) { c.Customers = []sandbox.Customer{{}} },
		"customer repeated": func(c *sandbox.Config) { c.Customers = append(customers(""), customers("")...) },
		"listen":            func(c *sandbox.Config) { c.Listen = "nowhere:x" },
		"control address":   func(c *sandbox.Config) { c.Control, c.ControlAnywhere = "nowhere:x", true },
	} {
		config := good
		spoil(&config)
		if running, err := sandbox.Start(ctx, config); err == nil {
			t.Errorf("%s was accepted at %s", name, running.URL())
		}
	}
}

func TestRunStopsWithItsContext(t *testing.T) {
	file := filepath.Join(t.TempDir(), "hub.pub")
	if err := os.WriteFile(file, []byte(public(t, "switch")[1]), 0o644); err != nil {
		t.Fatal(err)
	}
	running, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	config := sandbox.Config{
		Role: sandbox.RoleAcquirer, Participant: "JP-ACQ", ClientID: "C", HubURL: "http://127.0.0.1:1",
		Listen: "127.0.0.1:0", Control: freeAddress(t), KeyDirectory: keyDirectory, HubKeyFile: file,
	}
	go func() { done <- serveUntil(running, config) }()
	control := &sandbox.Control{Base: "http://" + config.Control}
	eventually(t, "the control interface answers", func() bool {
		_, err := control.Notifications(ctx)
		return err == nil
	})
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := serveUntil(ctx, sandbox.Config{}); reason.Of(err) != reason.InvalidRequest {
		t.Errorf("an empty configuration: %v", err)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	address, err := ports.Address()
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// serveUntil starts a partner and serves until the context ends.
func serveUntil(ctx context.Context, config sandbox.Config) error {
	running, err := sandbox.Start(ctx, config)
	if err != nil {
		return err
	}
	return running.Wait()
}
