package alipayplus_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/connectortest"
	"github.com/causeway-pay/causeway/internal/reason"
)

// raw sends bytes as they are and returns the answer's head and body.
func (b bench) raw(t *testing.T, request string) (head []string, body string) {
	t.Helper()
	conn, err := net.Dial("tcp", b.server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	reader := bufio.NewReader(conn)
	for {
		line, err := reader.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		interim := len(head) > 0 && strings.HasPrefix(head[0], "HTTP/1.1 100 ")
		if line == "\r\n" && !interim {
			break
		}
		if head = append(head, strings.TrimSpace(line)); line == "\r\n" {
			head = nil // the answer itself follows
		}
	}
	rest, _ := io.ReadAll(reader)
	return head, string(rest)
}

// sdk builds a request with the given target and header lines; {sig} becomes
// the signature.
func sdk(t *testing.T, target, signed, at, lines, body string) string {
	signature := sign(t, acquirer.ID, "POST", signed, acquirer.ClientID, at, []byte(body))
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: %d\r\nRequest-Time: %s\r\n"+
		"Client-Id: %s\r\n%s\r\n%s", target, len(body), at, acquirer.ClientID, strings.ReplaceAll(lines, "{sig}", signature), body)
}

func TestWhatPublishedSDKsSend(t *testing.T) {
	b := newBench(t)
	path, body := alipayplus.PathInquiryPayment, `{"paymentRequestId":"PR-1"}`
	millis := fmt.Sprint(now.UnixMilli())
	for name, request := range map[string]string{
		"two content types, epoch time": sdk(t, path, path, millis,
			"Content-Type: application/json\r\nContent-Type: application/json; charset=UTF-8\r\nsignature: {sig}\r\n", body),
		"absolute form, ISO time": sdk(t, "https://switch.example"+path, path, "2026-01-02T03:04:05.123456+00:00",
			"Signature: {sig}\r\nAgent-Token: \r\n", body),
		"pretty printed": sdk(t, path, path, millis, "Signature: {sig}\r\n", "{\n   \"paymentRequestId\": \"PR-1\"\n}"),
		"query signed":   sdk(t, path+"?a=b", path+"?a=b", millis, "Signature: {sig}\r\n", body),
		"query unsigned": sdk(t, path+"?a=b", path, millis, "Signature: {sig}\r\n", body),
		"no space in content type": sdk(t, path, path, millis,
			"Content-Type: application/json;charset=utf-8\r\nSignature: {sig}\r\n", body),
	} {
		head, answer := b.raw(t, request)
		if head[0] != "HTTP/1.1 200 OK" || !strings.Contains(answer, "ORDER_NOT_EXIST") {
			t.Errorf("%s: %s %s", name, head[0], answer)
		}
	}
}

// A published SDK finds the headers of an answer by their exact lower-case
// names, another takes the signature for absent unless it has three parts.
func TestAnswerHeadersAreExact(t *testing.T) {
	b := newBench(t)
	head, _ := b.raw(t, sdk(t, alipayplus.PathPay, alipayplus.PathPay, requestTime, "Signature: {sig}\r\n", `{}`))
	found := 0
	for _, line := range head {
		name, value, _ := strings.Cut(line, ": ")
		switch name {
		case "signature":
			found++
			if parts := strings.Split(value, ","); len(parts) != 3 || strings.ContainsAny(value, " +/") ||
				parts[0] != "algorithm=RSA256" || parts[1] != "keyVersion=1" || strings.Count(parts[2], "=") != 1 {
				t.Errorf("signature %s", value)
			}
		case "client-id":
			found++
			if value != acquirer.ClientID {
				t.Errorf("client id %s", value)
			}
		case "response-time":
			found++
		}
	}
	if found != 3 {
		t.Errorf("%d of 3 headers in %q", found, head)
	}
}

