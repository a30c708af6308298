package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/causeway-pay/causeway/internal/clock"
)

// phase is one load with what everybody used for it.
type phase struct {
	plan    Plan
	outcome Outcome
	start   time.Time
	// samples are at the start and at the end of each slice; drained is when
	// everything that belongs to the payments was done.
	samples []Sample
	drained Sample
	// drain is how long that took after the last answer.
	drain           time.Duration
	database        DatabaseWork
	allocated       Allocations
	notified        int64
	databaseBefore  DatabaseWork
	allocatedBefore Allocations
	notifiedBefore  int64
	// generator is what the generator had used when it was last seen.
	generator Usage
}

// load carries out a plan. What the payments leave to be done is done when it
// returns.
func (r *run) load(ctx context.Context, plan Plan) (*phase, error) {
	r.Log(fmt.Sprintf("%s: signing %d requests", plan, len(plan.Payments)))
	p := &phase{plan: plan}
	path := filepath.Join(r.Dir, plan.Name+".plan")
	p.plan.Ready, p.plan.Result = path+".ready", path+".result"
	if err := writeFile(path, p.plan); err != nil {
		return nil, err
	}
	generator, err := r.startLoad(path)
	if err != nil {
		return nil, err
	}
	defer generator.end()
	if err := r.before(ctx, p); err != nil {
		return nil, err
	}
	if err := generator.await(ctx, p.plan.Ready, &p.start); err != nil {
		return nil, err
	}
	follow(ctx, r.clock, p, generator, func() Sample { return r.sample(generator.cmd.Process.Pid) })
	if err := generator.await(ctx, p.plan.Result, &p.outcome); err != nil {
		return nil, err
	}
	for _, name := range []string{path, p.plan.Ready, p.plan.Result} {
		if err := os.Remove(name); err != nil {
			return nil, fmt.Errorf("bench: %w", err)
		}
	}
	r.plans, r.said = append(r.plans, p.plan), append(r.said, p.outcome.Said)
	return p, r.after(ctx, p)
}

func (r *run) before(ctx context.Context, p *phase) (err error) {
	if p.databaseBefore, err = databaseWork(ctx, r.stage.Pool, r.counted); err != nil {
		return err
	}
	if p.notifiedBefore, err = fetchNotified(ctx, r.control); err != nil {
		return err
	}
	p.allocatedBefore, err = r.allocations(ctx)
	return err
}

// follow samples the processes at the start and after each slice of the load, unless
// it ends before.
func follow(ctx context.Context, c clock.Clock, p *phase, generator *child, sample func() Sample) {
	working, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		select {
		case <-generator.done:
			stop()
		case <-working.Done():
		}
	}()
	for i := 0; i <= int(p.plan.Duration/p.plan.Slice) && (i < 2 || working.Err() == nil); i++ {
		sleepUntil(working, c, p.start.Add(time.Duration(i)*p.plan.Slice))
		p.samples = append(p.samples, sample())
	}
	for _, s := range p.samples {
		if usage, runs := s[ofGenerator]; runs {
			p.generator = usage
		}
	}
}

// after waits until nothing is left to do, and reads the accounts again. Servers
// write down what they did within a second.
func (r *run) after(ctx context.Context, p *phase) error {
	ended := p.start.Add(p.outcome.LastAnswer)
	quiet, err := r.settle(ctx)
	if err != nil {
		return err
	}
	p.drain = max(0, quiet.Sub(ended))
	p.drained = r.sample(0)
	if p.notified, err = fetchNotified(ctx, r.control); err != nil {
		return err
	}
	if p.allocated, err = r.allocations(ctx); err != nil {
		return err
	}
	p.database, err = databaseWork(ctx, r.stage.Pool, r.counted)
	return err
}

// Waiting for the hub to come to rest: how long nothing must have happened, and how
// long is waited at most. A payment whose wallet does not answer is final after codeWindow,
// and what comes after it.
const (
	restFor   = 1500 * time.Millisecond
	restMost  = 5 * time.Minute
	restCheck = 100 * time.Millisecond
)

// settle waits until the hub has nothing left to do and returns since when.
func (r *run) settle(ctx context.Context) (time.Time, error) {
	deadline := r.clock.Now().Add(restMost)
	var since time.Time
	notified := int64(-1)
	for {
		left, err := readBacklog(ctx, r.stage.Pool, regionOfRun)
		if err != nil {
			return since, err
		}
		count, err := fetchNotified(ctx, r.control)
		if err != nil {
			return since, err
		}
		now := r.clock.Now()
		if left != (backlog{}) || count != notified {
			since, notified = now, count
		}
		if now.Sub(since) >= restFor {
			return since, nil
		}
		if now.After(deadline) {
			return since, fmt.Errorf("bench: the hub did not come to rest within %s: %+v", restMost, left)
		}
		sleepUntil(ctx, r.clock, now.Add(restCheck))
		if ctx.Err() != nil {
			return since, ctx.Err()
		}
	}
}
