package sandbox_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/keys"
)

// envelope is a request as it is signed, and as it is sent.
type envelope struct {
	method, path, clientID, at, media string
	body                              string
	signer                            string
	version                           int
	// spoil changes the request after it was signed.
	spoil func(*http.Request)
}

// deliver signs an envelope, sends it, and returns the code of the answer, which is
// genuine whatever was wrong with the request.
func (l *line) deliver(e envelope) string {
	l.t.Helper()
	signer, err := keys.LoadOrGenerate(keyDirectory, e.signer)
	if err != nil {
		l.t.Fatal(err)
	}
	signed := alipayplus.SigningString(e.method, e.path, e.clientID, e.at, []byte(e.body))
	value, version, err := signer.Sign(ctx, signed)
	if err != nil {
		l.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(ctx, e.method, l.partner.URL()+e.path, strings.NewReader(e.body))
	if err != nil {
		l.t.Fatal(err)
	}
	request.Header.Set("Client-Id", e.clientID)
	request.Header.Set("Request-Time", e.at)
	request.Header.Set("Content-Type", e.media)
	request.Header.Set("Signature", alipayplus.FormatSignature(
		alipayplus.Signature{KeyVersion: version + e.version, Value: value}))
	if e.spoil != nil {
		e.spoil(request)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		l.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	var answer alipayplus.Answer
	if err := json.Unmarshal(body, &answer); err != nil {
		l.t.Fatalf("%s: %s", response.Status, body)
	}
	if response.Header.Get("signature") == "" {
		l.t.Errorf("%s is not signed", body)
	}
	return answer.Result.Code
}

// What is not exactly what the switch has signed moves nothing, and is answered by the
// reason; what the switch has signed is done, once for all its repetitions.
func TestWrongEnvelopesMoveNothing(t *testing.T) {
	l := newLine(t, sandbox.RoleWallet, mei)
	good := func() envelope {
		return envelope{
			method: http.MethodPost, path: alipayplus.PathPay, clientID: "SANDBOX_HK-WALLET",
			at: time.Now().UTC().Format(time.RFC3339), media: "application/json; charset=UTF-8",
			body: spend("P-1", `,"customerId":"C-1"`), signer: "switch",
		}
	}
	with := func(body string) func(*http.Request) {
		return func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		}
	}
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	changed := func(change func(r *http.Request)) func(*envelope) {
		return func(e *envelope) { e.spoil = change }
	}
	at := func(from time.Duration) func(*envelope) {
		return func(e *envelope) { e.at = time.Now().UTC().Add(from).Format(time.RFC3339) }
	}
	inAMinute := time.Now().UTC().Add(time.Minute).Format(time.RFC3339)
	const forged, illegal = "INVALID_SIGNATURE", "PARAM_ILLEGAL"
	for name, c := range map[string]struct {
		spoil func(*envelope)
		want  string
	}{
		"another's key":        {func(e *envelope) { e.signer = "HK-WALLET" }, forged},
		"another key version":  {func(e *envelope) { e.version = 1 }, "KEY_NOT_FOUND"},
		"amount changed":       {func(e *envelope) { e.spoil = with(strings.Replace(e.body, "7500", "0001", 1)) }, forged},
		"space added":          {func(e *envelope) { e.spoil = with(e.body + " ") }, forged},
		"body cut":             {func(e *envelope) { e.spoil = with(e.body[:len(e.body)-1]) }, forged},
		"no body":              {func(e *envelope) { e.spoil = with("") }, forged},
		"another path":         {changed(func(r *http.Request) { r.URL.Path = alipayplus.PathRefund }), forged},
		"another time":         {changed(header("Request-Time", inAMinute)), forged},
		"no signature":         {changed(func(r *http.Request) { r.Header.Del("Signature") }), forged},
		"signature of nothing": {changed(header("Signature", "algorithm=RSA256,keyVersion=1,signature=")), forged},
		"another algorithm": {changed(func(r *http.Request) {
			r.Header.Set("Signature", strings.Replace(r.Header.Get("Signature"), "RSA256", "RSA512", 1))
		}), forged},
		"two signatures": {changed(func(r *http.Request) {
			r.Header.Add("Signature", r.Header.Get("Signature"))
		}), forged},
		"another client":  {func(e *envelope) { e.clientID = "SANDBOX_JP-ACQ" }, "INVALID_CLIENT"},
		"no client":       {changed(func(r *http.Request) { r.Header.Del("Client-Id") }), "INVALID_CLIENT"},
		"ten minutes ago": {at(-10 * time.Minute), illegal},
		"ten minutes on":  {at(10 * time.Minute), illegal},
		"no time":         {func(e *envelope) { e.at = "" }, illegal},
		"a GET":           {func(e *envelope) { e.method = http.MethodGet }, "METHOD_NOT_SUPPORTED"},
		"a form":          {func(e *envelope) { e.media = "application/x-www-form-urlencoded" }, "MEDIA_TYPE_NOT_ACCEPTABLE"},
		"too large":       {func(e *envelope) { e.body += strings.Repeat(" ", alipayplus.BodyMost+1-len(e.body)) }, illegal},
		"no JSON":         {func(e *envelope) { e.body = e.body[:len(e.body)-1] }, illegal},
	} {
		e := good()
		c.spoil(&e)
		if got := l.deliver(e); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if moved := must[[]sandbox.Movement](t)(l.Movements(ctx)); len(moved) != 0 {
		t.Errorf("moved %+v", moved)
	}
	largest := good()
	largest.body += strings.Repeat(" ", alipayplus.BodyMost-len(largest.body))
	for range 3 {
		if got := l.deliver(largest); got != "SUCCESS" {
			t.Errorf("the largest body: %s", got)
		}
	}
	if difference := cmp.Diff([]int64{92_500}, l.balances()); difference != "" {
		t.Error(difference)
	}
}

// What the wallet answered is on its record byte for byte, wrong requests among them.
func TestTheRecordHasWhatWasRefused(t *testing.T) {
	l := newLine(t, sandbox.RoleWallet, mei)
	l.result(alipayplus.PathInquiryPayment, `{"paymentRequestId":"P-9"}`)
	l.deliver(envelope{
		method: http.MethodPost, path: alipayplus.PathPay, clientID: "SANDBOX_HK-WALLET", body: "{}", signer: "HK-WALLET",
		at: time.Now().UTC().Format(time.RFC3339), media: "application/json",
	})
	all := must[[]sandbox.Exchange](t)(l.Wire(ctx))
	if len(all) != 2 || !bytes.Contains(all[0].Answer, []byte("ORDER_NOT_EXIST")) ||
		!bytes.Contains(all[1].Answer, []byte("INVALID_SIGNATURE")) || string(all[1].Request) != "{}" {
		t.Errorf("%+v", all)
	}
}
