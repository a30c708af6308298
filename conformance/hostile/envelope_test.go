package hostile_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
)

// envelopes forges, ages and misdirects a payment that would succeed.
func (w *world) envelopes(t *testing.T) {
	order := w.fresh(t)
	body := order.text(t)
	set := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	signature := func(change func(string) string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Signature", change(r.Header.Get("Signature"))) }
	}
	add := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Add(name, or(value, r.Header.Get(name))) }
	}
	without := func(name string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Del(name) }
	}
	const start = "algorithm=RSA256,keyVersion=1,signature="
	const another = "SANDBOX_SG-MERLION"
	bad, aged := "INVALID_SIGNATURE", "PARAM_ILLEGAL"
	minutes := func(n time.Duration) time.Time { return time.Now().Add(n * time.Minute) }
	cases := []struct {
		name string
		code string
		envelope
	}{
		{"unknown partner", "INVALID_CLIENT", envelope{spoil: set("Client-Id", "NOBODY")}},
		{"no partner", "INVALID_CLIENT", envelope{spoil: without("Client-Id")}},
		{"two partners", "INVALID_CLIENT", envelope{spoil: add("Client-Id", another)}},
		{"participant id instead of client id", "INVALID_CLIENT", envelope{spoil: set("Client-Id", sakura)}},
		{"another partner's name", bad, envelope{spoil: set("Client-Id", another)}},
		{"another partner's key", bad, envelope{partner: merlion, spoil: set("Client-Id", "SANDBOX_JP-SAKURA")}},
		{"no signature", bad, envelope{spoil: without("Signature")}},
		{"empty signature", bad, envelope{spoil: set("Signature", start)}},
		{"signature twice", bad, envelope{spoil: add("Signature", "")}},
		{"part of the signature twice", bad, envelope{spoil: signature(func(s string) string {
			return s + ",keyVersion=1"
		})}},
		{"another algorithm", bad, envelope{spoil: signature(func(s string) string {
			return strings.Replace(s, "RSA256", "none", 1)
		})}},
		{"one bit of the signature", bad, envelope{spoil: signature(flip)}},
		{"a huge signature", bad, envelope{spoil: set("Signature", start+long(5000))}},
		{"another body", bad, envelope{signedBody: body + " "}},
		{"another path", bad, envelope{signedTarget: alipayplus.PathRefund}},
		{"another method", bad, envelope{signedMethod: http.MethodPut}},
		{"another time", bad, envelope{at: minutes(0), signedTime: minutes(-1)}},
		{"unknown key version", "KEY_NOT_FOUND", envelope{keyVersion: 7}},
		{"six minutes old", aged, envelope{at: minutes(-6)}},
		{"six minutes ahead", aged, envelope{at: minutes(6)}},
		{"a year old", aged, envelope{at: minutes(-365 * 24 * 60)}},
		{"no time", aged, envelope{spoil: without("Request-Time")}},
		{"time without offset", aged, envelope{spoil: set("Request-Time", minutes(0).Format("2006-01-02T15:04:05"))}},
		{"time in words", aged, envelope{spoil: set("Request-Time", "now")}},
		{"GET", "METHOD_NOT_SUPPORTED", envelope{method: http.MethodGet}},
		{"PUT", "METHOD_NOT_SUPPORTED", envelope{method: http.MethodPut}},
		{"DELETE", "METHOD_NOT_SUPPORTED", envelope{method: http.MethodDelete}},
		{"a method of its own", "METHOD_NOT_SUPPORTED", envelope{method: "PAY"}},
		{"text", "MEDIA_TYPE_NOT_ACCEPTABLE", envelope{spoil: set("Content-Type", "text/plain")}},
		{"form", "MEDIA_TYPE_NOT_ACCEPTABLE", envelope{spoil: set("Content-Type", "application/x-www-form-urlencoded")}},
		{"UTF-16", "MEDIA_TYPE_NOT_ACCEPTABLE", envelope{spoil: set("Content-Type", "application/json; charset=UTF-16")}},
		{"not a media type", "MEDIA_TYPE_NOT_ACCEPTABLE", envelope{spoil: set("Content-Type", ";;;")}},
		{"unknown path", "NO_INTERFACE_DEF", envelope{target: "/aps/api/v1/payments/steal"}},
		{"no path", "NO_INTERFACE_DEF", envelope{target: "/"}},
		{"path with dots", "NO_INTERFACE_DEF", envelope{target: "/aps/api/v1/payments/x/../pay"}},
		{"path with two slashes", "NO_INTERFACE_DEF", envelope{target: "/aps/api/v1/payments//pay"}},
		{"path in other case", "NO_INTERFACE_DEF", envelope{target: "/aps/api/v1/payments/PAY"}},
		{"path with a slash more", "NO_INTERFACE_DEF", envelope{target: alipayplus.PathPay + "/"}},
		{"operators' path", "NO_INTERFACE_DEF", envelope{target: "/v1/payments"}},
		{"health", "NO_INTERFACE_DEF", envelope{target: "/readyz"}},
		{"another's body", "PARAM_ILLEGAL", envelope{target: alipayplus.PathDeclare}},
		{"empty body", "PARAM_ILLEGAL", envelope{body: "\n"}},
		{"64 KiB and a byte", "PARAM_ILLEGAL", envelope{body: body + strings.Repeat(" ", 64<<10+1-len(body))}},
		{"a MiB", "PARAM_ILLEGAL", envelope{body: body + strings.Repeat(" ", 1<<20)}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			before := w.counts(t)
			c.envelope.partner = or(c.envelope.partner, sakura)
			c.envelope.path, c.envelope.body = alipayplus.PathPay, or(c.envelope.body, body)
			w.send(t, c.envelope).refused(t, c.code)
			w.untouched(t, before)
		})
	}
	t.Run("the same body, honest", func(t *testing.T) {
		if a := w.post(t, sakura, alipayplus.PathPay, body); a.result.Code != "SUCCESS" {
			t.Fatalf("the payment that was refused for its envelope alone: %s", a.body)
		}
	})
}

