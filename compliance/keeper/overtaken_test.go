package keeper_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/compliance/keeper"
	"github.com/causeway-pay/causeway/compliance/lists"
)

// meddling is an authority whose answer is on its way while something else happens.
type meddling struct {
	*authority
	meanwhile func()
}

func (m *meddling) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	body := m.body
	m.requests++
	m.mu.Unlock()
	if m.meanwhile != nil {
		m.meanwhile()
	}
	_, _ = w.Write(body)
}

// meddled are two hubs with one list: the second hub gets it from an authority that can
// be meddled with.
func meddled(t *testing.T) (w *world, slow *meddling, first, second *keeper.Keeper) {
	t.Helper()
	w = newWorld(t)
	slow = &meddling{authority: w.authority}
	server := httptest.NewServer(slow)
	t.Cleanup(server.Close)
	w.set(csv("Viktor Blocksworth", 30), "", 0)
	first, _ = w.hub(w.source(w.address))
	start(t, first)
	second, _ = w.hub(w.source(server.URL))
	start(t, second)
	return w, slow, first, second
}

// A hub whose answer was long on its way does not put the version before in force again
// over the one that another hub has fetched meanwhile.
func TestOvertaken(t *testing.T) {
	w, slow, first, second := meddled(t)
	slow.meanwhile = func() {
		slow.meanwhile = nil
		w.set(csv("Anna Otherwise", 30), "", 0)
		if err := first.Check(t.Context(), w.source(w.address)); err != nil {
			t.Error(err)
		}
	}
	before, _ := w.seen()
	if err := second.Check(t.Context(), second.Sources[0]); err != nil {
		t.Fatal(err)
	}
	if after, _ := w.seen(); after != before+3 {
		t.Errorf("%d requests: the list is fetched again", after-before)
	}
	for name, k := range map[string]*keeper.Keeper{"first": first, "second": second} {
		if listed(t, k.Officer, "Viktor Blocksworth") || !listed(t, k.Officer, "Anna Otherwise") {
			t.Errorf("the %s hub has the version before", name)
		}
	}
	if all := versions(t, w.pool); len(all) != 2 || all[0].Entries != 30 || !all[0].Active && !all[1].Active {
		t.Errorf("%+v", all)
	}
}

// Two hubs that fetch the same new version both have it, and it is there once.
func TestBothFetchTheSame(t *testing.T) {
	w, slow, first, second := meddled(t)
	w.set(csv("Anna Otherwise", 30), "", 0)
	slow.meanwhile = func() {
		if err := first.Check(t.Context(), w.source(w.address)); err != nil {
			t.Error(err)
		}
	}
	before, _ := w.seen()
	if err := second.Check(t.Context(), second.Sources[0]); err != nil {
		t.Fatal(err)
	}
	after, _ := w.seen()
	if all := versions(t, w.pool); len(all) != 2 || after != before+2 || !listed(t, second.Officer, "Anna Otherwise") {
		t.Errorf("%d requests, %+v", after-before, all)
	}
}

// A hub that is overtaken whenever it fetches says so in the end, and what is in force
// stays so.
func TestAlwaysOvertaken(t *testing.T) {
	w, slow, first, second := meddled(t)
	slow.meanwhile = func() {
		requests, _ := w.seen()
		w.set(csv("Anna Otherwise"+strings.Repeat("n", requests), 30), "", 0)
		if err := first.Check(t.Context(), w.source(w.address)); err != nil {
			t.Error(err)
		}
	}
	if err := second.Check(t.Context(), second.Sources[0]); err == nil || !strings.Contains(err.Error(), "meanwhile") {
		t.Errorf("got %v", err)
	}
	want, _ := first.Officer.Version()
	if all := versions(t, w.pool); len(all) != 4 || !all[0].Active && !all[1].Active && !all[2].Active && !all[3].Active {
		t.Errorf("%+v", all)
	}
	if err := second.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, _ := second.Officer.Version(); got != want {
		t.Errorf("version %s is in force, the last that was fetched in time is %s", got, want)
	}
}

// The tag of a list that was refused is not asked with: the server would say that
// nothing is newer, and the list before would pass for the present one.
func TestTagOfARefusedList(t *testing.T) {
	w := newWorld(t)
	w.set(csv("Viktor Blocksworth", 300), `"1"`, 0)
	k, _ := w.hub(w.source(w.address))
	start(t, k)
	w.set(csv("Viktor Blocksworth", 100), `"2"`, 0)
	w.clock.At = noon.Add(1)
	for range 2 {
		if err := k.Check(t.Context(), k.Sources[0]); !errors.Is(err, lists.ErrList) {
			t.Errorf("got %v", err)
		}
	}
	if _, unmodified := w.seen(); unmodified != 0 {
		t.Error("the server was asked with the tag of a list that was refused")
	}
	if _, confirmed := k.Officer.Watchlist(); !confirmed.Equal(noon) {
		t.Errorf("confirmed at %s by a list that was refused", confirmed)
	}
}

// What servers say and do beside handing out a list is an error, and what is in force
// stays so.
func TestOddServers(t *testing.T) {
	w := newWorld(t)
	w.set(csv("Viktor Blocksworth", 30), "", 0)
	k, officer := w.hub(w.source(w.address))
	start(t, k)
	version, _ := officer.Version()
	body := csv("Anna Otherwise", 30)
	for name, serve := range map[string]http.HandlerFunc{
		"nothing is newer, to whom has nothing": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) },
		"a part": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusPartialContent)
			_, _ = w.Write(body)
		},
		"accepted":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted); _, _ = w.Write(body) },
		"no content": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		"round and on": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/again"+r.URL.Path, http.StatusFound)
		},
		"to nowhere": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "ftp://x/list", http.StatusFound) },
		"cut, by length": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5000")
			_, _ = w.Write(body[:400])
		},
		"cut, by pieces": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(body[:400])
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		},
		"hung up": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		server := httptest.NewServer(serve)
		if err := k.Check(t.Context(), w.source(server.URL)); err == nil || !strings.Contains(err.Error(), "OWN") {
			t.Errorf("%s: %v", name, err)
		}
		server.Close()
	}
	moved := httptest.NewServer(http.RedirectHandler(w.address, http.StatusMovedPermanently))
	defer moved.Close()
	if err := k.Check(t.Context(), w.source(moved.URL)); err != nil {
		t.Errorf("a list that has moved: %v", err)
	}
	if got, _ := officer.Version(); got != version || len(versions(t, w.pool)) != 1 {
		t.Error("another list is in force")
	}
}
