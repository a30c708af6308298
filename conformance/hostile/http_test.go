package hostile_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
)

// inquiry asks for a payment that is not there, by one of the many ways to write a request.
type inquiry struct {
	// target is in the request line, signed in the signature unless it is empty.
	target, signed string
	// proto is HTTP/1.1 unless set.
	proto string
	// lines are more headers; length leaves out Content-Length.
	lines    string
	noLength bool
	// body is sent after the headers; signedBody is what it means.
	body, signedBody string
}

const asked = `{"paymentRequestId":"NEVER"}`

// written makes the bytes.
func (w *world) written(t *testing.T, i inquiry) ([]byte, *http.Request) {
	t.Helper()
	i.body = or(i.body, asked)
	request := w.build(t, envelope{
		partner: sakura, path: alipayplus.PathInquiryPayment, body: or(i.signedBody, i.body),
		signedTarget: or(i.signed, or(i.target, alipayplus.PathInquiryPayment)),
	})
	var text bytes.Buffer
	fmt.Fprintf(&text, "POST %s %s\r\nHost: hub\r\n", or(i.target, alipayplus.PathInquiryPayment), or(i.proto, "HTTP/1.1"))
	for name, values := range request.Header {
		fmt.Fprintf(&text, "%s: %s\r\n", name, values[0])
	}
	if !i.noLength {
		fmt.Fprintf(&text, "Content-Length: %d\r\n", len(i.body))
	}
	fmt.Fprintf(&text, "%s\r\n%s", i.lines, i.body)
	return text.Bytes(), request
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	if _, err := writer.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}

// dialects writes the same request in the ways that HTTP has, good and bad. What is signed
// is the bytes of the body and the target as it was sent, and nothing is read twice.
func (w *world) dialects(t *testing.T) {
	const path = alipayplus.PathInquiryPayment
	chunked := "Transfer-Encoding: chunked\r\n"
	chunks := fmt.Sprintf("1\r\n{\r\n%x\r\n%s\r\n0\r\n\r\n", len(asked)-1, asked[1:])
	found, forged, illegal, nowhere := "ORDER_NOT_EXIST", "INVALID_SIGNATURE", "PARAM_ILLEGAL", "NO_INTERFACE_DEF"
	for _, c := range []struct {
		name, code string
		inquiry
	}{
		{"plain", found, inquiry{}},
		{"HTTP/1.0", found, inquiry{proto: "HTTP/1.0"}},
		{"asking to go on", found, inquiry{lines: "Expect: 100-continue\r\n"}},
		{"in chunks", found, inquiry{lines: chunked, noLength: true, body: chunks, signedBody: asked}},
		{"the signature after the body", forged, inquiry{
			lines: chunked + "Signature: algorithm=RSA256\r\nTrailer: Signature\r\n", noLength: true,
			body: strings.TrimSuffix(chunks, "\r\n") + "Signature: x\r\n\r\n", signedBody: asked}},
		{"chunks that are none", illegal, inquiry{lines: chunked, noLength: true, body: "x\r\n", signedBody: asked}},
		{"chunks without end", illegal, inquiry{lines: chunked, noLength: true, signedBody: asked,
			body: strings.Repeat("1000\r\n"+strings.Repeat(" ", 0x1000)+"\r\n", 17)}},
		{"packed", illegal, inquiry{lines: "Content-Encoding: gzip\r\n", body: gzipped(t, asked)}},
		{"packed, signed unpacked", forged, inquiry{
			lines: "Content-Encoding: gzip\r\n", body: gzipped(t, asked), signedBody: asked}},
		{"with a mark of its byte order", illegal, inquiry{body: "\ufeff" + asked}},
		{"UTF-16", illegal, inquiry{body: "{\x00}\x00"}},
		{"two values", illegal, inquiry{body: asked + asked}},
		{"something after it", illegal, inquiry{body: asked + ".2026"}},
		{"white space that was not signed", forged, inquiry{body: asked + " ", signedBody: asked}},
		{"a line end that was not signed", forged, inquiry{body: asked + "\r\n", signedBody: asked}},
		{"a letter as an escape", forged, inquiry{body: strings.Replace(asked, "NEVER", `\u004eEVER`, 1), signedBody: asked}},
		{"no length", forged, inquiry{noLength: true}},
		{"a target with its host", found, inquiry{target: "http://hub" + path, signed: path}},
		{"a target of another host", found, inquiry{target: "http://other.example:99" + path, signed: path}},
		{"a query that was signed", found, inquiry{target: path + "?a=%2e"}},
		{"a path of escapes", found, inquiry{target: strings.Replace(path, "inquiry", "%69nquiry", 1)}},
		{"a path of escapes, signed plain", forged, inquiry{
			target: strings.Replace(path, "inquiry", "%69nquiry", 1), signed: path}},
		{"an escaped slash", nowhere, inquiry{target: strings.Replace(path, "s/i", "s%2F%2Fi", 1)}},
		{"dots as escapes", nowhere, inquiry{target: "/aps/api/v1/x/%2e%2e/payments/inquiryPayment"}},
		{"a NUL behind", nowhere, inquiry{target: path + "%00"}},
		{"a parameter of the path", nowhere, inquiry{target: path + ";v=1"}},
		{"a long path", nowhere, inquiry{target: path + "/" + long(8<<10)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, conn := w.counts(t), w.dial(t)
			bytes, request := w.written(t, c.inquiry)
			if _, err := conn.Write(bytes); err != nil {
				t.Fatal(err)
			}
			// What follows is not waited for.
			if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
				t.Fatal(err)
			}
			reader := bufio.NewReader(conn)
			response, err := http.ReadResponse(reader, request)
			if err == nil && response.StatusCode == http.StatusContinue {
				response, err = http.ReadResponse(reader, request)
			}
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(c.target, "/") {
				if request.URL, err = url.Parse("http://hub" + c.target); err != nil {
					t.Fatal(err)
				}
			}
			w.read(t, request, response).refused(t, c.code)
			w.untouched(t, before)
		})
	}
}
