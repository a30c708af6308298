package alipayplus_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/iso20022"
)

// published are the requests of the official SDKs, each as its source writes them: how it
// spells the headers, which time it sends, and how it writes the body.
func published(path string) map[string]struct{ at, lines, body string } {
	const compact = `{"paymentRequestId":"PR-1"}`
	at := now.Truncate(time.Second)
	return map[string]struct{ at, lines, body string }{
		"go": {fmt.Sprint(now.UnixNano()), "Content-Type: application/json\r\nContent-Type: application/json; charset=UTF-8\r\n" +
			"Key-Version: 1\r\nSignature: {sig}\r\nUser-Agent: Go-http-client/1.1\r\nAccept-Encoding: gzip\r\n", compact},
		"java": {fmt.Sprint(now.UnixMilli()), "Content-Type: application/json; charset=UTF-8\r\nSignature: {sig}\r\n" +
			"Accept: text/plain,text/xml,text/javascript,text/html\r\nUser-Agent: global-sdk-java\r\n",
			`{"clientId":"ignored","httpMethod":"POST","keyVersion":1,"path":"` + path + `","paymentRequestId":"PR-1"}`},
		"java, before it sent milliseconds": {at.Format("2006-01-02T15:04:05-0700"), "Signature: {sig}\r\n", compact},
		"python": {at.Format("2006-01-02T15:04:05-07:00"), "Content-type: application/json; charset=UTF-8\r\n" +
			"Accept: text/plain,text/xml,text/javascript,text/html\r\nCache-Control: no-cache\r\nSignature: {sig}\r\n",
			"{\n   \"paymentRequestId\": \"PR-1\"\n}"},
		"php": {at.In(time.FixedZone("", 9*60*60)).Format("2006-01-02T15:04:05-0700"),
			"Content-Type:application/json; charset=UTF-8\r\nagent-token:\r\nSignature:{sig}\r\nAccept: */*\r\n",
			`{"paymentRequestId":"PR-1","paymentId":null,"note":"caf\u00e9 \/ 1"}`},
		"php, a long body": {at.Format("2006-01-02T15:04:05-0700"), "Signature:{sig}\r\nExpect: 100-continue\r\n",
			`{"paymentRequestId":"PR-1","note":"` + strings.Repeat("x", 2000) + `"}`},
		"net": {now.Format("2006-01-02T15:04:05.0000000Z"), "signature: {sig}\r\nX-sdkVersion: ams-dotnet.20201113\r\n" +
			"Content-Type: application/json; charset=UTF-8\r\n", `{"Unknown":{"A":[1,true,null]},"paymentRequestId":"PR-1"}`},
	}
}

// heard is what an SDK takes out of an answer: the signature as it stands in the header,
// the client id and time that it verifies with.
type heard struct{ signature, clientID, at string }

// readers are how the official SDKs read the head of an answer, each after its source.
// What one of them does not find is empty.
var readers = map[string]func(head []string) heard{
	"go": func(head []string) heard { // net/http: names in any case
		named := names(head, strings.ToLower)
		return heard{behind(named["signature"], "signature="), named["client-id"], named["response-time"]}
	},
	"net": func(head []string) heard {
		named := names(head, strings.ToLower)
		return heard{behind(named["signature"], "signature="), acquirer.ClientID, named["response-time"]}
	},
	"python": func(head []string) heard { // names byte by byte
		named := names(head, strings.Clone)
		return heard{behind(named["signature"], "signature="), named["client-id"], named["response-time"]}
	},
	"java": func(head []string) heard { // the third part, which has one equals sign
		named := names(head, strings.ToLower)
		parts := strings.Split(named["signature"], ",")
		if len(parts) < 3 || strings.Count(parts[2], "=") != 1 {
			return heard{}
		}
		return heard{behind(parts[2], "="), acquirer.ClientID, named["response-time"]}
	},
	"php": func(head []string) (got heard) { // any line that has the words, in lower case
		for _, line := range head {
			switch {
			case strings.Contains(line, "response-time"):
				got.at = strings.TrimSpace(line[strings.Index(line, ":")+1:])
			case strings.Contains(line, "signature"):
				got.signature = line[strings.LastIndex(line, "=")+1:]
			}
		}
		got.clientID = acquirer.ClientID
		return got
	},
}

func names(head []string, spell func(string) string) map[string]string {
	named := map[string]string{}
	for _, line := range head[1:] {
		name, value, _ := strings.Cut(line, ": ")
		named[spell(name)] = value
	}
	return named
}

func behind(text, mark string) string {
	if _, rest, found := strings.Cut(text, mark); found {
		return rest
	}
	return ""
}

// genuine does what every SDK does with what it heard: unescape, decode, verify over
// method, path, client id, time and body.
func (h heard) genuine(t *testing.T, path, body string) bool {
	t.Helper()
	text, err := url.QueryUnescape(h.signature)
	if err != nil {
		return false
	}
	value, err := base64.StdEncoding.DecodeString(text)
	signed := []byte("POST " + path + "\n" + h.clientID + "." + h.at + "." + body)
	return err == nil && keysOf(t).verifier.Verify(context.Background(), hubName, 1, signed, value) == nil
}

// TestOfficialSDKs: what each official SDK sends is understood, and each finds in the
// answer what it needs to believe it: its signature, its time, and a result.
func TestOfficialSDKs(t *testing.T) {
	b := newBench(t)
	path := alipayplus.PathInquiryPayment
	for name, request := range published(path) {
		head, body := b.raw(t, sdk(t, path, path, request.at, request.lines, request.body))
		if head[0] != "HTTP/1.1 200 OK" || !strings.Contains(body, `"ORDER_NOT_EXIST"`) {
			t.Errorf("%s: %s %s", name, head[0], body)
			continue
		}
		for reader, read := range readers {
			if got := read(head); !got.genuine(t, path, body) {
				t.Errorf("%s, read by %s: %+v of %q", name, reader, got, head)
			}
		}
		if !strings.HasPrefix(body, `{"result":{"resultCode":`) || !strings.Contains(body, `"resultStatus":"F"`) {
			t.Errorf("%s: no result that an SDK knows in %s", name, body)
		}
	}
}

// TestOfficialSDKsReadNotifications: the tools of the SDKs for notifications take what
// stands behind "signature=" and verify it over the acquirer's own address.
func TestOfficialSDKsReadNotifications(t *testing.T) {
	for _, address := range []string{"/payNotify", "/payNotify?shop=7", "/"} {
		var got heard
		var signed, body string
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			text, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			header := r.Header.Get("Signature")
			if strings.Count(header, "signature=") != 1 || strings.Count(header, ",") != 2 || strings.Contains(header, " ") {
				t.Errorf("the header is %s", header)
			}
			got = heard{behind(header, "signature="), r.Header.Get("Client-Id"), r.Header.Get("Request-Time")}
			signed, body = r.URL.RequestURI(), string(text)
			reply(t, w, r, acquirer, `{"result":`+saidYes+`}`)
		}))
		to := acquirer
		to.Endpoint = server.URL
		payment := forwarded()
		payment.Status, payment.NotifyURL = iso20022.Completed, server.URL+address
		if answer := newClient(t, time.Second).Notify(t.Context(), to, payment); answer.Decision != connectors.Accepted {
			t.Errorf("%s: %+v", address, answer)
		}
		server.Close()
		if got.clientID != acquirer.ClientID || !got.genuine(t, signed, body) {
			t.Errorf("%s: %+v", address, got)
		}
	}
}
