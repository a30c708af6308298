package sandbox

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/clock"
)

// The tap changes nothing of what passes, and remembers it.
func TestTapRemembersBothSides(t *testing.T) {
	p := &partner{clock: clock.System{}}
	server := httptest.NewServer(p.tap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Signature") != "s" {
			t.Errorf("%v, %v", err, r.Header)
		}
		w.Header().Set("Answered", "yes")
		w.WriteHeader(http.StatusAccepted)
		for _, part := range [][]byte{[]byte("said: "), body} {
			if _, err := w.Write(part); err != nil {
				t.Error(err)
			}
		}
	})))
	defer server.Close()
	asked := "{\"a\": \"<é>\"}\r\n"
	request, err := http.NewRequest(http.MethodPost, server.URL+"/pay", strings.NewReader(asked))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Signature", "s")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusAccepted || response.Header.Get("Answered") != "yes" ||
		string(answer) != "said: "+asked {
		t.Errorf("answered %d %q, %v", response.StatusCode, answer, err)
	}
	seen := p.wire.list()
	if len(seen) != 1 || seen[0].Path != "/pay" || seen[0].Called || string(seen[0].Request) != asked ||
		!bytes.Equal(seen[0].Answer, answer) || seen[0].At.IsZero() {
		t.Errorf("remembered %+v", seen)
	}
}

// A body that is too large for the protocol still reaches the gate as that.
func TestTapLeavesTheSizeToTheGate(t *testing.T) {
	p, read := &partner{clock: clock.System{}}, 0
	handler := p.tap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		read = len(body)
	}))
	body := bytes.Repeat([]byte(" "), alipayplus.BodyMost+100)
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body)))
	if read <= alipayplus.BodyMost {
		t.Errorf("the gate reads %d bytes", read)
	}
}

// The oldest exchanges are forgotten.
func TestWireIsBounded(t *testing.T) {
	var w wire
	for i := range 3 * exchangesMost {
		w.note(Exchange{Path: fmt.Sprint(i)})
		if len(w.list()) > exchangesMost {
			t.Fatalf("remembers %d", len(w.list()))
		}
	}
	all := w.list()
	for i := range all {
		if want := fmt.Sprint(3*exchangesMost - len(all) + i); all[i].Path != want {
			t.Fatalf("exchange %d is %s, want %s", i, all[i].Path, want)
		}
	}
}
