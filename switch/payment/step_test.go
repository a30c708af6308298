package payment

import (
	"testing"

	"pgregory.net/rapid"
)

// TestStepTable names the outcome of every pair of state and event. A pair that
// is not listed must change nothing.
func TestStepTable(t *testing.T) {
	type pair struct {
		state State
		event Event
	}
	want := map[pair]Transition{
		{Created, PayerScanned}:        {Reserved, Reserve | Inquire},
		{Created, PayerHeld}:           {UnderReview, Reserve},
		{Created, CancelRequested}:     {Cancelled, Rest | Notify},
		{Created, Expired}:             {Cancelled, Rest | Notify},
		{Created, WalletAccepted}:      {Created, Contradiction},
		{Cancelling, WalletAccepted}:   {Cancelling, Undo},
		{Cancelling, WalletDeclined}:   {Cancelled, Void | Rest | Notify},
		{Cancelling, WalletCancelled}:  {Cancelled, Void | Rest | Notify},
		{Cancelling, WalletUndecided}:  {Cancelling, Undo},
		{Cancelling, WalletAbsent}:     {Cancelling, Undo},
		{Cancelling, Exhausted}:        {Held, Rest},
		{Held, WalletAccepted}:         {Held, Contradiction},
		{Held, WalletDeclined}:         {Cancelled, Void | Rest | Notify},
		{Held, WalletCancelled}:        {Cancelled, Void | Rest | Notify},
		{Held, OperatorPosted}:         {Posted, Post | Rest | Notify},
		{Held, OperatorVoided}:         {Cancelled, Void | Rest | Notify},
		{Created, PushDue}:             {Created, Contradiction},
		{UnderReview, CaseReleased}:    {Reserved, Send},
		{UnderReview, OrderReleased}:   {Reserved, Inquire},
		{UnderReview, CaseRefused}:     {Rejected, Void | Rest | Notify},
		{UnderReview, Expired}:         {Rejected, Void | Rest | Notify},
		{UnderReview, CancelRequested}: {Cancelled, Void | Rest | Notify},
		{UnderReview, WalletAccepted}:  {UnderReview, Contradiction},
		{UnderReview, PushDue}:         {UnderReview, Contradiction},
		{Pushing, PushAccepted}:        {Posted, Post | Rest | Notify},
		{Pushing, PushUndecided}:       {Pushing, Push},
		{Pushing, PushDeclined}:        {Cancelling, Undo},
		{Pushing, CancelRequested}:     {Cancelling, Undo},
		{Pushing, Expired}:             {Cancelling, Undo},
		{Pushing, Exhausted}:           {Cancelling, Undo},
		{Pushing, WalletDeclined}:      {Pushing, Contradiction},
		{Pushing, WalletCancelled}:     {Pushing, Contradiction},
		{Cancelling, PushDue}:          {Cancelling, Undo},
		{Cancelling, PushAccepted}:     {Cancelling, Contradiction},
		{Held, PushDue}:                {Held, Contradiction},
		{Held, PushAccepted}:           {Held, Contradiction},
		{Posted, PushDeclined}:         {Posted, Contradiction},
		{Posted, WalletDeclined}:       {Posted, Contradiction},
		{Posted, WalletCancelled}:      {Posted, Contradiction},
		{Posted, CancelRequested}:      {Posted, Reverse},
	}
	for _, state := range []State{Reserved, Unresolved} {
		want[pair{state, WalletAccepted}] = Transition{Posted, Post | Rest | Notify}
		want[pair{state, PushDue}] = Transition{Pushing, Push}
		want[pair{state, WalletDeclined}] = Transition{Declined, Void | Rest | Notify}
		want[pair{state, WalletUndecided}] = Transition{Unresolved, Inquire}
		want[pair{state, WalletAbsent}] = Transition{Unresolved, Inquire}
		want[pair{state, WalletCancelled}] = Transition{Cancelled, Void | Rest | Notify}
		for _, event := range []Event{CancelRequested, Expired, Exhausted} {
			want[pair{state, event}] = Transition{Cancelling, Undo}
		}
	}
	for _, state := range []State{Declined, Cancelled, Rejected} {
		want[pair{state, WalletAccepted}] = Transition{state, Undo | Contradiction}
		want[pair{state, PushDue}] = Transition{state, Undo | Contradiction}
		want[pair{state, PushAccepted}] = Transition{state, Contradiction}
		want[pair{state, WalletCancelled}] = Transition{state, Rest}
		want[pair{state, Exhausted}] = Transition{state, Rest | Contradiction}
	}
	for _, state := range States() {
		for _, event := range Events() {
			expected, listed := want[pair{state, event}]
			if !listed {
				expected = Transition{Next: state}
			}
			if got := Step(state, event); got != expected {
				t.Errorf("Step(%s, %s) = %s [%s], want %s [%s]",
					state, event, got.Next, got.Effects, expected.Next, expected.Effects)
			}
		}
	}
}

