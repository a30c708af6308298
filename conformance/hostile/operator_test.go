package hostile_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/internal/ids"
)

// operators tries every endpoint of the operators with what a participant has.
func (w *world) operators(t *testing.T) {
	response, err := w.client.Get(w.stage.OperatorsURL() + "/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var document struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.NewDecoder(response.Body).Decode(&document); err != nil {
		t.Fatal(err)
	}
	if len(document.Paths) < 10 {
		t.Fatalf("the document has %d paths", len(document.Paths))
	}
	credentials := map[string]func(*http.Request){
		"none":           func(*http.Request) {},
		"client id":      func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+stage.ClientID(sakura)) },
		"basic":          func(r *http.Request) { r.SetBasicAuth(stage.ClientID(sakura), "secret") },
		"a made-up one":  func(r *http.Request) { r.Header.Set("Authorization", "Bearer cwo_"+strings.Repeat("A", 43)) },
		"the signature":  func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+r.Header.Get("Signature")) },
		"a name of ours": func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+w.stage.Operators()[0]) },
		"empty":          func(r *http.Request) { r.Header.Set("Authorization", "Bearer ") },
	}
	before := w.counts(t)
	tried := 0
	for path, methods := range document.Paths {
		for method := range methods {
			if path == "/openapi.json" || method == "parameters" {
				continue
			}
			target := strings.NewReplacer("{id}", ids.New().String(), "{number}", "1").Replace(path)
			for name, present := range credentials {
				tried++
				w.stranger(t, strings.ToUpper(method), target, name, present)
			}
		}
	}
	w.untouched(t, before)
	t.Logf("%d requests of strangers were refused", tried)
}

// stranger sends a signed request of a participant to the operators' listener.
func (w *world) stranger(t *testing.T, method, target, name string, present func(*http.Request)) {
	t.Helper()
	request := w.build(t, envelope{partner: sakura, method: method, target: target, body: "{}"})
	request.URL.Host = strings.TrimPrefix(w.stage.OperatorsURL(), "http://")
	request.Host = request.URL.Host
	present(request)
	response, err := w.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusUnauthorized {
		t.Errorf("%s %s with %s: HTTP status %d: %s", method, target, name, response.StatusCode, body)
	}
}
