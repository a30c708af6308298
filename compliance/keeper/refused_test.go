package keeper_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/causeway-pay/causeway/compliance/keeper"
	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
)

// refused are the versions that wait for people.
func refused(t *testing.T, pool *db.Pool) []keeper.Refused {
	t.Helper()
	all, err := keeper.RefusedLists(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// accept is what the approval of a refused version does.
func (w *world) accept(list, version string) error {
	return w.pool.InTx(w.t.Context(), func(ctx context.Context, tx db.Tx) error {
		return keeper.Accept(ctx, tx, list, version, w.clock.Now())
	})
}

func (w *world) retire(list string) error {
	return w.pool.InTx(w.t.Context(), func(ctx context.Context, tx db.Tx) error {
		return keeper.Retire(ctx, tx, list, w.clock.Now())
	})
}

// shrunk is a hub whose list has lost two thirds of its people, which the guard refuses.
func shrunk(t *testing.T) (*world, *keeper.Keeper) {
	t.Helper()
	w := newWorld(t)
	w.set(csv("Viktor Blocksworth", 300), "", 0)
	k, _ := w.hub(w.source(w.address))
	start(t, k)
	w.set(csv("Anna Otherwise", 100), "", 0)
	w.clock.At = noon.Add(time.Minute)
	if err := k.Check(t.Context(), k.Sources[0]); !errors.Is(err, lists.ErrBeyond) {
		t.Fatalf("got %v", err)
	}
	return w, k
}

// A version that the guard refused waits for people with what they need to see, and takes
// its place in all hubs as soon as they have accepted it.
func TestAccepted(t *testing.T) {
	w, k := shrunk(t)
	want := []keeper.Refused{{
		List: "OWN", SeenAt: noon.Add(time.Minute), Entries: 100, Changed: 1, Removed: 200,
		Problem: "OWN lost 200 of 300 entries",
	}}
	all := refused(t, w.pool)
	if diff := cmp.Diff(want, all, cmpopts.IgnoreFields(keeper.Refused{}, "Version")); diff != "" {
		t.Fatal(diff)
	}
	if !listed(t, k.Officer, "Viktor Blocksworth") {
		t.Error("the list before is not in force any more")
	}
	if err := w.accept("OWN", all[0].Version); err != nil {
		t.Fatal(err)
	}
	if all := refused(t, w.pool); !all[0].Accepted {
		t.Errorf("%+v", all)
	}
	other, _ := w.hub(w.source(w.address))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- other.Run(ctx) }()
	w.until(func() bool { return len(refused(t, w.pool)) == 0 })
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := k.Load(t.Context()); err != nil || listed(t, k.Officer, "Viktor Blocksworth") || !listed(t, k.Officer, "Anna Otherwise") {
		t.Errorf("not in force: %v", err)
	}
	if all := versions(t, w.pool); len(all) != 2 || !all[0].Active || all[0].Removed != 200 {
		t.Errorf("%+v", all)
	}
}

// until waits for what another goroutine does.
func (w *world) until(holds func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatal("not within a minute")
		}
	}
}

