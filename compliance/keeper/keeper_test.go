package keeper_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/compliance/keeper"
	"github.com/causeway-pay/causeway/compliance/limits"
	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/compliance/watchlist"
	"github.com/causeway-pay/causeway/internal/bus"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// authority hands out a list over HTTP.
type authority struct {
	mu                   sync.Mutex
	body                 []byte
	tag                  string
	status               int
	requests, unmodified int
}

func (a *authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.requests++
	if a.tag != "" && r.Header.Get("If-None-Match") == a.tag {
		a.unmodified++
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("ETag", a.tag)
	if a.status != 0 {
		w.WriteHeader(a.status)
	}
	_, _ = w.Write(a.body)
}

func (a *authority) set(body []byte, tag string, status int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.body, a.tag, a.status = body, tag, status
}

func (a *authority) seen() (requests, unmodified int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.requests, a.unmodified
}

// csv is an own list of so many people, of whom the first is called name.
func csv(name string, people int) []byte {
	text := "id,name\n1," + name + "\n"
	for n := 2; n <= people; n++ {
		text += fmt.Sprintf("%d,Person Number%c%c%c\n", n, 'a'+n%26, 'a'+n/26%26, 'a'+n/676%26)
	}
	return []byte(text)
}

// world is an authority, a database and a bus for some hubs.
type world struct {
	t *testing.T
	*authority
	address string
	pool    *db.Pool
	bus     *bus.Bus
	clock   *clock.Fixed
	log     *bytes.Buffer
	logger  *slog.Logger
}

func newWorld(t *testing.T) *world {
	t.Helper()
	steps, err := keeper.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, authority: &authority{}, pool: dbtest.Migrated(t, steps), clock: &clock.Fixed{At: noon}, log: &bytes.Buffer{}}
	w.logger = slog.New(slog.NewTextHandler(w.log, nil))
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	w.address = server.URL + "/list.csv"
	if w.bus, err = bus.Open(t.Context(), bus.Options{Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.bus.Close)
	return w
}

func (w *world) source(places ...string) keeper.Source {
	s := keeper.Source{Name: "OWN", Every: time.Hour}
	for _, place := range places {
		s.Files = append(s.Files, keeper.File{Format: lists.FormatSimple, Place: place})
	}
	return s
}

// hub returns a keeper with an officer of its own, whose lists are good for a day.
func (w *world) hub(sources ...keeper.Source) (*keeper.Keeper, *compliance.Officer) {
	w.t.Helper()
	officer, err := compliance.NewOfficer(w.clock, 24*time.Hour)
	if err != nil {
		w.t.Fatal(err)
	}
	return keeper.New(keeper.Config{
		Pool: w.pool, Officer: officer, Bus: w.bus, Clock: w.clock, Logger: w.logger,
		Sources: sources, Guard: lists.DefaultGuard,
	}), officer
}

// listed reports whether an officer refuses somebody.
func listed(t *testing.T, o *compliance.Officer, name string) bool {
	t.Helper()
	p := compliance.Payment{Payment: limits.Payment{ID: ids.New()}, Parties: []watchlist.Party{{Name: name}}}
	p.Debtor.Account, p.Creditor.Name, p.Creditor.Country = "x", "x", "JP"
	d, err := o.Decide(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return len(d.Findings.Hits) > 0
}

func start(t *testing.T, k *keeper.Keeper) {
	t.Helper()
	if err := k.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func versions(t *testing.T, pool *db.Pool) []keeper.Version {
	t.Helper()
	all, err := keeper.Versions(t.Context(), pool, 10)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestFromFile(t *testing.T) {
	w := newWorld(t)
	path := filepath.Join(t.TempDir(), "own.csv")
	if err := os.WriteFile(path, csv("Viktor Blocksworth", 3), 0o600); err != nil {
		t.Fatal(err)
	}
	k, officer := w.hub(w.source(path))
	start(t, k)
	if !listed(t, officer, "Viktor Blocksworth") || listed(t, officer, "Mei Lantern") {
		t.Error("the list of the file is not in force")
	}
	missing, _ := w.hub(w.source(path + ".missing"))
	if err := missing.Start(t.Context()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
}

// A version that was fetched is in force in every hub at once, on record with what
// changed, and can be had again as it was.
func TestNewVersion(t *testing.T) {
	w := newWorld(t)
	w.set(csv("Viktor Blocksworth", 30), `"1"`, 0)
	first, officer := w.hub(w.source(w.address))
	start(t, first)
	// The hubs run at once, each with a clock of its own.
	firstClock := w.clock
	w.clock = &clock.Fixed{At: noon}
	second, follower := w.hub(w.source(w.address))
	start(t, second)
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := second.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	defer running.Wait()
	defer cancel()
	w.set(append(csv("Anna Otherwise", 30), "31,Somebody Added\n"...), `"2"`, 0)
	firstClock.At = noon.Add(time.Minute)
	if err := first.Check(t.Context(), w.source(w.address)); err != nil {
		t.Fatal(err)
	}
	if listed(t, officer, "Viktor Blocksworth") || !listed(t, officer, "Anna Otherwise") {
		t.Error("the new version is not in force")
	}
	want, _ := officer.Version()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if got, _ := follower.Version(); got == want {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the other hub has not heard of it")
		}
	}
	all := versions(t, w.pool)
	if len(all) != 2 || !all[0].Active || all[1].Active || all[0].Entries != 31 || all[0].Added != 1 || all[0].Changed != 1 || all[0].Removed != 0 {
		t.Errorf("%+v", all)
	}
	old, err := keeper.Stored(t.Context(), w.pool, "OWN", all[1].Version)
	if err != nil || old.Version != all[1].Version || old.Entries.At(0).Names[0].Text != "Viktor Blocksworth" {
		t.Errorf("the old version: %v", err)
	}
}

// What is not fit to be a list leaves what is there in force, and is told.
func TestBrokenLists(t *testing.T) {
	w := newWorld(t)
	w.set(csv("Viktor Blocksworth", 300), "", 0)
	k, officer := w.hub(w.source(w.address))
	start(t, k)
	before, _ := officer.Version()
	var bomb bytes.Buffer
	packer := gzip.NewWriter(&bomb)
	if _, err := io.CopyN(packer, zeros{}, lists.SizeMax+2); err != nil {
		t.Fatal(err)
	}
	if err := packer.Close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		body   []byte
		status int
	}{
		"an error page":     {[]byte("<html>503</html>"), 0},
		"an error":          {csv("Viktor Blocksworth", 300), 503},
		"nothing":           {nil, 0},
		"cut off":           {csv("Viktor Blocksworth", 300)[:5000], 0},
		"shrunk":            {csv("Viktor Blocksworth", 280), 0},
		"grown":             {csv("Viktor Blocksworth", 400), 0},
		"wrong encoding":    {append(csv("Viktor Blocksworth", 300), "301,V\xedktor\n"...), 0},
		"a bomb":            {bomb.Bytes(), 0},
		"a huge field":      {append(csv("Viktor Blocksworth", 300), "301,"+strings.Repeat("x", lists.FieldMax+1)+"\n"...), 0},
		"packed, damaged":   {bomb.Bytes()[:100], 0},
		"another format":    {[]byte("<sdnList/>"), 0},
		"an endless header": {bytes.Repeat([]byte("id,"), 1000), 0},
	} {
		w.set(c.body, "", c.status)
		if err := k.Check(t.Context(), w.source(w.address)); err == nil || !strings.Contains(err.Error(), "OWN") {
			t.Errorf("%s: %v", name, err)
		}
		if version, _ := officer.Version(); version != before || len(versions(t, w.pool)) != 1 {
			t.Fatalf("%s: it is in force", name)
		}
	}
	again, other := w.hub(w.source(w.address))
	if err := again.Start(t.Context()); err != nil {
		t.Errorf("a hub that starts while the authority is broken: %v", err)
	}
	if version, _ := other.Version(); version != before {
		t.Error("it has another version")
	}
	fresh := newWorld(t)
	fresh.set(nil, "", 500)
	none, _ := fresh.hub(fresh.source(fresh.address))
	if err := none.Start(t.Context()); err == nil {
		t.Error("a hub without any list has started")
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// A list that is as it was is confirmed without being fetched; one that cannot be
// confirmed for too long passes nobody.
func TestConfirmation(t *testing.T) {
	w := newWorld(t)
	w.set(csv("Viktor Blocksworth", 30), `"1"`, 0)
	k, officer := w.hub(w.source(w.address))
	start(t, k)
	w.clock.At = noon.Add(23 * time.Hour)
	if err := k.Check(t.Context(), w.source(w.address)); err != nil {
		t.Fatal(err)
	}
	if requests, unmodified := w.seen(); requests != 2 || unmodified != 1 {
		t.Errorf("%d requests, %d unmodified", requests, unmodified)
	}
	if _, confirmed := officer.Watchlist(); !confirmed.Equal(w.clock.At) || len(versions(t, w.pool)) != 1 {
		t.Errorf("confirmed at %s", confirmed)
	}
	w.set(nil, "", 500)
	for hours, want := range map[int]error{46: nil, 48: compliance.ErrStale} {
		w.clock.At = noon.Add(time.Duration(hours) * time.Hour)
		_ = k.Check(t.Context(), w.source(w.address))
		if err := officer.Ready(); !errors.Is(err, want) {
			t.Errorf("after %d hours: %v", hours, err)
		}
	}
}

// A list of several files is one version; when one changes all are fetched.
func TestSeveralFiles(t *testing.T) {
	w := newWorld(t)
	other := &authority{}
	server := httptest.NewServer(other)
	defer server.Close()
	w.set(csv("Viktor Blocksworth", 3), `"1"`, 0)
	other.set([]byte("id,name\n1,Wiktor B. Alias\n"), `"1"`, 0)
	source := w.source(w.address, server.URL)
	k, officer := w.hub(source)
	start(t, k)
	if !listed(t, officer, "Viktor Blocksworth") || !listed(t, officer, "Wiktor Alias") {
		t.Error("a file is not in force")
	}
	other.set([]byte("id,name\n1,Another Aliasname\n"), `"2"`, 0)
	if err := k.Check(t.Context(), source); err != nil {
		t.Fatal(err)
	}
	if !listed(t, officer, "Viktor Blocksworth") || !listed(t, officer, "Another Aliasname") || listed(t, officer, "Wiktor Alias") {
		t.Error("the changed file is not in force")
	}
	other.set([]byte("id,name\n99,Nobody Known\n"), `"3"`, 0)
	if err := k.Check(t.Context(), source); !errors.Is(err, lists.ErrList) {
		t.Errorf("an alias of nobody: %v", err)
	}
}

// One of several hubs fetches what is due.
func TestOneFetches(t *testing.T) {
	w := newWorld(t)
	w.set(csv("Viktor Blocksworth", 30), "", 0)
	source := w.source(w.address)
	source.Every = 2 * time.Hour
	var hubs []*keeper.Keeper
	for range 3 {
		k, _ := w.hub(source)
		start(t, k)
		hubs = append(hubs, k)
	}
	before, _ := w.seen()
	w.clock.At = noon.Add(3 * time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	for _, k := range hubs {
		running.Go(func() { _ = k.Run(ctx) })
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if all := versions(t, w.pool); all[0].ConfirmedAt.Equal(w.clock.At) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("nobody has fetched what is due")
		}
	}
	cancel()
	running.Wait()
	if after, _ := w.seen(); after != before+1 {
		t.Errorf("%d fetches", after-before)
	}
}
