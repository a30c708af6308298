package connectortest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"testing"
	"time"
)

// Header is one header line; the order and spelling of lines are kept.
type Header struct{ Name, Value string }

// Request is a request as bytes, so that nothing repairs what the suite broke.
type Request struct {
	Method, Target string
	Headers        []Header
	Body           []byte
	// Length is the Content-Length if it shall not be that of the body.
	Length int
}

// Get returns the value of a header line.
func (r Request) Get(name string) string {
	for _, header := range r.Headers {
		if header.Name == name {
			return header.Value
		}
	}
	return ""
}

// With returns the request with a header line changed.
func (r Request) With(name, value string) Request {
	r.Headers = slices.Clone(r.Headers)
	for i := range r.Headers {
		if r.Headers[i].Name == name {
			r.Headers[i].Value = value
		}
	}
	return r
}

func (r Request) wire(host string) []byte {
	length := len(r.Body)
	if r.Length > 0 {
		length = r.Length
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n", r.Method, r.Target, host, length)
	for _, header := range r.Headers {
		fmt.Fprintf(&out, "%s: %s\r\n", header.Name, header.Value)
	}
	out.WriteString("\r\n")
	out.Write(r.Body)
	return out.Bytes()
}

// answerWithin is more than any connector takes; it ends a suite that hangs.
const answerWithin = 30 * time.Second

// line is one connection to a server.
type line struct {
	host   string
	conn   net.Conn
	reader *bufio.Reader
}

func dial(t *testing.T, host string) *line {
	t.Helper()
	conn, err := net.DialTimeout("tcp", host, answerWithin)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &line{host, conn, bufio.NewReader(conn)}
}

// send writes a request and reads the answer; a nil answer means that the
// server closed the connection instead.
func (l *line) send(request Request) (*http.Response, []byte) {
	timer := time.AfterFunc(answerWithin, func() { l.conn.Close() })
	defer timer.Stop()
	if _, err := l.conn.Write(request.wire(l.host)); err != nil {
		return nil, nil
	}
	if request.Length > len(request.Body) {
		if half, ok := l.conn.(*net.TCPConn); ok {
			_ = half.CloseWrite() // what was promised never comes
		}
	}
	response, err := http.ReadResponse(l.reader, &http.Request{Method: request.Method})
	if err != nil {
		return nil, nil
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, nil
	}
	return response, body
}

// exchange sends one request on a connection of its own.
func exchange(t *testing.T, protocol Protocol, host string, request Request) Outcome {
	t.Helper()
	response, body := dial(t, host).send(request)
	if response == nil {
		return Outcome{}
	}
	return protocol.Read(t, request, response, body)
}