// TestHistories runs random histories against the money rules: a payment
// reserves at most once, resolves its reservation at most once and exactly when
// it leaves the holding states, and final states absorb.
func TestHistories(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		state := rapid.SampledFrom([]State{Created, Reserved}).Draw(t, "start")
		reserved, resolved := 0, 0
		if state == Reserved {
			reserved = 1
		}
		for _, event := range rapid.SliceOfN(rapid.SampledFrom(Events()), 1, 40).Draw(t, "events") {
			before := state
			step := Step(state, event)
			state = step.Next
			reserved += count(step.Effects, Reserve)
			resolved += count(step.Effects, Post) + count(step.Effects, Void)
			checkStep(t, before, event, step)
			if holding := reserved == 1 && resolved == 0; state.Holding() != holding {
				t.Fatalf("after %s in %s: state %s holds=%v, but reserved %d and resolved %d times",
					event, before, state, state.Holding(), reserved, resolved)
			}
		}
		if reserved > 1 || resolved > reserved {
			t.Fatalf("reserved %d times, resolved %d times", reserved, resolved)
		}
	})
}

func checkStep(t *rapid.T, before State, event Event, step Transition) {
	if before.Final() && step.Next != before {
		t.Fatalf("final state %s left by %s to %s", before, event, step.Next)
	}
	if step.Effects.Has(Post) && (step.Next != Posted || before == Posted) {
		t.Fatalf("%s in %s posts but ends in %s", event, before, step.Next)
	}
	if step.Next.Final() && !before.Final() && !step.Effects.Has(Rest|Notify) {
		t.Fatalf("%s in %s ends the payment without telling anybody", event, before)
	}
}

func count(effects, effect Effect) int {
	if effects.Has(effect) {
		return 1
	}
	return 0
}

// TestEveryStateCanEnd: from every state that is not final some sequence of
// events leads to a final one, or payments could be stuck for ever.
func TestEveryStateCanEnd(t *testing.T) {
	for _, start := range States() {
		reached := map[State]bool{start: true}
		for range States() {
			for state := range reached {
				for _, event := range Events() {
					reached[Step(state, event).Next] = true
				}
			}
		}
		final := false
		for state := range reached {
			final = final || state.Final()
		}
		if !final {
			t.Errorf("no way from %s to a final state", start)
		}
	}
}

func TestStepReturnTable(t *testing.T) {
	cases := []struct {
		state     ReturnState
		event     Event
		mandatory bool
		want      ReturnTransition
	}{
		{ReturnReserved, WalletAccepted, false, ReturnTransition{ReturnPosted, Post | Rest | Notify}},
		{ReturnReserved, WalletDeclined, false, ReturnTransition{ReturnDeclined, Void | Rest | Notify}},
		{ReturnReserved, WalletDeclined, true, ReturnTransition{ReturnReserved, Inquire}},
		{ReturnReserved, WalletUndecided, false, ReturnTransition{ReturnReserved, Inquire}},
		{ReturnReserved, WalletAbsent, true, ReturnTransition{ReturnReserved, Inquire}},
		{ReturnReserved, Exhausted, false, ReturnTransition{ReturnHeld, Rest}},
		{ReturnReserved, Expired, false, ReturnTransition{ReturnReserved, 0}},
		{ReturnHeld, WalletUndecided, false, ReturnTransition{ReturnHeld, 0}},
		{ReturnHeld, WalletAccepted, true, ReturnTransition{ReturnPosted, Post | Rest | Notify}},
		{ReturnHeld, OperatorVoided, false, ReturnTransition{ReturnDeclined, Void | Rest | Notify}},
		{ReturnHeld, OperatorPosted, false, ReturnTransition{ReturnPosted, Post | Rest | Notify}},
		{ReturnPosted, WalletDeclined, false, ReturnTransition{ReturnPosted, Contradiction}},
		{ReturnPosted, WalletAccepted, false, ReturnTransition{ReturnPosted, 0}},
		{ReturnDeclined, WalletAccepted, false, ReturnTransition{ReturnDeclined, Contradiction}},
		{ReturnDeclined, OperatorPosted, false, ReturnTransition{ReturnDeclined, 0}},
	}
	for _, c := range cases {
		if got := StepReturn(c.state, c.event, c.mandatory); got != c.want {
			t.Errorf("StepReturn(%s, %s, %v) = %s [%s], want %s [%s]", c.state, c.event, c.mandatory,
				got.Next, got.Effects, c.want.Next, c.want.Effects)
		}
	}
}

func TestReturnHistories(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		state, resolved := ReturnReserved, 0
		mandatory := rapid.Bool().Draw(t, "mandatory")
		for _, event := range rapid.SliceOfN(rapid.SampledFrom(Events()), 1, 30).Draw(t, "events") {
			before := state
			step := StepReturn(state, event, mandatory)
			state = step.Next
			resolved += count(step.Effects, Post) + count(step.Effects, Void)
			if before.Final() && state != before {
				t.Fatalf("final state %s left by %s", before, event)
			}
			if (resolved == 1) != state.Final() {
				t.Fatalf("%s after %s in %s: reservation resolved %d times", state, event, before, resolved)
			}
		}
	})
}

func TestEffectString(t *testing.T) {
	if got := (Post | Rest | Notify).String(); got != "post, rest, notify" {
		t.Errorf("got %q", got)
	}
	if got := Effect(0).String(); got != "none" {
		t.Errorf("got %q", got)
	}
}
