package dispute_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/dispute"
)

var events = []dispute.Event{
	dispute.GivesBack, dispute.Contests, dispute.TimeOver, dispute.ForPayer, dispute.ForMerchant, dispute.EscalatedAgain,
}

var stages = []connectors.DisputeStage{connectors.Retrieval, connectors.Escalation}

// TestStep names every transition; whatever is not in the table must not happen.
func TestStep(t *testing.T) {
	type step struct {
		stage connectors.DisputeStage
		state dispute.State
		event dispute.Event
	}
	const retrieval, escalation = connectors.Retrieval, connectors.Escalation
	table := map[step]dispute.State{
		{retrieval, dispute.Waiting, dispute.GivesBack}:         dispute.Accepted,
		{retrieval, dispute.Waiting, dispute.Contests}:          dispute.Contested,
		{retrieval, dispute.Waiting, dispute.TimeOver}:          dispute.Lapsed,
		{retrieval, dispute.Waiting, dispute.ForMerchant}:       dispute.Dismissed,
		{retrieval, dispute.Accepted, dispute.ForPayer}:         dispute.Settled,
		{escalation, dispute.Waiting, dispute.GivesBack}:        dispute.Accepted,
		{escalation, dispute.Waiting, dispute.Contests}:         dispute.Contested,
		{escalation, dispute.Waiting, dispute.TimeOver}:         dispute.Accepted,
		{escalation, dispute.Waiting, dispute.ForMerchant}:      dispute.Dismissed,
		{escalation, dispute.Accepted, dispute.ForPayer}:        dispute.Settled,
		{escalation, dispute.Contested, dispute.ForPayer}:       dispute.Settled,
		{escalation, dispute.Contested, dispute.ForMerchant}:    dispute.Dismissed,
		{escalation, dispute.Contested, dispute.EscalatedAgain}: dispute.Dismissed,
	}
	for _, stage := range stages {
		for _, state := range dispute.States() {
			for _, event := range events {
				want, may := table[step{stage, state, event}]
				if !may {
					want = state
				}
				got, did := dispute.Step(stage, state, event)
				if got != want || did != may {
					t.Errorf("%s %s %s: %s, %v; want %s, %v", stage, state, event, got, did, want, may)
				}
			}
		}
	}
}

// TestFinalStatesAbsorb: whatever happens in whatever order, a dispute ends, and what has
// ended stays as it is.
func TestFinalStatesAbsorb(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stage, state := rapid.SampledFrom(stages).Draw(t, "stage"), dispute.Waiting
		for range rapid.IntRange(1, 20).Draw(t, "events") {
			event := rapid.SampledFrom(events).Draw(t, "event")
			next, did := dispute.Step(stage, state, event)
			if state.Final(stage) && (did || next != state) {
				t.Fatalf("%s %s went on to %s by %s", stage, state, next, event)
			}
			if did == (next == state) {
				t.Fatalf("%s %s by %s: %s, %v", stage, state, event, next, did)
			}
			state = next
		}
		if !slices.Contains(dispute.States(), state) {
			t.Fatalf("%s is no state", state)
		}
	})
}

var paidAt = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func jpy(minor int64) money.Amount { return money.New(minor, "JPY") }

func paid(returned int64) dispute.Payment {
	return dispute.Payment{Amount: jpy(1500), Returned: jpy(returned), Completed: true, CompletedAt: paidAt}
}

func ended(stage connectors.DisputeStage, state dispute.State, minor, refund int64, at time.Time) dispute.Dispute {
	return dispute.Dispute{Stage: stage, State: state, Amount: jpy(minor), Refund: jpy(refund), OpenedAt: at,
		AnsweredAt: at}
}

