package alipayplus_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/connectortest"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/internal/telemetry"
	"github.com/causeway-pay/causeway/internal/throttle"
)

// TestAPartnerBeyondItsShareIsTold: in the protocol's words, signed, as an open
// outcome; further ones get a bare 503, and another partner notices nothing.
func TestAPartnerBeyondItsShareIsTold(t *testing.T) {
	hub, config := connectortest.NewHub(), gateConfig(t)
	config.Share = throttle.Limits{PerSecond: 1, Burst: 3, AtOnce: 100}
	b := bench{hub, serve(t, alipayplus.ServerConfig{Gate: config, Hub: hub})}
	counts := map[string]int{}
	for i := range 60 {
		response := b.do(t, acquirer, alipayplus.PathInquiryPayment, fmt.Sprintf(`{"paymentRequestId":"P-%d"}`, i))
		if response.StatusCode == http.StatusServiceUnavailable {
			counts["503"]++
			response.Body.Close()
			continue
		}
		answer := verified(t, response)
		counts[fmt.Sprint(at(answer, "result", "resultStatus"), " ", at(answer, "result", "resultCode"))]++
	}
	if counts["U REQUEST_TRAFFIC_EXCEED_LIMIT"] != 50 || counts["503"] != 7 || counts["F ORDER_NOT_EXIST"] != 3 {
		t.Errorf("%v", counts)
	}
	expect(t, b.post(t, wallet, alipayplus.PathGetPaymentCode, `{"customerId":"C"}`),
		map[string]any{"result.resultStatus": "S"})
}

// TestAPartnersOwnLimitsCount: what the directory says of a partner counts instead
// of the default.
func TestAPartnersOwnLimitsCount(t *testing.T) {
	hub, config := connectortest.NewHub(), gateConfig(t)
	limited := acquirer
	limited.Inbound = throttle.Limits{PerSecond: 1, Burst: 2}
	config.Directory = participants(limited, wallet)
	b := bench{hub, serve(t, alipayplus.ServerConfig{Gate: config, Hub: hub})}
	for i, want := range []string{"ORDER_NOT_EXIST", "ORDER_NOT_EXIST", "REQUEST_TRAFFIC_EXCEED_LIMIT"} {
		answer := b.post(t, limited, alipayplus.PathInquiryPayment, `{"paymentRequestId":"P"}`)
		if got := at(answer, "result", "resultCode"); got != want {
			t.Errorf("request %d: %v, want %s", i, got, want)
		}
	}
}

// TestAFullHubSaysSoBeforeItReads: what would start a payment is answered with the
// protocol's own code, signed, without a look at its signature; what finishes one, and
// what asks, goes through; a stranger learns nothing.
func TestAFullHubSaysSoBeforeItReads(t *testing.T) {
	var full atomic.Bool
	hub := connectortest.NewHub()
	b := bench{hub, serve(t, alipayplus.ServerConfig{Gate: gateConfig(t), Hub: hub, Full: full.Load})}
	const inquiry = `{"paymentRequestId":"P"}`
	codes := func() (list []any) {
		t.Helper()
		for _, c := range []struct {
			from connectors.Participant
			path string
		}{
			{acquirer, alipayplus.PathPay}, {acquirer, alipayplus.PathRefund}, {wallet, alipayplus.PathUserInitiatedPay},
			{acquirer, alipayplus.PathInquiryPayment}, {acquirer, alipayplus.PathCancelPayment},
		} {
			list = append(list, at(b.post(t, c.from, c.path, inquiry), "result", "resultCode"))
		}
		return list
	}
	free := codes()
	full.Store(true)
	busy := "REQUEST_TRAFFIC_EXCEED_LIMIT"
	if diff := cmp.Diff(append([]any{busy, busy, busy}, free[3:]...), codes()); diff != "" {
		t.Error(diff)
	}
	stranger := acquirer
	stranger.ClientID = "NOBODY"
	if got := at(b.post(t, stranger, alipayplus.PathPay, inquiry), "result", "resultCode"); got == busy {
		t.Errorf("a stranger is told %v", got)
	}
	full.Store(false)
	if diff := cmp.Diff(free, codes()); diff != "" {
		t.Error(diff)
	}
}

// TestAFullHubSignsASecondOnce: partners that ask again and again are told by one signature
// in each second for each of them and each path, and never by one of a second that is over.
func TestAFullHubSignsASecondOnce(t *testing.T) {
	config := gateConfig(t)
	signer, now := &countingSigner{Signer: config.Signer}, &clock.Fixed{At: config.Clock.Now()}
	config.Signer, config.Clock = signer, now
	b := bench{connectortest.NewHub(), serve(t, alipayplus.ServerConfig{
		Gate: config, Hub: connectortest.NewHub(), Full: func() bool { return true },
	})}
	ask := func() {
		t.Helper()
		for _, path := range []string{alipayplus.PathPay, alipayplus.PathRefund} {
			for _, from := range []connectors.Participant{acquirer, wallet} {
				response := b.do(t, from, path, `{}`)
				said, err := time.Parse(time.RFC3339, response.Header.Get("Response-Time"))
				if err != nil || now.At.Sub(said) < 0 || now.At.Sub(said) >= time.Second {
					t.Errorf("said at %s, it is %s (%v)", said, now.At, err)
				}
				expect(t, verified(t, response), map[string]any{"result.resultCode": "REQUEST_TRAFFIC_EXCEED_LIMIT"})
			}
		}
	}
	for second := range int64(3) {
		now.At = now.At.Truncate(time.Second).Add(400 * time.Millisecond)
		ask()
		now.At = now.At.Add(599 * time.Millisecond)
		ask()
		if got := signer.count.Load(); got != 4*(second+1) {
			t.Errorf("second %d: %d signatures", second, got)
		}
		now.At = now.At.Add(time.Millisecond)
	}
}

