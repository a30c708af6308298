package alipayplus_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/clock"
)

// certificate is what a wallet shows, by an authority that the switch believes or, without
// one, by itself.
func certificate(t *testing.T, authority *tls.Certificate, name string, until time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: until.Add(-48 * time.Hour),
		NotAfter: until, IsCA: authority == nil, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature,
	}
	if ip := net.ParseIP(name); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{name}
	}
	parent, signer := template, any(key)
	if authority != nil {
		parent, signer = authority.Leaf, authority.PrivateKey
	} else {
		template.KeyUsage |= x509.KeyUsageCertSign
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// TestAWalletWhoseCertificateDoesNotFitIsNotTold: nothing of a payment goes to a server
// that cannot show that it is the wallet's, or speaks a TLS that is broken.
func TestAWalletWhoseCertificateDoesNotFitIsNotTold(t *testing.T) {
	tomorrow, here := time.Now().Add(24*time.Hour), "127.0.0.1"
	authority := certificate(t, nil, "authority", tomorrow)
	roots := x509.NewCertPool()
	roots.AddCert(authority.Leaf)
	client := alipayplus.NewClient(alipayplus.ClientConfig{Caller: alipayplus.CallerConfig{
		Signer: keysOf(t).signers[hubName], Verifier: keysOf(t).verifier, Clock: &clock.Fixed{At: now},
		Transport: alipayplus.TransportConfig{TLS: &tls.Config{RootCAs: roots}},
	}})
	defer client.Close()
	for name, c := range map[string]struct {
		shown   tls.Certificate
		version uint16
		calls   int64
	}{
		"good":         {certificate(t, &authority, here, tomorrow), tls.VersionTLS13, 1},
		"TLS 1.2":      {certificate(t, &authority, here, tomorrow), tls.VersionTLS12, 1},
		"TLS 1.1":      {certificate(t, &authority, here, tomorrow), tls.VersionTLS11, 0},
		"expired":      {certificate(t, &authority, here, time.Now().Add(-time.Hour)), tls.VersionTLS13, 0},
		"not yet":      {certificate(t, &authority, here, tomorrow.Add(48*time.Hour)), tls.VersionTLS13, 0},
		"another name": {certificate(t, &authority, "wallet.example", tomorrow), tls.VersionTLS13, 0},
		"by itself":    {certificate(t, nil, here, tomorrow), tls.VersionTLS13, 0},
	} {
		p := newPartner(t, wallet, `{"result":`+saidYes+`}`, false)
		secure := httptest.NewUnstartedServer(p.server.Config.Handler)
		secure.TLS = &tls.Config{
			Certificates: []tls.Certificate{c.shown}, MinVersion: tls.VersionTLS10, MaxVersion: c.version,
		}
		secure.Config.ErrorLog = log.New(io.Discard, "", 0)
		secure.StartTLS()
		to := wallet
		to.Endpoint = secure.URL
		answer := client.Pay(context.Background(), to, walletPayment())
		if p.calls.Load() != c.calls || c.calls == 0 && answer.Decision != connectors.Undecided {
			t.Errorf("%s: %d calls, %v, %v", name, p.calls.Load(), answer.Decision, answer.Err)
		}
		client.Close()
		secure.Close()
	}
}

// endless is a wallet that answers and does not stop.
type endless struct {
	listener net.Listener
	sent     chan int
}

// newEndless sends a beginning once to each who calls, then a part again and again.
func newEndless(t *testing.T, beginning, part string) endless {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e := endless{listener, make(chan int, 1)}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		sent, _ := io.WriteString(conn, beginning)
		for {
			count, err := io.WriteString(conn, part)
			if sent += count; err != nil {
				e.sent <- sent
				return
			}
		}
	}()
	return e
}

// TestAnAnswerWithoutEndIsCutOff: what a wallet makes the switch read is bounded in every
// part of an answer. The bound here leaves room for what both machines buffer.
func TestAnAnswerWithoutEndIsCutOff(t *testing.T) {
	const most = 6 << 20
	chunk := "10000\r\n" + strings.Repeat("x", 1<<16) + "\r\n"
	long := "X-Long: " + strings.Repeat("x", 1<<10) + "\r\n"
	for name, parts := range map[string][2]string{
		"headers":        {"HTTP/1.1 200 OK\r\n", long},
		"a header":       {"HTTP/1.1 200 OK\r\nX-Long: ", long[:1<<10]},
		"a status":       {"HTTP/1.1 200 ", strings.Repeat("x", 1<<10)},
		"early hints":    {"", "HTTP/1.1 103 Early Hints\r\n" + long + "\r\n"},
		"body":           {"HTTP/1.1 200 OK\r\n\r\n", chunk},
		"chunks":         {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", chunk},
		"an extension":   {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", strings.Repeat("x", 1<<10)},
		"trailers":       {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", long},
		"a redirect":     {"HTTP/1.1 307 X\r\nLocation: /\r\n\r\n", chunk},
		"not found":      {"HTTP/1.1 404 X\r\n\r\n", chunk},
		"no HTTP at all": {"", chunk},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEndless(t, parts[0], parts[1])
			to := wallet
			to.Endpoint = "http://" + e.listener.Addr().String()
			client := newClient(t, time.Minute)
			answer := client.Pay(context.Background(), to, walletPayment())
			client.Close()
			if sent := <-e.sent; answer.Decision != connectors.Undecided || sent > most {
				t.Errorf("%v after %d bytes, %v", answer.Decision, sent, answer.Err)
			}
		})
	}
}

// TestErrorsDoNotQuoteAnswers: what a partner writes where HTTP belongs can be anything, of
// a payer or for the log. Errors say what went wrong in words of ours.
func TestErrorsDoNotQuoteAnswers(t *testing.T) {
	const secret = "MEI_EXAMPLE"
	for name, beginning := range map[string]string{
		"no HTTP":             secret + "\r\n\r\n",
		"a version":           "HTTP/" + secret + " 200 OK\r\n\r\n",
		"a status":            "HTTP/1.1 " + secret + "\r\n\r\n",
		"a header":            "HTTP/1.1 200 OK\r\n" + secret + "\r\n\r\n",
		"a length":            "HTTP/1.1 200 OK\r\nContent-Length: " + secret + "\r\n\r\n",
		"an encoding":         "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + secret + "\r\n\r\n",
		"a place":             "HTTP/1.1 302 X\r\nLocation: http://" + secret + ":x/%\r\nContent-Length: 0\r\n\r\n",
		"a chunk":             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + secret + "\r\n",
		"a trailer":           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + secret + "\r\n\r\n",
		"the envelope's time": "HTTP/1.1 200 OK\r\nResponse-Time: " + secret + "\r\nContent-Length: 0\r\n\r\n",
		"a signature":         "HTTP/1.1 200 OK\r\nSignature: " + secret + "\r\nContent-Length: 0\r\n\r\n",
		"another client":      "HTTP/1.1 200 OK\r\nClient-Id: " + secret + "\r\nContent-Length: 0\r\n\r\n",
	} {
		e := newEndless(t, beginning, strings.Repeat(" ", 1<<10))
		to := wallet
		to.Endpoint = "http://" + e.listener.Addr().String()
		client := newClient(t, time.Minute)
		answer := client.Pay(context.Background(), to, walletPayment())
		client.Close()
		if answer.Err == nil || strings.Contains(answer.Err.Error(), secret) || answer.Decision != connectors.Undecided {
			t.Errorf("%s: %v, %v", name, answer.Decision, answer.Err)
		}
	}
}
