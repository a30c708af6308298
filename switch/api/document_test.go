package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/causeway-pay/causeway/switch/api"
)

func document(t *testing.T) *openapi3.T {
	t.Helper()
	data, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// checkedTransport checks every answer against the document: its status, its
// media type and its body.
type checkedTransport struct {
	t    *testing.T
	base http.RoundTripper
	doc  *openapi3.T
	mux  *http.ServeMux

	mu sync.Mutex
	// seen counts the answers by "GET /v1/me 200". Guarded by mu.
	seen map[string]int
}

func newCheckedTransport(t *testing.T, base http.RoundTripper) *checkedTransport {
	t.Helper()
	c := &checkedTransport{t: t, base: base, doc: document(t), mux: http.NewServeMux(), seen: map[string]int{}}
	for _, r := range api.Routes() {
		c.mux.Handle(r.Method+" "+r.Path, http.NotFoundHandler())
	}
	return c
}

// RoundTrip implements http.RoundTripper.
func (c *checkedTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := c.base.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if err := response.Body.Close(); err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	c.check(request, response, body)
	return response, nil
}

func (c *checkedTransport) check(request *http.Request, response *http.Response, body []byte) {
	c.t.Helper()
	_, pattern := c.mux.Handler(request)
	method, path, found := strings.Cut(pattern, " ")
	if !found { // the document does not say how unknown paths are answered
		c.checkBody(pattern, response, body, c.doc.Components.Responses["Failed"].Value)
		return
	}
	described := c.doc.Paths.Value(path).GetOperation(method).Responses
	where := pattern + " " + response.Status[:3]
	answer := described.Value(response.Status[:3])
	if answer == nil {
		answer = described.Default()
	}
	c.mu.Lock()
	c.seen[where]++
	c.mu.Unlock()
	c.checkBody(where, response, body, answer.Value)
}

func (c *checkedTransport) checkBody(where string, response *http.Response, body []byte, described *openapi3.Response) {
	c.t.Helper()
	if len(described.Content) == 0 {
		if len(body) > 0 {
			c.t.Errorf("%s: a body that is not in the document", where)
		}
		return
	}
	media, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	content := described.Content[media]
	if err != nil || content == nil {
		c.t.Errorf("%s: media type %q is not in the document", where, media)
		return
	}
	if content.Schema == nil {
		return
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		c.t.Errorf("%s: %v", where, err)
		return
	}
	if err := validate(c.doc, content.Schema.Value, value); err != nil {
		c.t.Errorf("%s: %v\n%s", where, err, body)
	}
}

// validate checks a value by JSON Schema 2020-12, which is what OpenAPI 3.1
// means by a schema.
func validate(doc *openapi3.T, schema *openapi3.Schema, value any) error {
	return doc.ValidateSchemaJSON(schema, value, openapi3.EnableJSONSchema2020(), openapi3.EnableFormatValidation(),
		openapi3.MultiErrors())
}

func TestDocumentIsValid(t *testing.T) {
	doc := document(t)
	if doc.OpenAPI != "3.1.0" {
		t.Errorf("version %s", doc.OpenAPI)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestDocumentMatchesRoutes holds the document and the handlers together, both
// ways, and with the same roles.
func TestDocumentMatchesRoutes(t *testing.T) {
	described := map[string][]string{}
	for path, item := range document(t).Paths.Map() {
		for method, operation := range item.Operations() {
			roles := []string{}
			if list, ok := operation.Extensions["x-roles"].([]any); ok {
				for _, role := range list {
					roles = append(roles, role.(string))
				}
			} else if operation.Security == nil || len(*operation.Security) != 0 {
				t.Errorf("%s %s has neither roles nor an empty security", method, path)
			}
			described[method+" "+path] = roles
		}
	}
	for _, r := range api.Routes() {
		key := r.Method + " " + r.Path
		roles, found := described[key]
		if !found {
			t.Errorf("%s is not in the document", key)
		}
		served := []string{}
		for _, role := range r.Roles {
			served = append(served, string(role))
		}
		if !slices.Equal(roles, served) {
			t.Errorf("%s: the document says %v, the server %v", key, roles, served)
		}
		delete(described, key)
	}
	for key := range described {
		t.Errorf("%s is in the document only", key)
	}
}

// TestSchemasRefuse makes sure that the checks of this file can fail.
func TestSchemasRefuse(t *testing.T) {
	doc := document(t)
	cases := map[string]struct {
		schema, value string
		fits          bool
	}{
		"amount":           {"Amount", `{"currency":"JPY","minor":"1500","decimal":"1500"}`, true},
		"number as amount": {"Amount", `{"currency":"JPY","minor":1500}`, false},
		"unknown name":     {"Amount", `{"currency":"JPY","minor":"1","major":"1"}`, false},
		"missing name":     {"Amount", `{"currency":"JPY"}`, false},
		"no id":            {"Closed", `{"window_id":"7"}`, false},
		"no time": {
			"Operator",
			`{"id":"00000000-0000-0000-0000-000000000000","name":"a","roles":[],"active":true,"created_at":"x"}`,
			false,
		},
		"no state":             {"Summary", `{"states":[{"state":"LOST","count":1}]}`, false},
		"null for a list":      {"Positions", `{"positions":null}`, false},
		"problem without code": {"Problem", `{"title":"a"}`, false},
	}
	for name, c := range cases {
		var value any
		if err := json.Unmarshal([]byte(c.value), &value); err != nil {
			t.Fatal(err)
		}
		err := validate(doc, doc.Components.Schemas[c.schema].Value, value)
		if (err == nil) != c.fits {
			t.Errorf("%s: %v", name, err)
		}
	}
}
