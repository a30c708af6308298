package node_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/switch/node"
)

// certify makes a certificate for the loopback and a client that trusts it.
func certify(t *testing.T) (certificate, key string, client *http.Client) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := clock.System{}.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certificate, key = filepath.Join(dir, "hub.crt"), filepath.Join(dir, "hub.key")
	body := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if err := os.WriteFile(certificate, body, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}), 0o600); err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(body)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	t.Cleanup(transport.CloseIdleConnections)
	return certificate, key, &http.Client{Transport: transport, Timeout: time.Minute}
}

// TestPartnersOverTLS: the partners' listener speaks https, and answers a client
// that nobody knows in the protocol's own words, signed.
func TestPartnersOverTLS(t *testing.T) {
	config := whole(t)
	var client *http.Client
	config.Partners.Certificate, config.Partners.Key, client = certify(t)
	stop := run(t, config)
	ask := func(scheme string) (*http.Response, error) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
			scheme+"://"+config.Partners.Listen+alipayplus.PathPay, bytes.NewReader([]byte(`{}`)))
		if err != nil {
			return nil, err
		}
		request.Header.Set("Content-Type", "application/json; charset=UTF-8")
		request.Header.Set("Client-Id", "NOBODY")
		request.Header.Set("Request-Time", clock.System{}.Now().Format(time.RFC3339))
		request.Header.Set("Signature", "algorithm=RSA256,keyVersion=1,signature=AAAA")
		return client.Do(request)
	}
	var answer *http.Response
	eventually(t, "the hub serves https", func() (err error) { answer, err = ask("https"); return err })
	body, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil || answer.TLS == nil || answer.TLS.Version < tls.VersionTLS12 {
		t.Fatalf("%v, %+v", err, answer.TLS)
	}
	if !bytes.Contains(body, []byte(`"resultStatus":"F"`)) || answer.Header.Get("Signature") == "" {
		t.Errorf("%s %v: %s", answer.Status, answer.Header, body)
	}
	if plain, err := ask("http"); err == nil {
		_ = plain.Body.Close()
		if plain.StatusCode == http.StatusOK {
			t.Errorf("served without TLS: %s", plain.Status)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if _, err := ask("https"); err == nil {
		t.Error("still served after the end")
	}
}

func eventually(t *testing.T, what string, holds func() error) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		err := holds()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not within a minute: %s: %v", what, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// TestReadiness: a hub whose database goes away says so, lives on, and is ready
// again when the database is back.
func TestReadiness(t *testing.T) {
	config := whole(t)
	front := newFront(t, config.Database.URL)
	config.Database.URL = front.url
	stop := run(t, config)
	eventually(t, "ready at the start", status(t, config, "/readyz", http.StatusOK))
	for _, path := range []string{"//readyz", "/v1/../readyz", "/readyz/", "//v1/me"} {
		if err := status(t, config, path, http.StatusNotFound)(); err != nil {
			t.Error(err)
		}
	}
	front.set(false)
	eventually(t, "not ready without a database", status(t, config, "/readyz", http.StatusServiceUnavailable))
	if err := status(t, config, "/livez", http.StatusOK)(); err != nil {
		t.Error(err)
	}
	front.set(true)
	eventually(t, "ready with the database back", status(t, config, "/readyz", http.StatusOK))
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// status asks a hub's operator address and wants a status.
func status(t *testing.T, config node.Config, path string, want int) func() error {
	return func() error {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+config.Operators.Listen+path, http.NoBody)
		if err != nil {
			return err
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		_ = answer.Body.Close()
		if answer.StatusCode != want {
			return fmt.Errorf("%s: %s", path, answer.Status)
		}
		return nil
	}
}

// TestOneConnection: a hub gets by with a single connection to its database: nothing in it
// holds one while it waits for another.
func TestOneConnection(t *testing.T) {
	config := whole(t)
	config.Database.Connections = 1
	stop := run(t, config)
	eventually(t, "ready", status(t, config, "/readyz", http.StatusOK))
	if err := stop(); err != nil {
		t.Error(err)
	}
}
