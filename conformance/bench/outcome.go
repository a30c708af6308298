package bench

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Outcome is what a load came to.
type Outcome struct {
	Counts Counts `json:"counts"`
	// EndToEnd is from when a request was due to its answer, for completed payments;
	// Hub is that without the time that the wallet had; Late is from when a request
	// was due to when it was sent, for all.
	EndToEnd Latency `json:"endToEnd"`
	Hub      Latency `json:"hub"`
	Late     Latency `json:"late"`
	// Busy is the same as EndToEnd for requests that were turned away.
	Busy Latency `json:"busy"`
	// Recovery is how long after an overload requests were not served as usual.
	Recovery time.Duration `json:"recovery"`
	Slices   []Slice       `json:"slices"`
	// Said has a letter for each payment of the plan: how it ended for the acquirer.
	Said string `json:"said"`
	// LastAnswer is when the last answer came, after the beginning.
	LastAnswer time.Duration `json:"lastAnswer"`
	// FalseSignatures are answers whose signature did not fit, of those looked at.
	FalseSignatures int64 `json:"falseSignatures"`
}

// perSecond is how many payments were completed while the load lasted, a second. A
// closed loop that had nothing left to send was over with its last answer.
func (o Outcome) perSecond(plan Plan) float64 {
	completed, lasted := 0, plan.Duration
	for i, s := range o.Slices {
		if time.Duration(i)*plan.Slice < plan.Duration {
			completed += s.Counts.Completed
		}
	}
	if plan.Rate == 0 && o.Counts.Sent == len(plan.Payments) && o.LastAnswer > 0 {
		lasted = min(lasted, o.LastAnswer)
	}
	return float64(completed) / lasted.Seconds()
}

// Counts are requests by how they ended. Completed are those with a final answer,
// paid or refused by the wallet.
type Counts struct {
	Sent      int `json:"sent"`
	Completed int `json:"completed"`
	Paid      int `json:"paid"`
	Refused   int `json:"refused"`
	InProcess int `json:"inProcess"`
	Busy      int `json:"busy"`
	Failed    int `json:"failed"`
}

func (c *Counts) add(s said) {
	if s == notSent {
		return
	}
	c.Sent++
	switch s {
	case paid:
		c.Paid, c.Completed = c.Paid+1, c.Completed+1
	case refused:
		c.Refused, c.Completed = c.Refused+1, c.Completed+1
	case pending:
		c.InProcess++
	case busy:
		c.Busy++
	default:
		c.Failed++
	}
}

// Latency is a distribution in microseconds.
type Latency struct {
	Count int64 `json:"count"`
	P50   int64 `json:"p50"`
	P90   int64 `json:"p90"`
	P99   int64 `json:"p99"`
	P999  int64 `json:"p999"`
	Most  int64 `json:"most"`
}

// Slice is a part of the time of a load. Completed payments count where they ended,
// latencies where they were due.
type Slice struct {
	Counts   Counts  `json:"counts"`
	EndToEnd Latency `json:"endToEnd"`
	Hub      Latency `json:"hub"`
}

// latencyMost is the longest latency that is told apart, 3 digits exact.
const latencyMost = int64(10 * time.Minute / time.Microsecond)

func newHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(1, latencyMost, 3) }

func latencyOf(h *hdrhistogram.Histogram) Latency {
	return Latency{
		Count: h.TotalCount(), P50: h.ValueAtQuantile(50), P90: h.ValueAtQuantile(90), P99: h.ValueAtQuantile(99),
		P999: h.ValueAtQuantile(99.9), Most: h.Max(),
	}
}

// tally gathers the calls of a slice, or of the whole load.
type tally struct {
	counts        Counts
	endToEnd, hub *hdrhistogram.Histogram
}

func newTally() *tally { return &tally{endToEnd: newHistogram(), hub: newHistogram()} }

// latency records a completed payment. What is outside of the histogram's bounds is
// recorded at its bound.
func (t *tally) latency(c call, spans []uint32) {
	if c.said != paid && c.said != refused {
		return
	}
	took := within(c.ended - c.due)
	_ = t.endToEnd.RecordValue(took) // it is within the bounds
	if c.timing >= 0 && c.timing < len(spans) {
		_ = t.hub.RecordValue(within(took - int64(spans[c.timing])))
	}
}

func within(micros int64) int64 { return min(max(micros, 1), latencyMost) }

// summarise turns calls into an outcome.
func summarise(plan Plan, calls []call, spans []uint32) Outcome {
	whole, late, turned := newTally(), newHistogram(), newHistogram()
	slices := make([]*tally, max(1, int((plan.Duration+plan.Ease)/plan.Slice)))
	for i := range slices {
		slices[i] = newTally()
	}
	at := func(micros int64) *tally {
		last := (plan.Duration + plan.Ease).Microseconds()
		if i := int(micros / plan.Slice.Microseconds()); i < len(slices) && micros < last {
			return slices[i]
		}
		return newTally() // after the end of the load
	}
	outcome := Outcome{}
	text := make([]byte, len(calls))
	for i, c := range calls {
		text[i] = byte(c.said)
		if c.said == notSent {
			continue
		}
		whole.counts.add(c.said)
		whole.latency(c, spans)
		at(c.ended).counts.add(c.said)
		at(c.due).latency(c, spans)
		_ = late.RecordValue(within(c.sent - c.due))
		if c.said == busy {
			_ = turned.RecordValue(within(c.ended - c.due))
		}
		outcome.LastAnswer = max(outcome.LastAnswer, time.Duration(c.ended)*time.Microsecond)
	}
	outcome.Counts, outcome.Said = whole.counts, string(text)
	outcome.EndToEnd, outcome.Hub, outcome.Late = latencyOf(whole.endToEnd), latencyOf(whole.hub), latencyOf(late)
	outcome.Busy, outcome.Recovery = latencyOf(turned), recovery(plan, calls)
	for _, s := range slices {
		outcome.Slices = append(outcome.Slices, Slice{s.counts, latencyOf(s.endToEnd), latencyOf(s.hub)})
	}
	return outcome
}
