package bench

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/keys/openssl"
	"github.com/causeway-pay/causeway/internal/ports"
	"github.com/causeway-pay/causeway/internal/reason"
)

// ring makes keys of owners and returns the folder.
func ring(t *testing.T, algorithm keys.Algorithm, owners ...string) string {
	t.Helper()
	folder := t.TempDir()
	for _, owner := range owners {
		if err := keys.GenerateAs(algorithm, folder, owner, 1); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func publicKey(t *testing.T, folder, owner string) string {
	t.Helper()
	signer, err := keys.Load(folder, owner, 1)
	if err != nil {
		t.Fatal(err)
	}
	public, err := signer.Public()
	if err != nil {
		t.Fatal(err)
	}
	return public[1]
}

type clients map[string]string // participants by client id

func (c clients) ByClient(clientID string) (connectors.Participant, bool) {
	id, known := c[clientID]
	return connectors.Participant{ID: id, ClientID: clientID, Role: connectors.RoleAcquirer}, known
}

// TestLoadOverTheWire: what a generator signs passes a real gate, and what it reads
// out of the answers is what was said.
func TestLoadOverTheWire(t *testing.T) {
	for _, algorithm := range []keys.Algorithm{keys.P256, keys.RSA2048} {
		for _, library := range libraries() {
			t.Run(string(algorithm)+"/"+library, func(t *testing.T) { loadOverTheWire(t, algorithm, library) })
		}
	}
}

// libraries are the names of those that are there. The other side is always Go's.
func libraries() []string {
	if _, err := openssl.Load(); err != nil {
		return []string{"go"}
	}
	return []string{"go", "openssl"}
}

func loadOverTheWire(t *testing.T, algorithm keys.Algorithm, library string) {
	folder := ring(t, algorithm, hubName, "A-0", "A-1")
	signer, err := keys.Load(folder, hubName, 1)
	if err != nil {
		t.Fatal(err)
	}
	var served atomic.Int64
	gate := alipayplus.NewGate(alipayplus.GateConfig{
		Directory: clients{"C-0": "A-0", "C-1": "A-1"}, Verifier: keys.NewPublished(keys.Directory(folder)), Signer: signer,
	}, func(_ context.Context, call alipayplus.Call) any {
		served.Add(1)
		var request alipayplus.PayRequest
		if err := alipayplus.Decode(call.Body, &request); err != nil || call.Path != alipayplus.PathPay {
			t.Errorf("%s: %v", call.Path, err)
		}
		kind := reason.None
		if strings.HasSuffix(request.PaymentRequestID, "-3") {
			kind = reason.InsufficientFunds
		}
		return alipayplus.PayAnswer{Answer: answered(kind), MppPaymentID: "T-0"}
	})
	control := http.NewServeMux()
	control.HandleFunc("GET /control/timings", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte{200, 0, 0, 0}) })
	hub, steer := httptest.NewServer(gate), httptest.NewServer(control)
	defer hub.Close()
	defer steer.Close()
	plan := Plan{
		Name: "B1", Hub: hub.Listener.Addr().String(), Control: steer.Listener.Addr().String(), Keys: folder, Library: library,
		HubKey: publicKey(t, folder, hubName), Connections: 4, Slice: 100 * time.Millisecond, Rate: 100, Duration: 300 * time.Millisecond,
		Acquirers: []PlanAcquirer{
			{ID: "A-0", ClientID: "C-0", Country: "JP", City: "Tokyo", Currency: "JPY"},
			{ID: "A-1", ClientID: "C-1", Country: "SG", City: "Singapore", Currency: "SGD"},
		},
	}
	for i := range 100 {
		plan.Payments = append(plan.Payments, PlanPayment{Acquirer: i % 2, Code: "250000020000000000000001", Amount: "1500"})
	}
	for _, rate := range []float64{100, 0} {
		plan.Rate = rate
		if rate == 0 {
			plan.Duration = time.Minute // or until there are no payments left
		}
		outcome := carryOut(t, plan)
		if c := outcome.Counts; c.Completed != c.Sent || c.Sent < 10 || c.Refused != 1 || outcome.FalseSignatures != 0 {
			t.Errorf("rate %.0f: %+v, %d false", rate, c, outcome.FalseSignatures)
		}
		if rate == 0 && outcome.Counts.Sent != 100 {
			t.Errorf("%d of 100 sent", outcome.Counts.Sent)
		}
		if outcome.Hub.Count != outcome.EndToEnd.Count || outcome.Hub.P50 >= outcome.EndToEnd.P50 {
			t.Errorf("hub %+v, end to end %+v", outcome.Hub, outcome.EndToEnd)
		}
	}
	plan.HubKey = publicKey(t, folder, "A-0")
	if outcome := carryOut(t, plan); outcome.FalseSignatures == 0 {
		t.Error("answers of another key are taken for genuine")
	}
}

