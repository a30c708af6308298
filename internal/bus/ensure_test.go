package bus_test

import (
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/causeway-pay/causeway/internal/bus"
)

// TestEnsureLeavesAStreamAlone watches the broker's own notices: a stream that is
// as it should be is not updated, and one that is not is.
func TestEnsureLeavesAStreamAlone(t *testing.T) {
	b := open(t, bus.Options{Listen: "127.0.0.1:0"})
	watcher, err := nats.Connect(b.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer watcher.Close()
	notices, err := watcher.SubscribeSync("$JS.EVENT.ADVISORY.STREAM.*.>")
	if err != nil {
		t.Fatal(err)
	}
	if err := watcher.Flush(); err != nil {
		t.Fatal(err)
	}
	expect := func(what string, options bus.StreamOptions, subject string) {
		t.Helper()
		ensure(t, b, options)
		wait := time.Minute
		if subject == "" {
			wait = 100 * time.Millisecond // nothing comes, so this is all it takes
		}
		notice, err := notices.NextMsg(wait)
		switch {
		case subject == "" && err == nil:
			t.Fatalf("%s: %s", what, notice.Subject)
		case subject != "" && err != nil:
			t.Fatalf("%s: no notice: %v", what, err)
		case subject != "" && notice.Subject != "$JS.EVENT.ADVISORY.STREAM."+subject+".PAYMENTS":
			t.Fatalf("%s: %s, want %s", what, notice.Subject, subject)
		}
	}
	plain := payments()
	expect("made", plain, "CREATED")
	expect("the same", plain, "")
	aged := plain
	aged.MaxAge = time.Hour
	expect("older messages go", aged, "UPDATED")
	expect("the same again", aged, "")
	remembered := aged
	remembered.DuplicateWindow = 10 * time.Minute
	expect("duplicates are remembered longer", remembered, "UPDATED")
	expect("and so it stays", remembered, "")
	expect("back to the broker's default", aged, "UPDATED")
	brief := plain
	brief.MaxAge = time.Minute // less than the default window of duplicates
	expect("shorter than the window", brief, "UPDATED")
	expect("and the same", brief, "")
	more := brief
	more.Subjects = append([]string{"return.>"}, more.Subjects...)
	expect("more subjects", more, "UPDATED")
	expect("the same subjects", more, "")
}