// TestAFullHubCounts: requests that find the hub full are counted, and measured no further,
// since that would cost a full hub more than the refusal; the others are.
func TestAFullHubCounts(t *testing.T) {
	measured, err := telemetry.Start(t.Context(), telemetry.Options{Service: "test", LogOutput: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = measured.Shutdown(t.Context()) }()
	var full atomic.Bool
	hub := connectortest.NewHub()
	b := bench{hub, serve(t, alipayplus.ServerConfig{Gate: gateConfig(t), Hub: hub, Full: full.Load})}
	for i := range 5 {
		full.Store(i < 3)
		b.post(t, acquirer, alipayplus.PathPay, `{}`)
	}
	series, err := measured.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var found, served float64
	for _, m := range series {
		switch m.Name {
		case "causeway.requests.full":
			found += m.Sum
		case "http.server.request.duration":
			served += float64(m.Count)
		}
	}
	if found != 3 || served != 2 {
		t.Errorf("%v found the hub full and %v were served, want 3 and 2", found, served)
	}
}

type countingSigner struct {
	keys.Signer
	count atomic.Int64
}

func (s *countingSigner) Sign(ctx context.Context, payload []byte) ([]byte, int, error) {
	s.count.Add(1)
	return s.Signer.Sign(ctx, payload)
}

// TestASilentPartnerHoldsItsOwnPlaces: calls to a partner that does not answer end
// at once when its places are taken, and another partner's calls go through.
func TestASilentPartnerHoldsItsOwnPlaces(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		entered <- struct{}{}
		<-release
	}))
	defer silent.Close()
	defer close(release)
	mute := wallet
	mute.ID, mute.Endpoint, mute.Outbound = "MUTE", silent.URL, throttle.Limits{AtOnce: 3}
	client := newClient(t, time.Minute)
	ctx, cancel := context.WithCancel(context.Background())
	answers := make(chan connectors.Answer, 3)
	for range cap(answers) {
		go func() { answers <- client.Pay(ctx, mute, walletPayment()) }()
		<-entered
	}
	for range 100 {
		answer := client.Pay(ctx, mute, walletPayment())
		if answer.Decision != connectors.Undecided || reason.Of(answer.Err) != reason.Busy {
			t.Fatalf("%v, %v", answer.Decision, answer.Err)
		}
	}
	p := newPartner(t, wallet, `{"result":`+saidYes+`}`, false)
	if client.Pay(ctx, p.as(wallet), walletPayment()); p.calls.Load() != 1 {
		t.Errorf("another partner was called %d times", p.calls.Load())
	}
	cancel()
	for range cap(answers) {
		<-answers
	}
}

// TestAStrangerWithoutABodyHoldsOneShare: requests whose bodies do not come hold places by
// the name that they claim, and whoever claims one partner's keeps no other from being served.
func TestAStrangerWithoutABodyHoldsOneShare(t *testing.T) {
	config := gateConfig(t)
	config.InFlight = 8
	hub := connectortest.NewHub()
	b := bench{hub, serve(t, alipayplus.ServerConfig{Gate: config, Hub: hub})}
	head := strings.TrimSuffix(
		sdk(t, alipayplus.PathPay, alipayplus.PathPay, requestTime, "Signature: {sig}\r\n", `{}`), `{}`)
	statuses := make(chan int, config.InFlight)
	for range config.InFlight {
		go func() { statuses <- statusOf(b.server, head) }()
	}
	for range config.InFlight * 3 / 4 {
		if got := <-statuses; got != http.StatusServiceUnavailable {
			t.Fatalf("a request beyond the share was answered %d", got)
		}
	}
	expect(t, b.post(t, wallet, alipayplus.PathGetPaymentCode, `{"customerId":"C"}`),
		map[string]any{"result.resultStatus": "S"})
	b.server.CloseClientConnections()
}

// TestAFloodOfStrangersIsNotSigned: a request that nobody vouches for uses up no partner's
// share, so that a partner could flood the hub as a stranger. Beyond some it costs no
// signature, and partners are served as before.
func TestAFloodOfStrangersIsNotSigned(t *testing.T) {
	config := gateConfig(t)
	signer := &countingSigner{Signer: config.Signer}
	config.Signer, config.Strangers = signer, throttle.Limits{PerSecond: 1, Burst: 3, AtOnce: 8}
	hub := connectortest.NewHub()
	b := bench{hub, serve(t, alipayplus.ServerConfig{Gate: config, Hub: hub})}
	forged, nobody := wallet, acquirer
	forged.ClientID, nobody.ClientID = acquirer.ClientID, "NOBODY"
	statuses := map[int]int{}
	for range 10 {
		for _, from := range []connectors.Participant{forged, nobody} {
			response := b.do(t, from, alipayplus.PathPay, `{}`)
			response.Body.Close()
			statuses[response.StatusCode]++
		}
	}
	if statuses[http.StatusOK] != 3 || statuses[http.StatusServiceUnavailable] != 17 || signer.count.Load() != 3 {
		t.Errorf("%v, %d signatures", statuses, signer.count.Load())
	}
	expect(t, b.post(t, wallet, alipayplus.PathGetPaymentCode, `{"customerId":"C"}`),
		map[string]any{"result.resultStatus": "S"})
}

// statusOf is what a request is answered, or 0 if it is not within some seconds.
func statusOf(server *httptest.Server, request string) int {
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		return 0
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	_, _ = io.WriteString(conn, request)
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	return response.StatusCode
}