func TestEnvelopeRefusals(t *testing.T) {
	b := newBench(t)
	path, body := alipayplus.PathInquiryPayment, `{"paymentRequestId":"PR-1"}`
	for want, requests := range map[string][]string{
		"METHOD_NOT_SUPPORTED": {"GET " + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"},
		"MEDIA_TYPE_NOT_ACCEPTABLE": {
			sdk(t, path, path, requestTime, "Content-Type: text/xml\r\nSignature: {sig}\r\n", body),
			sdk(t, path, path, requestTime, "Content-Type: application/json; charset=utf-16\r\nSignature: {sig}\r\n", body),
			sdk(t, path, path, requestTime, "Content-Type: ;\r\nSignature: {sig}\r\n", body),
		},
		"INVALID_SIGNATURE": {
			sdk(t, path, path, requestTime, "", body),
			sdk(t, path, path, requestTime, "Signature: {sig}\r\nSignature: {sig}\r\n", body),
			sdk(t, path, "/aps/api/v1/payments/pay", requestTime, "Signature: {sig}\r\n", body),
			sdk(t, path, path, requestTime, "Signature: {sig}"+strings.Repeat("x", 5000)+"\r\n", body),
		},
		"INVALID_CLIENT": {sdk(t, path, path, requestTime, "Client-Id: other\r\nSignature: {sig}\r\n", body)},
		"PARAM_ILLEGAL": {
			sdk(t, path, path, "yesterday", "Signature: {sig}\r\n", body),
			sdk(t, path, path, requestTime, "Request-Time: "+requestTime+"\r\nSignature: {sig}\r\n", body),
			sdk(t, path, path, now.Add(6*time.Minute).Format(time.RFC3339), "Signature: {sig}\r\n", body),
			sdk(t, path, path, requestTime, "Signature: {sig}\r\n", `{"paymentRequestId":"a","paymentRequestId":"b"}`),
		},
	} {
		for i, request := range requests {
			head, answer := b.raw(t, request)
			if head[0] != "HTTP/1.1 200 OK" || !strings.Contains(answer, `"`+want+`"`) {
				t.Errorf("%s %d: %s %s", want, i, head[0], answer)
			}
		}
	}
}

// lastingHub notes whether its context was still good after the partner left.
type lastingHub struct {
	slowHub
	leave, left chan struct{}
	after       chan error
}

func (h lastingHub) Pay(ctx context.Context, _ connectors.Participant, _ connectors.Order) (connectors.Payment, error) {
	close(h.leave)
	<-h.left
	// The server notices a closed connection at once or within this time; a
	// context that were bound to it would have ended.
	select {
	case <-ctx.Done():
	case <-time.After(300 * time.Millisecond):
	}
	h.after <- ctx.Err()
	return connectors.Payment{}, reason.New(reason.Unknown, "hub", "")
}

// A payment that was begun is finished although the partner hung up.
func TestAPartnerThatHangsUpStopsNothing(t *testing.T) {
	hub := lastingHub{
		slowHub: slowHub{Hub: connectortest.NewHub()},
		leave:   make(chan struct{}), left: make(chan struct{}), after: make(chan error, 1),
	}
	server := serve(t, alipayplus.ServerConfig{Gate: gateConfig(t), Hub: hub})
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	request := sdk(
		t,
		alipayplus.PathPay,
		alipayplus.PathPay,
		requestTime,
		"Signature: {sig}\r\n",
		string(payBody("PR-1", 1500)),
	)
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	<-hub.leave
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	close(hub.left)
	if err := <-hub.after; err != nil {
		t.Errorf("the hub was stopped: %v", err)
	}
}

func TestOversizedBodiesAreNamed(t *testing.T) {
	b := newBench(t)
	for size, code := range map[int]string{alipayplus.BodyMost: "ORDER_NOT_EXIST", alipayplus.BodyMost + 1: "PARAM_ILLEGAL"} {
		body := `{"paymentRequestId":"PR-1"}`
		body += strings.Repeat(" ", size-len(body))
		expect(t, b.post(t, acquirer, alipayplus.PathInquiryPayment, body), map[string]any{"result.resultCode": code})
	}
}
