package hostile_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/switch/node"
)

const (
	sakura  = "JP-SAKURA"
	merlion = "SG-MERLION"
	harbour = "HK-HARBOUR"
	luzon   = "PH-LUZON"
)

// caller talks to the hub with the partners' keys and its own envelope, so that
// every byte can be wrong.
type caller struct {
	stage   *stage.Stage
	client  *http.Client
	signers map[string]*keys.FileSigner
	hub     *keys.FileSigner
}

func newCaller(t *testing.T, s *stage.Stage) *caller {
	t.Helper()
	c := &caller{
		stage: s, signers: map[string]*keys.FileSigner{},
		client: &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 32}},
	}
	t.Cleanup(c.client.CloseIdleConnections)
	for _, p := range stage.Cast() {
		c.signers[p.ID] = load(t, s, p.ID)
	}
	c.hub = load(t, s, node.HubOwner)
	return c
}

func load(t *testing.T, s *stage.Stage, owner string) *keys.FileSigner {
	t.Helper()
	signer, err := keys.Load(s.Keys(), owner, -1)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

// envelope is a request. What is empty is as an honest partner would have it.
type envelope struct {
	// partner is who signs.
	partner string
	path    string
	body    string
	// method and target are sent; signedMethod, signedTarget and signedBody go
	// into the signature if they differ.
	method, target                         string
	signedMethod, signedTarget, signedBody string
	// signedTime is in the signature if it differs from the header.
	at, signedTime time.Time
	// keyVersion is 1 unless set.
	keyVersion int
	// spoil changes the finished request.
	spoil func(*http.Request)
}

// or returns the first text unless it is empty.
func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// build makes the request.
func (c *caller) build(t *testing.T, e envelope) *http.Request {
	t.Helper()
	if e.at.IsZero() {
		e.at = time.Now()
	}
	if e.signedTime.IsZero() {
		e.signedTime = e.at
	}
	method, target := or(e.method, http.MethodPost), or(e.target, e.path)
	address, err := url.Parse(c.stage.PartnersURL() + target)
	if err != nil {
		t.Fatal(err)
	}
	signed := alipayplus.SigningString(or(e.signedMethod, method), or(e.signedTarget, address.EscapedPath()),
		stage.ClientID(e.partner), e.signedTime.UTC().Format(time.RFC3339), []byte(or(e.signedBody, e.body)))
	value, version, err := c.signers[e.partner].Sign(t.Context(), signed)
	if err != nil {
		t.Fatal(err)
	}
	if e.keyVersion != 0 {
		version = e.keyVersion
	}
	request, err := http.NewRequestWithContext(t.Context(), method, address.String(), strings.NewReader(e.body))
	if err != nil {
		t.Fatal(err)
	}
	request.URL = address
	request.Header.Set("Client-Id", stage.ClientID(e.partner))
	request.Header.Set("Request-Time", e.at.UTC().Format(time.RFC3339))
	request.Header.Set("Content-Type", "application/json; charset=UTF-8")
	request.Header.Set("Signature", alipayplus.FormatSignature(alipayplus.Signature{KeyVersion: version, Value: value}))
	if e.spoil != nil {
		e.spoil(request)
	}
	return request
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
	result alipayplus.Result
}

// send sends a request and checks what every answer must be: HTTP 200, and
// signed by the hub over the client id that was sent.
func (c *caller) send(t *testing.T, e envelope) answer {
	t.Helper()
	request := c.build(t, e)
	response, err := c.client.Do(request)
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	return c.read(t, request, response)
}

func (c *caller) read(t *testing.T, request *http.Request, response *http.Response) answer {
	t.Helper()
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	a := answer{status: response.StatusCode, header: response.Header, body: body}
	if a.status != http.StatusOK {
		t.Fatalf("HTTP status %d: %s", a.status, body)
	}
	c.confirm(t, request, a)
	var decoded alipayplus.Answer
	if err := json.Unmarshal(body, &decoded); err != nil {
		t.Fatalf("answer is not JSON: %v", err)
	}
	a.result = decoded.Result
	return a
}

// confirm checks the signature of an answer with the hub's public key.
func (c *caller) confirm(t *testing.T, request *http.Request, a answer) {
	t.Helper()
	public, err := c.hub.Public()
	if err != nil {
		t.Fatal(err)
	}
	verifier := keys.NewPublished(keys.Table(map[string]map[int]string{node.HubOwner: public}))
	signature, err := alipayplus.ParseSignature(a.header.Get("signature"))
	if err != nil {
		t.Fatalf("answer's signature: %v", err)
	}
	clientID := request.Header.Get("Client-Id")
	if len(request.Header.Values("Client-Id")) != 1 {
		clientID = ""
	}
	if got := a.header.Get("client-id"); got != clientID {
		t.Fatalf("answer for client %q, want %q", got, clientID)
	}
	signed := alipayplus.SigningString(request.Method, request.URL.RequestURI(), clientID,
		a.header.Get("response-time"), a.body)
	err = verifier.Verify(t.Context(), node.HubOwner, signature.KeyVersion, signed, signature.Value)
	if err != nil {
		t.Fatalf("answer is not genuine: %v: %s", err, a.body)
	}
}

// refused checks an answer's code and that it is F.
func (a answer) refused(t *testing.T, code string) {
	t.Helper()
	if a.result.Code != code || a.result.Status != "F" {
		t.Fatalf("answered %s %s, want F %s: %s", a.result.Status, a.result.Code, code, a.body)
	}
}

// post makes an honest call.
func (c *caller) post(t *testing.T, partner, path, body string) answer {
	t.Helper()
	return c.send(t, envelope{partner: partner, path: path, body: body})
}

// message is a body that can be edited.
type message map[string]any

// at returns the object at a path of names.
func (m message) at(names ...string) message {
	for _, name := range names {
		m = m[name].(map[string]any)
	}
	return m
}

func (m message) text(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	if err := json.NewEncoder(&out).Encode(m); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(out.String())
}

// parse reads a body that a test wrote itself.
func parse(t *testing.T, body string) message {
	t.Helper()
	var m message
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		t.Fatal(err)
	}
	return m
}