// TestAdmit names each rule of the scheme and what is just within it.
func TestAdmit(t *testing.T) {
	const retrieval, escalation, day = connectors.Retrieval, connectors.Escalation, 24 * time.Hour
	terms := dispute.Terms{}.WithDefaults()
	contested := func(stage connectors.DisputeStage, at time.Time) dispute.Dispute {
		return ended(stage, dispute.Contested, 1500, 0, at)
	}
	open, five := paid(0), slices.Repeat([]dispute.Dispute{contested(retrieval, paidAt)}, 5)
	unpaid := open
	unpaid.Completed = false
	for name, c := range map[string]struct {
		payment dispute.Payment
		earlier []dispute.Dispute
		stage   connectors.DisputeStage
		amount  money.Amount
		after   time.Duration
		want    reason.Kind
	}{
		"the whole":             {open, nil, retrieval, jpy(1500), day, reason.None},
		"more than all":         {open, nil, retrieval, jpy(1501), day, reason.RefundExceeds},
		"nothing":               {open, nil, retrieval, jpy(0), day, reason.InvalidRequest},
		"another currency":      {open, nil, escalation, money.New(1, "USD"), day, reason.UnsupportedCurrency},
		"not paid":              {unpaid, nil, escalation, jpy(1), day, reason.InProcess},
		"what was refunded":     {paid(1000), nil, escalation, jpy(501), day, reason.RefundExceeds},
		"what was not":          {paid(1000), nil, escalation, jpy(500), day, reason.None},
		"on the last day":       {open, nil, escalation, jpy(1), 360 * day, reason.None},
		"a day too late":        {open, nil, escalation, jpy(1), 360*day + 1, reason.RefundTooLate},
		"the fifth":             {open, five[:4], retrieval, jpy(1), day, reason.None},
		"the sixth":             {open, five, retrieval, jpy(1), day, reason.CountLimit},
		"after five retrievals": {open, five, escalation, jpy(1500), day, reason.None},
		"one is open": {open, []dispute.Dispute{ended(retrieval, dispute.Waiting, 1, 0, paidAt)}, retrieval,
			jpy(1), day, reason.Failed},
		"one is not booked": {open, []dispute.Dispute{ended(retrieval, dispute.Accepted, 1, 1, paidAt)},
			retrieval, jpy(1), day, reason.Failed},
		"what disputes gave": {open, []dispute.Dispute{ended(retrieval, dispute.Settled, 900, 900, paidAt)},
			escalation, jpy(601), day, reason.RefundExceeds},
		"what they did not": {open, []dispute.Dispute{ended(retrieval, dispute.Settled, 900, 900, paidAt)},
			escalation, jpy(600), day, reason.None},
		"a second escalation": {open, []dispute.Dispute{contested(escalation, paidAt)}, escalation, jpy(1500),
			25 * day, reason.None},
		"after 25 days": {open, []dispute.Dispute{contested(escalation, paidAt)}, escalation, jpy(1500),
			25*day + 1, reason.RefundTooLate},
		"a third escalation": {open, []dispute.Dispute{contested(escalation, paidAt), contested(escalation,
			paidAt)}, escalation, jpy(1), day, reason.CountLimit},
		"while one is escalated": {open, []dispute.Dispute{ended(escalation, dispute.Waiting, 1, 0, paidAt)},
			escalation, jpy(1), day, reason.Failed},
	} {
		err := terms.Admit(c.payment, c.earlier, c.stage, c.amount, paidAt.Add(c.after))
		if got := reason.Of(err); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestHeld: what disputes have given back, and what escalations may, is no refund's.
func TestHeld(t *testing.T) {
	for name, c := range map[string]struct {
		of         dispute.Dispute
		held, gave int64
	}{
		"a retrieval that waits":   {ended(connectors.Retrieval, dispute.Waiting, 900, 0, paidAt), 0, 0},
		"evidence alone":           {ended(connectors.Retrieval, dispute.Contested, 900, 0, paidAt), 0, 0},
		"a retrieval that gave":    {ended(connectors.Retrieval, dispute.Accepted, 900, 300, paidAt), 300, 300},
		"an escalation that waits": {ended(connectors.Escalation, dispute.Waiting, 900, 0, paidAt), 900, 0},
		"an open question":         {ended(connectors.Escalation, dispute.Contested, 900, 0, paidAt), 900, 0},
		"settled":                  {ended(connectors.Escalation, dispute.Settled, 900, 400, paidAt), 400, 400},
		"dismissed":                {ended(connectors.Escalation, dispute.Dismissed, 900, 0, paidAt), 0, 0},
		"lapsed":                   {ended(connectors.Retrieval, dispute.Lapsed, 900, 0, paidAt), 0, 0},
	} {
		all := []dispute.Dispute{c.of, c.of}
		if got, gave := dispute.Held(all), dispute.Given(all); got != 2*c.held || gave != 2*c.gave {
			t.Errorf("%s: held %d, given %d", name, got, gave)
		}
	}
}
