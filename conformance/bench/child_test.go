package bench

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// program writes a script that stands in for the switch.
func program(t *testing.T, script string) *run {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "logs"), 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "switch")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return newRun(Options{Dir: dir, Program: path, Partners: 2})
}

// TestGeneratorIsCalled: with the plan, on a leash, and what it writes is read.
func TestGeneratorIsCalled(t *testing.T) {
	r := program(t, `echo "\"$*\"" > "$4.new" && mv "$4.new" "$4.said"; read line; echo end >> "$4.end"`)
	plan := filepath.Join(r.Dir, "plan")
	c, err := r.startLoad(plan)
	if err != nil {
		t.Fatal(err)
	}
	var said string
	if err := c.await(t.Context(), plan+".said", &said); err != nil || said != "bench load --plan "+plan+" --leash" {
		t.Errorf("%q, %v", said, err)
	}
	c.end()
	if _, err := os.Stat(plan + ".end"); err != nil {
		t.Errorf("it did not end by its leash: %v", err)
	}
}

// TestGeneratorThatFails: its last words are told.
func TestGeneratorThatFails(t *testing.T) {
	r := program(t, `echo "switch: no such plan" >&2; exit 1`)
	c, err := r.startLoad("plan")
	if err != nil {
		t.Fatal(err)
	}
	defer c.end()
	err = c.await(t.Context(), filepath.Join(r.Dir, "ready"), new(time.Time))
	if err == nil || !strings.Contains(err.Error(), "switch: no such plan") || !strings.Contains(err.Error(), "exit status 1") {
		t.Error(err)
	}
}

// TestGeneratorThatWritesAndEnds: what it wrote counts although it is gone.
func TestGeneratorThatWritesAndEnds(t *testing.T) {
	r := program(t, `echo '{"counts":{"sent":7}}' > "$4.result"`)
	plan := filepath.Join(r.Dir, "plan")
	c, err := r.startLoad(plan)
	if err != nil {
		t.Fatal(err)
	}
	defer c.end()
	<-c.done
	var outcome Outcome
	if err := c.await(t.Context(), plan+".result", &outcome); err != nil || outcome.Counts.Sent != 7 {
		t.Errorf("%+v, %v", outcome.Counts, err)
	}
}

func TestGeneratorIsGivenUp(t *testing.T) {
	r := program(t, `read line`)
	c, err := r.startLoad("plan")
	if err != nil {
		t.Fatal(err)
	}
	defer c.end()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.await(ctx, filepath.Join(r.Dir, "ready"), new(time.Time)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	broken := filepath.Join(r.Dir, "broken")
	if err := os.WriteFile(broken, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := c.await(t.Context(), broken, new(time.Time)); err == nil || !strings.Contains(err.Error(), "broken") {
		t.Error(err)
	}
}

func TestGeneratorThatIsNotThere(t *testing.T) {
	r := program(t, "")
	r.Program = filepath.Join(r.Dir, "absent")
	if _, err := r.startLoad("plan"); err == nil {
		t.Error("no program, no error")
	}
	r.Dir = filepath.Join(r.Dir, "absent")
	if _, err := r.startLoad("plan"); err == nil {
		t.Error("no place for the log, no error")
	}
}

// TestFollowEndsWithTheGenerator: a closed loop that has sent everything is not
// sampled until its time is over.
func TestFollowEndsWithTheGenerator(t *testing.T) {
	c := &child{done: make(chan struct{})}
	close(c.done)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	p := &phase{plan: Plan{Duration: time.Hour, Slice: time.Minute}, start: systemClock.Now()}
	taken := 0
	follow(ctx, systemClock, p, c, func() Sample { taken++; return Sample{} })
	if len(p.samples) != taken || taken > 3 || ctx.Err() != nil {
		t.Errorf("%d samples, %d taken", len(p.samples), taken)
	}
}
