package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/conformance/invariant"
	"github.com/causeway-pay/causeway/conformance/stage"
)

// regionOfRun is the region of the stage's hub.
const regionOfRun = stage.Region

// warmRate is the load before the one that is measured where no rate is given: it
// fills caches and pools and leaves the machine to itself.
const warmRate = 200

// measure carries out the loads of a run.
func (r *run) measure(ctx context.Context) (Report, error) {
	report := r.newReport(ctx)
	if r.Stored > 0 {
		if err := r.store(ctx); err != nil {
			return report, err
		}
	}
	r.idle(ctx, &report)
	if err := r.warm(ctx); err != nil {
		return report, err
	}
	load := r.atRate
	if r.Rate == 0 {
		load = r.saturate
	}
	measured, err := load(ctx, &report)
	if err != nil {
		return report, err
	}
	report.addLoad(measured)
	if r.counted {
		if report.Statements, err = topStatements(ctx, r.stage.Pool, statementsTold); err != nil {
			return report, err
		}
	}
	if r.Overload {
		if err := r.overload(ctx, &report, measured); err != nil {
			return report, err
		}
	}
	if r.Floor {
		if err := r.floor(ctx, &report); err != nil {
			return report, err
		}
	}
	return report, r.check(ctx, &report)
}

// statementsTold is how many of the most expensive statements a report has: more than
// the hub has kinds of.
const statementsTold = 80

// idleTime is how long the hub is watched at rest.
const idleTime = 2 * time.Second

// idle measures what hub and database use when there is nothing to do. At a small
// rate a part of what payments seem to cost is that.
func (r *run) idle(ctx context.Context, report *Report) {
	before := r.sample(0)
	sleepUntil(ctx, r.clock, r.clock.Now().Add(idleTime))
	times := used(before, r.sample(0))
	for _, name := range []string{ofHub, ofDatabase} {
		if time, known := times[name]; known {
			report.add("idle "+name, "ms/s", Less, time.Seconds()*1000/idleTime.Seconds())
		}
	}
}

// warm makes a load that is not measured.
func (r *run) warm(ctx context.Context) error {
	if r.Warm <= 0 {
		return nil
	}
	rate := r.Rate
	if rate == 0 {
		rate = warmRate
	}
	_, err := r.loadOpen(ctx, min(rate, warmRate*5), r.Warm)
	return err
}

// templates is how many payments are made to be copied, so that copies differ in
// partners, amounts and times.
const templates = 2000

// store fills the database with payments, with the hub at rest.
func (r *run) store(ctx context.Context) error {
	count := min(templates, r.Stored)
	plan, err := r.plan(ctx, count)
	if err != nil {
		return err
	}
	plan.Duration = templateTime
	if _, err := r.load(ctx, plan); err != nil {
		return err
	}
	r.stage.StopHub()
	if err := fill(ctx, r.patient, r.Stored, r.Log); err != nil {
		return err
	}
	return r.stage.StartHub(ctx)
}

// templateTime is more than making the templates takes.
const templateTime = 2 * time.Minute

// loadOpen makes an open loop.
func (r *run) loadOpen(ctx context.Context, rate float64, duration time.Duration) (*phase, error) {
	plan, err := r.plan(ctx, arrivalsMost(rate, duration))
	if err != nil {
		return nil, err
	}
	plan.Rate, plan.Duration = rate, duration
	return r.load(ctx, plan)
}

// arrivalsMost is more than arrive in a duration: the average and five standard
// deviations.
func arrivalsMost(rate float64, duration time.Duration) int {
	average := int(rate*duration.Seconds()) + 1
	margin := 1
	for margin*margin < 25*average {
		margin++
	}
	return average + margin
}

// loadClosed makes a closed loop with connections that are always busy. paymentsMost
// bounds what it can send.
func (r *run) loadClosed(
	ctx context.Context, connections, paymentsMost int, duration time.Duration,
) (*phase, error) {
	plan, err := r.plan(ctx, paymentsMost)
	if err != nil {
		return nil, err
	}
	plan.Connections, plan.Duration = connections, duration
	return r.load(ctx, plan)
}

// atRate measures an open loop.
func (r *run) atRate(ctx context.Context, _ *Report) (*phase, error) {
	return r.profiled(ctx, func() (*phase, error) { return r.loadOpen(ctx, r.Rate, r.Duration) })
}

// Steps of the search for the peak, each so long and twice as many at once as the one
// before. All are taken: a noisy moment must not pass for the peak.
const (
	stepTime  = 3 * time.Second
	stepFirst = 4
)

// stepPayments is how many payments the first step can send: a thousand a second.
func (r *run) stepPayments() int { return max(1000, int(1000*r.stepTime.Seconds())) }