// What people have accepted is one version: nothing else, not twice, and not what is gone.
func TestAcceptedAlone(t *testing.T) {
	w, k := shrunk(t)
	version := refused(t, w.pool)[0].Version
	for name, c := range map[string]struct {
		list, version string
		want          reason.Kind
	}{
		"another list":    {"OTHER", version, reason.Missing},
		"another version": {"OWN", strings.Repeat("0", len(version)), reason.Missing},
		"the one":         {"OWN", version, reason.None},
	} {
		if err := w.accept(c.list, c.version); reason.Of(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := w.accept("OWN", version); reason.Of(err) != reason.ProposalClosed {
		t.Errorf("twice: %v", err)
	}
	w.set(csv("Anna Otherwise", 120), "", 0)
	if err := k.Check(t.Context(), k.Sources[0]); !errors.Is(err, lists.ErrBeyond) {
		t.Errorf("another version passes because one was accepted: %v", err)
	}
	if all := refused(t, w.pool); len(all) != 1 || all[0].Accepted || all[0].Entries != 120 {
		t.Errorf("%+v", all)
	}
	if err := w.accept("OWN", version); reason.Of(err) != reason.Missing {
		t.Errorf("what came before: %v", err)
	}
}

// A version that is fetched again waits on; one that the authority has taken back is
// forgotten.
func TestTakenBack(t *testing.T) {
	w, k := shrunk(t)
	if err := k.Check(t.Context(), k.Sources[0]); !errors.Is(err, lists.ErrBeyond) {
		t.Errorf("fetched again: %v", err)
	}
	w.set(csv("Viktor Blocksworth", 300), "", 0)
	if err := k.Check(t.Context(), k.Sources[0]); err != nil {
		t.Error(err)
	}
	if all := refused(t, w.pool); len(all) != 0 {
		t.Errorf("%+v", all)
	}
}

// A list that holds nobody is nothing that people could accept, nor is a file that is no list.
func TestNothingToAccept(t *testing.T) {
	w := newWorld(t)
	w.set(csv("Viktor Blocksworth", 30), "", 0)
	k, _ := w.hub(w.source(w.address))
	start(t, k)
	for _, body := range []string{"id,name\n", "<html>", ""} {
		w.set([]byte(body), "", 0)
		if err := k.Check(t.Context(), k.Sources[0]); err == nil || errors.Is(err, lists.ErrBeyond) {
			t.Errorf("%q: %v", body, err)
		}
	}
	if all := refused(t, w.pool); len(all) != 0 {
		t.Errorf("%+v", all)
	}
}

// A hub that has an older version than is in force does not put up for people what differs
// too much from that alone.
func TestRefusedByTheVersionInForce(t *testing.T) {
	w := newWorld(t)
	w.set(csv("Viktor Blocksworth", 100), "", 0)
	behind, _ := w.hub(w.source(w.address))
	start(t, behind)
	ahead, _ := w.hub(w.source(w.address))
	start(t, ahead)
	for _, people := range []int{120, 140} {
		w.set(csv("Viktor Blocksworth", people), "", 0)
		if err := ahead.Check(t.Context(), ahead.Sources[0]); err != nil {
			t.Fatal(err)
		}
	}
	w.set(csv("Viktor Blocksworth", 160), "", 0)
	if err := behind.Check(t.Context(), behind.Sources[0]); err != nil {
		t.Errorf("160 after 140: %v", err)
	}
	if all := refused(t, w.pool); len(all) != 0 {
		t.Errorf("%+v", all)
	}
}

// A hub starts with the list in force when its file has changed by too much, so that
// people can say whether it may.
func TestStartBesideARefusedFile(t *testing.T) {
	w := newWorld(t)
	path := filepath.Join(t.TempDir(), "own.csv")
	write := func(body []byte) {
		t.Helper()
		if err := os.WriteFile(path, body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(csv("Viktor Blocksworth", 300))
	k, _ := w.hub(w.source(path))
	start(t, k)
	write(csv("Anna Otherwise", 100))
	again, officer := w.hub(w.source(path))
	start(t, again)
	if !listed(t, officer, "Viktor Blocksworth") || !strings.Contains(w.log.String(), "list not taken") {
		t.Errorf("log: %s", w.log)
	}
	if err := w.accept("OWN", refused(t, w.pool)[0].Version); err != nil {
		t.Fatal(err)
	}
	start(t, again)
	if listed(t, officer, "Viktor Blocksworth") {
		t.Error("what was accepted is not in force")
	}
	write([]byte("<html>"))
	broken, _ := w.hub(w.source(path))
	if err := broken.Start(t.Context()); !errors.Is(err, lists.ErrList) {
		t.Errorf("a broken file: %v", err)
	}
}

// A list that no hub fetches any more can be retired; one that somebody may fetch cannot,
// nor can the last.
func TestRetire(t *testing.T) {
	w := newWorld(t)
	w.set(csv("Viktor Blocksworth", 30), "", 0)
	other := w.source(w.address)
	other.Name = "OTHER"
	both, _ := w.hub(w.source(w.address), other)
	start(t, both)
	one, officer := w.hub(w.source(w.address))
	start(t, one)
	for _, c := range []struct {
		list  string
		after time.Duration
		want  reason.Kind
	}{
		{"OTHER", 0, reason.Inconsistent}, {"OTHER", time.Hour + time.Minute - time.Microsecond, reason.Inconsistent},
		{"THIRD", 2 * time.Hour, reason.Missing}, {"OTHER", time.Hour + time.Minute, reason.None},
		{"OTHER", 2 * time.Hour, reason.Missing}, {"OWN", 2 * time.Hour, reason.Inconsistent},
	} {
		w.clock.At = noon.Add(c.after)
		if err := w.retire(c.list); reason.Of(err) != c.want {
			t.Errorf("%s after %s: %v", c.list, c.after, err)
		}
	}
	if err := one.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if list, _ := officer.Watchlist(); len(list.Lists()) != 1 {
		t.Errorf("%d lists", len(list.Lists()))
	}
	if all := versions(t, w.pool); len(all) != 2 {
		t.Errorf("the record has lost a version: %+v", all)
	}
	if err := both.Check(t.Context(), other); err != nil {
		t.Errorf("named again: %v", err)
	}
	if list, _ := both.Officer.Watchlist(); len(list.Lists()) != 2 {
		t.Errorf("named again: %d lists", len(list.Lists()))
	}
}

// What two people have accepted stays accepted while another hub, whose file is older or
// whose server is behind, finds the version before: it may take the next turn. After a day
// they are asked again.
func TestAcceptedWhileAnotherHubIsBehind(t *testing.T) {
	w, k := shrunk(t)
	path := filepath.Join(t.TempDir(), "own.csv")
	if err := os.WriteFile(path, csv("Viktor Blocksworth", 300), 0o600); err != nil {
		t.Fatal(err)
	}
	behind, _ := w.hub(w.source(path))
	start(t, behind)
	if err := k.Check(t.Context(), k.Sources[0]); !errors.Is(err, lists.ErrBeyond) {
		t.Fatalf("got %v", err)
	}
	if err := w.accept("OWN", refused(t, w.pool)[0].Version); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		after time.Duration
		left  int
	}{{time.Hour, 1}, {24*time.Hour - time.Microsecond, 1}, {25 * time.Hour, 0}} {
		w.clock.At = noon.Add(time.Minute + c.after)
		if err := behind.Check(t.Context(), behind.Sources[0]); err != nil {
			t.Fatal(err)
		}
		if all := refused(t, w.pool); len(all) != c.left || c.left > 0 && !all[0].Accepted {
			t.Errorf("after %s: %+v", c.after, all)
		}
		if c.left > 0 {
			continue
		}
		if err := k.Check(t.Context(), k.Sources[0]); !errors.Is(err, lists.ErrBeyond) {
			t.Errorf("after %s: %v", c.after, err)
		}
	}
}
