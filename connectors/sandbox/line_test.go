package sandbox_test

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/reason"
)

// line is one partner and a switch that only passes messages: what the test says is
// signed and sent to the partner, and what the partner says is verified and kept.
type line struct {
	*sandbox.Control
	t       *testing.T
	partner *sandbox.Sandbox
	id      string
	caller  *alipayplus.Caller

	mu sync.Mutex
	// answer is what the switch says to everything; heard what the partner said.
	answer any
	heard  []alipayplus.Call
}

func newLine(t *testing.T, role string, customers ...sandbox.Customer) *line {
	t.Helper()
	signer, err := keys.LoadOrGenerate(keyDirectory, "switch")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{t: t, id: "HK-WALLET", answer: alipayplus.Answer{Result: alipayplus.ResultOf(reason.None)}}
	if role == sandbox.RoleAcquirer {
		l.id = "JP-ACQ"
	}
	verifier := keys.NewPublished(keys.Table(map[string]map[int]string{l.id: public(t, l.id)}))
	known := &miniHub{partners: map[string]connectors.Participant{l.id: {ID: l.id, ClientID: "SANDBOX_" + l.id}}}
	server := httptest.NewServer(alipayplus.NewGate(
		alipayplus.GateConfig{Directory: known, Verifier: verifier, Signer: signer}, l.hear))
	t.Cleanup(server.Close)
	l.caller = alipayplus.NewCaller(alipayplus.CallerConfig{Signer: signer, Verifier: verifier, CallWithin: time.Minute})
	t.Cleanup(l.caller.Close)
	l.partner = start(t, sandbox.Config{
		Role: role, Participant: l.id, ClientID: "SANDBOX_" + l.id, HubURL: server.URL, Listen: "127.0.0.1:0",
		Control: "127.0.0.1:0", KeyDirectory: keyDirectory, HubKey: public(t, "switch")[1], Currency: "HKD",
		Customers: customers,
	})
	l.Control = l.partner.Control()
	return l
}

func (l *line) hear(_ context.Context, call alipayplus.Call) any {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard = append(l.heard, call)
	return l.answer
}

// says changes what the switch answers.
func (l *line) says(answer any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answer = answer
}

// told decodes what the partner has said under a path, in its order.
func told[T any](l *line, path string) (list []T) {
	l.t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, call := range l.heard {
		var message T
		if call.Path != path {
			continue
		}
		if err := json.Unmarshal(call.Body, &message); err != nil {
			l.t.Fatal(err)
		}
		list = append(list, message)
	}
	return list
}

// send sends a message of the protocol, and returns the genuine answer.
func send[T any](l *line, path, message string) T {
	l.t.Helper()
	answer, err := sending[T](l, time.Minute, path, message)
	if err != nil {
		l.t.Fatalf("%s: %v", path, err)
	}
	return answer
}

// sending waits so long for the answer.
func sending[T any](l *line, within time.Duration, path, message string) (answer T, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	peer := alipayplus.Peer{Owner: l.id, ClientID: "SANDBOX_" + l.id, URL: l.partner.URL() + path}
	body, err := l.caller.Call(ctx, peer, []byte(message))
	if err != nil {
		return answer, err
	}
	return answer, json.Unmarshal(body, &answer)
}

// result is the code with which a message is answered.
func (l *line) result(path, message string) string {
	l.t.Helper()
	return send[alipayplus.Answer](l, path, message).Result.Code
}

// spend is a pay of HKD 75.00, by what names the payer.
func spend(requestID, method string) string {
	return `{"paymentRequestId":"` + requestID + `","order":{},"paymentFactor":{},
		"paymentAmount":{"currency":"JPY","value":"1500"},"payToAmount":{"currency":"HKD","value":"7500"},
		"paymentMethod":{"paymentMethodType":"CONNECT_WALLET"` + method + `}}`
}

func (l *line) balances() (list []int64) {
	l.t.Helper()
	for _, customer := range must[[]sandbox.Customer](l.t)(l.Customers(ctx)) {
		list = append(list, customer.Balance)
	}
	return list
}

