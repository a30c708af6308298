package client_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/switch/api/client"
)

// operation is what the document says of one operation: the names in its query.
type operation struct{ parameters []string }

// documented returns the operations of the document by "GET /v1/me".
func documented(t *testing.T) map[string]operation {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	type parameter struct {
		Ref  string `json:"$ref"`
		Name string `json:"name"`
		In   string `json:"in"`
	}
	var doc struct {
		Paths      map[string]map[string]json.RawMessage `json:"paths"`
		Components struct {
			Parameters map[string]parameter `json:"parameters"`
		} `json:"components"`
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	all := map[string]operation{}
	for path, members := range doc.Paths {
		for method, body := range members {
			var said struct {
				Parameters []parameter `json:"parameters"`
			}
			if method != "get" && method != "post" {
				continue
			}
			if err := json.Unmarshal(body, &said); err != nil {
				t.Fatal(err)
			}
			var o operation
			for _, p := range said.Parameters {
				if p.Ref != "" {
					p = doc.Components.Parameters[p.Ref[strings.LastIndexByte(p.Ref, '/')+1:]]
				}
				if p.In == "query" {
					o.parameters = append(o.parameters, p.Name)
				}
			}
			all[strings.ToUpper(method)+" "+path] = o
		}
	}
	return all
}

// fill makes something of a value: every text is "x", every number 2, every list of one.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Int, reflect.Int64:
		v.SetInt(2)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i))
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Interface:
		v.Set(reflect.ValueOf(struct{}{}))
	default:
	}
}

// TestEveryOperation: each method of a client makes one call, which the document has, with
// the names in its query that the document has; and of each documented operation there is
// a method.
func TestEveryOperation(t *testing.T) {
	operations, mux := documented(t), http.NewServeMux()
	for pattern := range operations {
		mux.Handle(pattern, http.NotFoundHandler())
	}
	var asked []*http.Request
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		asked = append(asked, r)
		_, _ = w.Write([]byte("{}"))
	}))
	defer server.Close()
	hub := reflect.ValueOf(&client.Client{BaseURL: server.URL, Token: token})
	called := map[string]bool{}
	for i := range hub.NumMethod() {
		method := hub.Method(i)
		name := hub.Type().Method(i).Name
		arguments := []reflect.Value{reflect.ValueOf(t.Context())}
		for n := 1; n < method.Type().NumIn(); n++ {
			argument := reflect.New(method.Type().In(n)).Elem()
			fill(argument)
			arguments = append(arguments, argument)
		}
		if method.Type().In(0) != reflect.TypeFor[context.Context]() {
			t.Fatalf("%s takes no context", name)
		}
		asked = nil
		results := method.Call(arguments)
		if err, _ := results[len(results)-1].Interface().(error); err != nil || len(asked) != 1 {
			t.Errorf("%s: %d calls, %v", name, len(asked), err)
			continue
		}
		if response, ok := results[0].Interface().(*http.Response); ok {
			_ = response.Body.Close()
		}
		_, pattern := mux.Handler(asked[0])
		called[pattern] = true
		for parameter := range asked[0].URL.Query() {
			if !slices.Contains(operations[pattern].parameters, parameter) {
				t.Errorf("%s: %s has no parameter %q but %q", name, pattern, parameter, operations[pattern].parameters)
			}
		}
		if pattern == "" {
			t.Errorf("%s: the document has no %s %s", name, asked[0].Method, asked[0].URL)
		}
	}
	for pattern := range operations {
		if !called[pattern] {
			t.Errorf("no method calls %s", pattern)
		}
	}
}

// TestLimitsOfAnswers: an answer of exactly the limit is read, and one that breaks off is
// none, whatever stood in it.
func TestLimitsOfAnswers(t *testing.T) {
	const most = 16 << 20
	c, _ := answering(t, 200, "application/json", `{"name":"tessa"}`+strings.Repeat(" ", most-len(`{"name":"tessa"}`)))
	if me, err := c.Me(t.Context()); err != nil || me.Name != "tessa" {
		t.Errorf("%+v, %v", me, err)
	}
	for what, serve := range map[string]http.HandlerFunc{
		"cut by length": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte(`{"name":"tessa"}`))
		},
		"cut by pieces": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"name":"tessa"}`))
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		},
		"a problem that is cut": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.WriteHeader(http.StatusConflict)
			_, _ = w.Write([]byte(`{"reason":"Closed"}`))
		},
		"nothing": func(http.ResponseWriter, *http.Request) {},
	} {
		server := httptest.NewServer(serve)
		me, err := (&client.Client{BaseURL: server.URL, Token: token}).Me(t.Context())
		if err == nil || me.Name != "" || client.ReasonOf(err) != "" || !strings.Contains(err.Error(), "GET /v1/me: ") {
			t.Errorf("%s: %+v, %v", what, me, err)
		}
		server.Close()
	}
	done, _ := answering(t, 204, "", "")
	if err := done.Replay(t.Context(), [16]byte{1}); err != nil {
		t.Errorf("nothing where nothing is to be said: %v", err)
	}
}

// TestRedirectsAreNotFollowed: the token goes where it was meant to go and nowhere else.
func TestRedirectsAreNotFollowed(t *testing.T) {
	reached := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer elsewhere.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, status))
		c := &client.Client{BaseURL: server.URL + "/", Token: token}
		if _, err := c.Me(t.Context()); err == nil {
			t.Errorf("GET, %d: followed", status)
		}
		if _, err := c.CloseWindow(t.Context()); err == nil {
			t.Errorf("POST, %d: followed", status)
		}
		server.Close()
	}
	if reached {
		t.Error("somebody else was called")
	}
}

// TestGivenUp: a call ends with its context.
func TestGivenUp(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (&client.Client{BaseURL: server.URL}).Me(ctx); err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("got %v", err)
	}
}