// steps are how many requests at once are tried, with so many at most: one alone if that is
// all.
func steps(most int) []int {
	all := []int{min(stepFirst, most)}
	for next := 2 * all[0]; next <= most; next *= 2 {
		all = append(all, next)
	}
	return all
}

// saturate looks for the peak of a closed loop and measures there.
func (r *run) saturate(ctx context.Context, report *Report) (*phase, error) {
	best, at := 0.0, 0
	expected := r.stepPayments()
	for _, connections := range steps(r.Connections) {
		step, err := r.loadClosed(ctx, connections, expected, r.stepTime)
		if err != nil {
			return nil, err
		}
		rate := step.outcome.perSecond(step.plan)
		report.Steps = append(report.Steps, Step{Connections: connections, PerSecond: rate, EndToEnd: step.outcome.EndToEnd})
		r.Log(fmt.Sprintf("%d at once: %.0f completed a second, p50 %.1f ms, p99 %.1f ms", connections, rate,
			millis(step.outcome.EndToEnd.P50), millis(step.outcome.EndToEnd.P99)))
		if rate > best {
			best, at = rate, connections
		}
		expected = max(r.stepPayments(), int(3*rate*r.stepTime.Seconds()))
	}
	count := int(1.5*best*r.Duration.Seconds()) + 1000
	return r.profiled(ctx, func() (*phase, error) { return r.loadClosed(ctx, at, count, r.Duration) })
}

// profiled makes the load that is measured, in tidy tables, and profiles the hub
// meanwhile, if that is asked for.
func (r *run) profiled(ctx context.Context, load func() (*phase, error)) (*phase, error) {
	if err := tidy(ctx, r.patient); err != nil {
		return nil, err
	}
	if r.counted {
		if err := resetStatements(ctx, r.stage.Pool); err != nil {
			return nil, err
		}
	}
	if r.CPUProfile == "" && r.MemoryProfile == "" {
		return load()
	}
	done := make(chan error, 1)
	go func() { done <- r.writeProfiles(ctx) }()
	p, err := load()
	return p, errors.Join(err, <-done)
}

// writeProfiles profiles the hub for as long as the load lasts. It begins while
// requests are signed, which the hub does not notice.
func (r *run) writeProfiles(ctx context.Context) error {
	if r.CPUProfile != "" {
		body, err := r.profile(ctx, "profile?seconds="+strconv.Itoa(int(r.Duration.Seconds())+2))
		if err != nil {
			return err
		}
		if err := os.WriteFile(r.CPUProfile, body, 0o644); err != nil {
			return fmt.Errorf("bench: %w", err)
		}
	}
	if r.MemoryProfile == "" {
		return nil
	}
	body, err := r.profile(ctx, "allocs")
	if err != nil {
		return err
	}
	if err := os.WriteFile(r.MemoryProfile, body, 0o644); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	return nil
}

// check looks whether what acquirers were told is true, and whether the books hold.
func (r *run) check(ctx context.Context, report *Report) error {
	for i, plan := range r.plans {
		states := map[string]string{}
		for _, a := range plan.Acquirers {
			some, err := statesOf(ctx, r.patient, a.ID, plan.Name)
			if err != nil {
				return err
			}
			for id, state := range some {
				states[id] = state
			}
		}
		report.Broken = append(report.Broken, broken(plan, r.said[i], states)...)
	}
	violations, err := invariant.Run(ctx, r.patient)
	if err != nil {
		return err
	}
	for _, v := range violations {
		report.Broken = append(report.Broken, v.String())
	}
	return nil
}

// brokenTold bounds the examples of a report.
const brokenTold = 20

// broken compares what acquirers were told with the states of the payments.
func broken(plan Plan, told string, states map[string]string) []string {
	var all []string
	for number, letter := range told {
		id := plan.RequestID(number)
		state, stored := states[id]
		if problem := contradiction(said(letter), state, stored); problem != "" && len(all) < brokenTold {
			all = append(all, id+": "+problem)
		}
	}
	return all
}

// contradiction says what is wrong about a payment, "" if nothing is. A request that
// got no answer may or may not be there, but what is there is decided.
func contradiction(s said, state string, stored bool) string {
	final := strings.Contains("POSTED DECLINED CANCELLED REJECTED HELD", state) && state != ""
	switch {
	case stored && !final:
		return "undecided: " + state
	case s == paid && state != "POSTED":
		return "acknowledged as paid, is " + state
	case s == refused && stored && state == "POSTED":
		return "acknowledged as refused, is POSTED"
	case s == pending && !stored:
		return "acknowledged as in process, is lost"
	default:
		return ""
	}
}