// flip changes one bit in the middle of a signature's value.
func flip(header string) string {
	text := []byte(header)
	for at := len(text) * 2 / 3; ; at++ {
		if c := text[at] ^ 1; c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			text[at] = c
			return string(text)
		}
	}
}

// connections break a request on its way.
func (w *world) connections(t *testing.T) {
	order := w.fresh(t)
	body := order.text(t)
	request := w.build(t, envelope{partner: sakura, path: alipayplus.PathPay, body: body})
	t.Run("body cut off", func(t *testing.T) {
		before := w.counts(t)
		conn := w.dial(t)
		w.write(t, conn, request, len(body), body[:len(body)/2])
		if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(bufio.NewReader(conn), request)
		if err != nil {
			t.Fatal(err)
		}
		w.read(t, request, response).refused(t, "PARAM_ILLEGAL")
		w.untouched(t, before)
	})
	t.Run("hung up in the body", func(t *testing.T) {
		before := w.counts(t)
		conn := w.dial(t)
		w.write(t, conn, request, len(body), body[:10])
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
		w.untouched(t, before)
	})
	t.Run("less than announced is not the message", func(t *testing.T) {
		before := w.counts(t)
		conn := w.dial(t)
		w.write(t, conn, request, len(body)-1, body)
		response, err := http.ReadResponse(bufio.NewReader(conn), request)
		if err != nil {
			t.Fatal(err)
		}
		w.read(t, request, response).refused(t, "INVALID_SIGNATURE")
		w.untouched(t, before)
	})
	t.Run("two lengths", func(t *testing.T) {
		before := w.counts(t)
		conn := w.dial(t)
		w.write(t, conn, request, len(body), "", "Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n")
		response, err := http.ReadResponse(bufio.NewReader(conn), request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusBadRequest {
			t.Errorf("HTTP status %d", response.StatusCode)
		}
		w.untouched(t, before)
	})
	t.Run("headers without end", func(t *testing.T) {
		conn := w.dial(t)
		w.write(t, conn, request, len(body), "", "X-Long: "+long(64<<10)+"\r\n")
		response, err := http.ReadResponse(bufio.NewReader(conn), request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("HTTP status %d", response.StatusCode)
		}
	})
}

func (w *world) dial(t *testing.T) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.stage.PartnersURL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	return conn
}

// write sends a request by hand, with a length that need not be true.
func (w *world) write(t *testing.T, conn net.Conn, request *http.Request, length int, body string, more ...string) {
	t.Helper()
	var text strings.Builder
	text.WriteString("POST " + alipayplus.PathPay + " HTTP/1.1\r\nHost: hub\r\n")
	text.WriteString("Content-Length: " + strconv.Itoa(length) + "\r\n")
	for name, values := range request.Header {
		text.WriteString(name + ": " + values[0] + "\r\n")
	}
	text.WriteString(strings.Join(more, "") + "\r\n" + body)
	if _, err := io.WriteString(conn, text.String()); err != nil {
		t.Fatal(err)
	}
}