// carryOut runs a generator on a plan.
func carryOut(t *testing.T, plan Plan) Outcome {
	t.Helper()
	path := filepath.Join(t.TempDir(), "plan")
	plan.Ready, plan.Result = path+".ready", path+".result"
	if err := writeFile(path, plan); err != nil {
		t.Fatal(err)
	}
	if err := RunLoad(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	var outcome Outcome
	var ready time.Time
	if err := readFile(plan.Ready, &ready); err != nil || ready.IsZero() {
		t.Fatal(ready, err)
	}
	if err := readFile(plan.Result, &outcome); err != nil {
		t.Fatal(err)
	}
	return outcome
}

func TestLoadWithoutAPlan(t *testing.T) {
	if err := RunLoad(t.Context(), filepath.Join(t.TempDir(), "plan")); err == nil {
		t.Error("no error")
	}
	path := filepath.Join(t.TempDir(), "plan")
	for name, plan := range map[string]Plan{
		"no key":     {Keys: t.TempDir(), Acquirers: []PlanAcquirer{{ID: "A-0"}}},
		"no library": {Library: "boringssl"},
	} {
		if err := writeFile(path, plan); err != nil {
			t.Fatal(err)
		}
		if err := RunLoad(t.Context(), path); err == nil {
			t.Errorf("%s: signed", name)
		}
	}
}

// TestPartners: wallets say what the payer's reference tells them to, acquirers
// confirm, and what a wallet took is on record.
func TestPartners(t *testing.T) {
	for _, library := range libraries() {
		t.Run(library, func(t *testing.T) { playPartners(t, library) })
	}
}

func playPartners(t *testing.T, library string) {
	folder := ring(t, keys.P256, hubName, "A-0", "W-0")
	var addresses [3]string
	for i := range addresses {
		var err error
		if addresses[i], err = ports.Address(); err != nil {
			t.Fatal(err)
		}
	}
	config := PartnersConfig{
		Keys: folder, Library: library, HubKey: publicKey(t, folder, hubName), Control: addresses[0],
		Partners: []PartnerSide{
			{ID: "A-0", Role: sandbox.RoleAcquirer, ClientID: "C-A", Listen: addresses[1]},
			{ID: "W-0", Role: sandbox.RoleWallet, ClientID: "C-W", Listen: addresses[2]},
		},
	}
	runPartners(t, config)
	signer, err := keys.Load(folder, hubName, 1)
	if err != nil {
		t.Fatal(err)
	}
	caller := alipayplus.NewCaller(alipayplus.CallerConfig{
		Signer: signer, Verifier: keys.NewPublished(keys.Directory(folder)), CallWithin: time.Minute,
	})
	defer caller.Close()
	call := func(owner, clientID, address, path, body string) (alipayplus.WalletAnswer, error) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if strings.Contains(body, `"s-1"`) { // which is never answered
			time.AfterFunc(300*time.Millisecond, cancel)
		}
		var answer alipayplus.WalletAnswer
		received, err := caller.Call(ctx, alipayplus.Peer{
			Owner: owner, ClientID: clientID, URL: "http://" + address + path,
		}, []byte(body))
		if err == nil {
			err = json.Unmarshal(received, &answer)
		}
		return answer, err
	}
	for _, test := range []struct{ path, body, status, code string }{
		{alipayplus.PathPay, `{"paymentMethod":{"customerId":"a-1"}}`, "S", "SUCCESS"},
		{alipayplus.PathPay, `{"paymentMethod":{"customerId":"d-1"}}`, "F", reason.InsufficientFunds.Codes().APS},
		{alipayplus.PathPay, `{"paymentMethod":{"customerId":"s-1"}}`, "", ""},
		{alipayplus.PathPay, `{}`, "F", reason.InvalidRequest.Codes().APS},
		{alipayplus.PathInquiryPayment, `{}`, "F", reason.NotFound.Codes().APS},
		{alipayplus.PathCancelPayment, `{}`, "S", "SUCCESS"},
		{alipayplus.PathPrepare, `{}`, "F", reason.UnknownInterface.Codes().APS},
	} {
		got, err := call("W-0", "C-W", addresses[2], test.path, test.body)
		if (err != nil) != (test.status == "") || got.Result.Status != test.status || got.Result.Code != test.code {
			t.Errorf("%s %s: %+v, %v", test.path, test.body, got, err)
		}
		if number, measured := timingOf(got.PaymentID); test.path == alipayplus.PathPay && test.code == "SUCCESS" && (!measured || number != 0) {
			t.Errorf("payment id %q", got.PaymentID)
		}
	}
	if got, err := call("A-0", "C-A", addresses[1], alipayplus.PathNotifyPayment, `{}`); err != nil || got.Result.Status != "S" {
		t.Errorf("notification: %+v, %v", got, err)
	}
	notified, err := fetchNotified(t.Context(), config.Control)
	if err != nil || notified != 1 {
		t.Errorf("%d notified, %v", notified, err)
	}
	spans, err := fetchTimings(t.Context(), config.Control)
	if err != nil || len(spans) != 1 || spans[0] == 0 {
		t.Errorf("%v, %v", spans, err)
	}
}