// What the switch tells about disputes and merchants is confirmed and kept as it came;
// a path that is none of the protocol's is refused and keeps nothing.
func TestNoticesAreKept(t *testing.T) {
	for _, role := range []string{sandbox.RoleWallet, sandbox.RoleAcquirer} {
		l := newLine(t, role)
		dispute := `{"disputeRequestId": "D-1",  "x": 1}`
		for path, message := range map[string]string{
			alipayplus.PathInitiateRetrieval:  dispute,
			alipayplus.PathRegistrationNotice: `{"registrationRequestId":"R-1"}`,
		} {
			if got := l.result(path, message); got != "SUCCESS" {
				t.Errorf("%s is told %s: %s", role, path, got)
			}
		}
		kept := must[[]sandbox.Told](t)(l.Told(ctx))
		if len(kept) != 2 || kept[0].At.IsZero() || !slices.ContainsFunc(kept, func(one sandbox.Told) bool {
			return one.Path == alipayplus.PathInitiateRetrieval && strings.Contains(string(one.Message), `"D-1"`)
		}) {
			t.Errorf("%s has kept %+v", role, kept)
		}
		want := "NO_INTERFACE_DEF"
		if role == sandbox.RoleAcquirer {
			want = "PARAM_ILLEGAL" // it takes notifications of payments anywhere, and this is none
		}
		if got := l.result("/aps/api/v1/nothing", `{}`); got != want {
			t.Errorf("%s is told what does not exist: %s", role, got)
		}
		if kept := must[[]sandbox.Told](t)(l.Told(ctx)); len(kept) != 2 {
			t.Errorf("%s has kept %d", role, len(kept))
		}
	}
}

// A partner sends what it is given, and what the switch answers is shown as it is.
func TestCallsAreSentAsTheyAre(t *testing.T) {
	l := newLine(t, sandbox.RoleAcquirer)
	order := sandbox.CallOrder{Path: alipayplus.PathRegistration, Message: json.RawMessage(`{"b":1,"a":"é"}`)}
	answer := must[sandbox.CallAnswer](t)(l.Call(ctx, order))
	if answer.Result.Code != "SUCCESS" || !strings.Contains(string(answer.Body), `"resultStatus":"S"`) {
		t.Errorf("%+v", answer)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.heard) != 1 || l.heard[0].Path != order.Path || string(l.heard[0].Body) != string(order.Message) {
		t.Errorf("the switch heard %+v", l.heard)
	}
	order.Path = "evil.example/" + order.Path
	if _, err := l.Call(ctx, order); err == nil || len(l.heard) != 1 {
		t.Errorf("a path without its slash: %v", err)
	}
}

// A rate, and whose a code is, are asked for in the words of the protocol.
func TestWalletsAsk(t *testing.T) {
	l := newLine(t, sandbox.RoleWallet)
	must[alipayplus.RateAnswer](t)(l.Rate(ctx, sandbox.RateOrder{Buy: "JPY"}))
	must[alipayplus.RateAnswer](t)(l.Rate(ctx, sandbox.RateOrder{Buy: "JPY", Acquirer: "JP-ACQ", Amount: "1500"}))
	asked := told[alipayplus.RateRequest](l, alipayplus.PathExchangeRate)
	if len(asked) != 2 || asked[0].PaymentAmount != nil || asked[0].SellCurrency != "HKD" ||
		asked[0].BuyCurrency != "JPY" || asked[1].AcquirerID != "JP-ACQ" ||
		*asked[1].PaymentAmount != (alipayplus.Amount{Currency: "JPY", Value: "1500"}) {
		t.Errorf("%+v", asked)
	}
	must[alipayplus.IdentifyAnswer](t)(l.Identify(ctx, sandbox.IdentifyOrder{CodeValue: "HTTPS://X"}))
	if codes := told[alipayplus.IdentifyRequest](l, alipayplus.PathIdentifyCode); len(codes) != 1 ||
		codes[0].CodeValue != "HTTPS://X" {
		t.Errorf("%+v", codes)
	}
	acquirer := newLine(t, sandbox.RoleAcquirer)
	must[sandbox.ConsultOutcome](t)(acquirer.Consult(ctx, sandbox.ConsultOrder{
		Amount: "0", Currency: "JPY", AllowedRegions: []string{"HK"},
	}))
	consulted := told[alipayplus.ConsultRequest](acquirer, alipayplus.PathConsultPayment)
	if len(consulted) != 1 || consulted[0].PaymentAmount.Value != "0" ||
		!slices.Equal(consulted[0].AllowedPspRegions, []string{"HK"}) {
		t.Errorf("%+v", consulted)
	}
}
