package alipayplus_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/connectortest"
	"github.com/causeway-pay/causeway/internal/throttle"
)

// bitChanges is how many changes are tried: CAUSEWAY_TEST_BIT_CHANGES, or some thousands.
func bitChanges(t *testing.T) int {
	t.Helper()
	text := os.Getenv("CAUSEWAY_TEST_BIT_CHANGES")
	if text == "" {
		return 4_000
	}
	count, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return count
}

// wireRequest is a request in the parts that a signature protects.
type wireRequest struct{ target, client, at, signature, body []byte }

func (r wireRequest) parts() map[string][]byte {
	return map[string][]byte{
		"path": r.target, "Client-Id": r.client, "Request-Time": r.at, "Signature": r.signature, "body": r.body,
	}
}

func (r wireRequest) bytes() []byte {
	return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: switch.example\r\nClient-Id: %s\r\nRequest-Time: %s\r\nSignature: %s\r\n"+
		"Content-Type: application/json; charset=UTF-8\r\nContent-Length: %d\r\n\r\n%s",
		r.target, r.client, r.at, r.signature, len(r.body), r.body)
}

// line is a connection on which requests are sent as bytes.
type line struct {
	t       *testing.T
	address string
	conn    net.Conn
	reader  *bufio.Reader
}

// ask returns the result code of the answer, or the HTTP status where the request was
// none.
func (l *line) ask(request []byte) string {
	l.t.Helper()
	if l.conn == nil {
		conn, err := net.Dial("tcp", l.address)
		if err != nil {
			l.t.Fatal(err)
		}
		l.conn, l.reader = conn, bufio.NewReader(conn)
	}
	if err := l.conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		l.t.Fatal(err)
	}
	if _, err := l.conn.Write(request); err != nil {
		l.t.Fatal(err)
	}
	response, err := http.ReadResponse(l.reader, nil)
	if err != nil {
		l.t.Fatalf("%q: %v", request, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	if response.Close || response.StatusCode != http.StatusOK {
		_ = l.conn.Close()
		l.conn = nil
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Sprint("HTTP ", response.StatusCode)
	}
	var answer alipayplus.Answer
	if err := json.Unmarshal(body, &answer); err != nil {
		l.t.Fatalf("%q: %v", body, err)
	}
	return answer.Result.Code
}

// spelledOnly reports whether a header says the same signature: clients write the
// digits of %2B, and the name of the algorithm, in either case.
func spelledOnly(header []byte, said alipayplus.Signature) bool {
	same, err := alipayplus.ParseSignature(string(header))
	return err == nil && same.KeyVersion == said.KeyVersion && bytes.Equal(same.Value, said.Value)
}

// TestNoChangedBitIsAccepted: a request of which one bit is changed, in path, headers,
// signature or body, never reaches the hub. The unchanged one does.
func TestNoChangedBitIsAccepted(t *testing.T) {
	hub, config := connectortest.NewHub(), gateConfig(t)
	from := acquirer
	from.Inbound = throttle.Limits{PerSecond: 1_000_000, Burst: 1_000_000, AtOnce: 100}
	config.Directory, config.Strangers = participants(from, stranger, wallet), from.Inbound
	server := serve(t, alipayplus.ServerConfig{Gate: config, Hub: hub, PublicURL: "https://switch.example"})
	address, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	body := payBody("PR-BITS", 1500)
	honest := wireRequest{
		[]byte(alipayplus.PathPay), []byte(from.ClientID), []byte(requestTime),
		[]byte(sign(t, from.ID, "POST", alipayplus.PathPay, from.ClientID, requestTime, body)), body,
	}
	l := &line{t: t, address: address.Host}
	if code := l.ask(honest.bytes()); len(hub.Calls()) != 1 {
		t.Fatalf("the honest request is answered %s", code)
	}
	said, err := alipayplus.ParseSignature(string(honest.signature))
	if err != nil {
		t.Fatal(err)
	}
	spellings := 0
	refusals, random := map[string]int{}, rand.New(rand.NewPCG(20261125, 4))
	parts := honest.parts()
	names := []string{"path", "Client-Id", "Request-Time", "Signature", "body"}
	for range bitChanges(t) {
		name := names[random.IntN(len(names))]
		place, bit := random.IntN(len(parts[name])), byte(1)<<random.IntN(8)
		parts[name][place] ^= bit
		if spelledOnly(honest.signature, said) && name == "Signature" {
			parts[name][place] ^= bit
			spellings++
			continue
		}
		code := l.ask(honest.bytes())
		if len(hub.Calls()) != 1 {
			t.Fatalf("bit %08b of byte %d of the %s: answered %s\n%s", bit, place, name, code, honest.bytes())
		}
		parts[name][place] ^= bit
		refusals[name+" "+code]++
	}
	t.Logf("%v, %d other spellings of the same signature", refusals, spellings)
	for _, name := range names[1:] {
		if name != "Client-Id" && refusals[name+" INVALID_SIGNATURE"] == 0 {
			t.Errorf("no change of the %s came as far as the signature", name)
		}
	}
	for refusal := range refusals {
		if strings.HasSuffix(refusal, "SUCCESS") || strings.HasSuffix(refusal, "REQUEST_TRAFFIC_EXCEED_LIMIT") {
			t.Errorf("%s", refusal)
		}
	}
	if code := l.ask(honest.bytes()); len(hub.Calls()) != 2 {
		t.Errorf("the honest request, again: %s", code)
	}
}