func runPartners(t *testing.T, config PartnersConfig) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "partners.json")
	if err := writeFile(path, config); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- RunPartners(ctx, path) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if _, err := ask(t.Context(), config.Control, "ready"); err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the partners do not come")
		}
	}
}

func TestPartnersThatCannotStart(t *testing.T) {
	folder := ring(t, keys.P256, hubName)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	good := PartnersConfig{Keys: folder, HubKey: publicKey(t, folder, hubName), Control: taken.Addr().String()}
	keyless := good
	keyless.Partners = []PartnerSide{{ID: "W-0", Role: sandbox.RoleWallet, Listen: "127.0.0.1:0"}}
	unsigned := good
	unsigned.Library = "boringssl"
	for name, config := range map[string]PartnersConfig{
		"a taken address": good, "no key": keyless, "no library": unsigned,
	} {
		path := filepath.Join(t.TempDir(), "partners.json")
		if err := writeFile(path, config); err != nil {
			t.Fatal(err)
		}
		if err := RunPartners(t.Context(), path); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := RunPartners(t.Context(), "/absent"); err == nil {
		t.Error("no configuration: no error")
	}
}

func TestTimingOf(t *testing.T) {
	for text, want := range map[string]int{"T-0": 0, "T-12": 12, "T--1": -1, "T-": -1, "W-3": -1, "": -1, "T-x": -1} {
		number, measured := timingOf(text)
		if measured != (want >= 0) || measured && number != want {
			t.Errorf("%q: %d, %v", text, number, measured)
		}
	}
}

func TestCast(t *testing.T) {
	for partners, want := range map[int][2]int{2: {1, 1}, 3: {1, 2}, 20: {10, 10}, 200: {100, 100}} {
		all := cast(partners)
		got := [2]int{len(ofRole(all, sandbox.RoleAcquirer)), len(ofRole(all, sandbox.RoleWallet))}
		ids, prefixes := map[string]bool{}, map[string]bool{}
		for _, p := range all {
			ids[p.ID] = true
			if p.Role == sandbox.RoleWallet {
				prefixes[p.Prefix] = len(p.Prefix) == 6
			}
		}
		if got != want || len(ids) != partners || len(prefixes) != want[1] {
			t.Errorf("%d partners: %v, %d ids, %d prefixes", partners, got, len(ids), len(prefixes))
		}
	}
	if got := acquirerID(3); cast(20)[3].ID != got {
		t.Error(got)
	}
}

func TestPlanSaysWhatItDoes(t *testing.T) {
	got := []string{
		Plan{Rate: 100, Duration: time.Second}.String(), Plan{Connections: 8, Duration: time.Second}.String(),
	}
	if diff := cmp.Diff([]string{"open loop, 100 a second for 1s", "closed loop, 8 at once for 1s"}, got); diff != "" {
		t.Error(diff)
	}
}
