package bench

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Overload: twice the capacity, then half of it for a while, in one schedule.
const (
	overloadFactor = 2.0
	easeFactor     = 0.5
	easeTime       = 15 * time.Second
)

// overloadConnections is how many requests acquirers have at once when the hub does
// not keep up: more than the hub works on (engine.Options.InFlight).
const overloadConnections = 4096

// recoveredLeast is the latency that counts as recovered, unless twice the p99 at
// the peak is more: the budget of a p99 at an ordinary load.
const recoveredLeast = 50 * time.Millisecond

// overload sends twice the capacity that was found, and looks whether the hub says
// so quickly, keeps its memory and comes back.
func (r *run) overload(ctx context.Context, report *Report, peak *phase) error {
	throughput, _ := report.Figure("throughput")
	capacity := throughput.Value
	count := arrivalsMost(overloadFactor*capacity, r.Duration) + arrivalsMost(easeFactor*capacity, r.easeTime)
	plan, err := r.plan(ctx, count)
	if err != nil {
		return err
	}
	plan.Rate, plan.Duration = overloadFactor*capacity, r.Duration
	plan.EaseRate, plan.Ease = easeFactor*capacity, r.easeTime
	plan.Connections = overloadConnections
	plan.Recovered = max(recoveredLeast, 2*time.Duration(peak.outcome.EndToEnd.P99)*time.Microsecond)
	p, err := r.load(ctx, plan)
	if err != nil {
		return err
	}
	report.addOverload(p, capacity)
	return nil
}

func (r *Report) addOverload(p *phase, capacity float64) {
	goodput := p.outcome.perSecond(p.plan)
	r.Overload = p.outcome.Slices
	r.add("overload offered", "requests/s", Neither, p.plan.Rate)
	r.add("overload goodput", "payments/s", More, goodput)
	r.add("overload goodput to peak", "ratio", More, goodput/capacity)
	r.add("overload busy", "requests", Neither, float64(p.outcome.Counts.Busy))
	r.add("overload busy p50", "ms", Less, millis(p.outcome.Busy.P50))
	r.add("overload busy p99", "ms", Less, millis(p.outcome.Busy.P99))
	r.add("overload in process", "requests", Neither, float64(p.outcome.Counts.InProcess))
	r.add("overload failed", "requests", Less, float64(p.outcome.Counts.Failed))
	r.add("overload recovery", "s", Less, p.outcome.Recovery.Seconds())
	r.add("overload done after", "s", Less, p.drain.Seconds())
	times := used(p.samples[0], p.samples[len(p.samples)-1])
	for _, name := range processNames {
		if time, known := times[name]; known {
			r.add("overload processor "+name, "cores", Neither, time.Seconds()/p.plan.Duration.Seconds())
		}
	}
	r.add("overload memory hub", "MB", Less, float64(p.drained[ofHub].MemoryMost)/(1<<20))
}

// arrivals are when requests are due, and until when.
func (p Plan) arrivals() ([]time.Duration, time.Duration) {
	first := poisson(len(p.Payments), p.Rate, p.Seed)
	end, _ := slices.BinarySearch(first, p.Duration)
	first = first[:end]
	if p.Ease <= 0 || p.EaseRate <= 0 {
		return first, p.Duration
	}
	for _, at := range poisson(len(p.Payments)-end, p.EaseRate, p.Seed+1) {
		if at >= p.Ease {
			break
		}
		first = append(first, p.Duration+at)
	}
	return first, p.Duration + p.Ease
}

// recovery is how long after the overload the last request was due that was not
// served as usual.
func recovery(plan Plan, calls []call) time.Duration {
	last := time.Duration(0)
	for _, c := range calls {
		due := time.Duration(c.due)*time.Microsecond - plan.Duration
		late := c.said == busy || c.said == failed || time.Duration(c.ended-c.due)*time.Microsecond > plan.Recovered
		if c.said != notSent && late {
			last = max(last, due)
		}
	}
	return last
}

// String says what a plan does.
func (p Plan) String() string {
	if p.Rate > 0 {
		return fmt.Sprintf("open loop, %.0f a second for %s", p.Rate, p.Duration)
	}
	return fmt.Sprintf("closed loop, %d at once for %s", p.Connections, p.Duration)
}
