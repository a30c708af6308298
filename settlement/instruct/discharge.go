package instruct

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/window"
)

// Taken is what came of a bank's word.
type Taken struct {
	Step Step
	// Obligation is what the word was about, after it; its zero value if none.
	Obligation Obligation
	// Repeated says that the word was taken before, and nothing changed.
	Repeated bool
}

// Take takes a bank's word: money that it moved discharges an obligation and is
// booked between the participant's position and the hub's account with the bank,
// in the open window of its region. A word that fits no obligation is kept as
// unmatched and moves nothing. The same word again changes nothing.
func Take(ctx context.Context, tx db.Tx, word Word, at time.Time) (Taken, error) {
	before, found, err := stepOf(ctx, tx, word.ID)
	if err != nil {
		return Taken{}, err
	}
	if found {
		return repeated(ctx, tx, word, before)
	}
	o, found, err := named(ctx, tx, word.References)
	if err != nil {
		return Taken{}, err
	}
	if before, heard, err := heardOtherwise(ctx, tx, o, word); err != nil || heard {
		return Taken{Step: before, Obligation: o, Repeated: heard}, err
	}
	step := Step{
		ID: word.ID, Kind: word.Kind, Direction: word.Direction, Amount: word.Amount, ValueDate: word.ValueDate,
		Reference: word.Reference, Reason: word.Reason, At: at,
	}
	after, problem := o, errors.New("it names no obligation")
	if found {
		step.ObligationID = o.ID
		after, problem = o.hear(word, at)
	}
	if problem != nil {
		step.Kind, step.ObligationID = Unmatched, ids.Nil
		step.Reason = clip(problem.Error())
		return Taken{Step: step}, record(ctx, tx, step)
	}
	if err := record(ctx, tx, step); err != nil {
		return Taken{}, err
	}
	if word.Kind == Confirmed {
		err = book(ctx, tx, booking{obligation: o, subject: step.ID, at: at}.settlement(word.Amount)...)
		if err != nil {
			return Taken{}, err
		}
	}
	if word.Kind != Accepted {
		err = save(ctx, tx, o, after)
	}
	return Taken{Step: step, Obligation: after}, err
}

// reasonMax is how much of a reason is kept.
const reasonMax = 200

func clip(text string) string { return text[:min(len(text), reasonMax)] }

// hear is the obligation after a bank's word about it.
func (o Obligation) hear(word Word, at time.Time) (Obligation, error) {
	switch {
	case word.Kind == Rejected && !word.names(o.instructionID()):
		return o, errors.New("it refuses an earlier instruction")
	case word.Kind == Rejected:
		return o.Reject()
	case word.Kind == Accepted:
		return o, nil
	case word.Kind == Unmatched:
		return o, errors.New(word.Reason)
	case word.Direction != o.Direction:
		return o, fmt.Errorf("money moved the other way than %s of %s", o.Direction, o.ID)
	default:
		return o.Confirm(word.Amount, at)
	}
}

// names reports whether a word is about an instruction.
func (w Word) names(instruction ids.ID) bool {
	for _, text := range w.References {
		if id, err := ids.Parse(text); err == nil && (id == instruction || id == ids.ID(uetr(instruction))) {
			return true
		}
	}
	return false
}

// repeated answers a word that was taken before.
func repeated(ctx context.Context, tx db.Tx, word Word, before Step) (Taken, error) {
	if before.Amount != word.Amount || before.Direction != word.Direction {
		return Taken{}, fmt.Errorf("%w: %s, before %s", ErrDiffers, word.Amount, before.Amount)
	}
	taken := Taken{Step: before, Repeated: true}
	if before.ObligationID == ids.Nil {
		return taken, nil
	}
	var err error
	taken.Obligation, _, err = Find(ctx, tx, before.ObligationID)
	return taken, err
}

// heardOtherwise returns what a bank has said before about an obligation if a word is the same in
// everything but the references by which it names it: a bank may know more of them later.
func heardOtherwise(ctx context.Context, reader db.Reader, o Obligation, word Word) (Step, bool, error) {
	if word.Kind != Confirmed || word.Shared || word.Reference == "" {
		return Step{}, false, nil
	}
	steps, err := collectSteps(ctx, reader, selectHeard, o.ID, word.Reference)
	for _, step := range steps {
		if step.Direction == word.Direction && step.Amount == word.Amount && step.ValueDate.Equal(word.ValueDate) {
			return step, true, nil
		}
	}
	return Step{}, false, err
}

// named returns the obligation that the first reference names that names one.
func named(ctx context.Context, reader db.Reader, references []string) (Obligation, bool, error) {
	for _, text := range references {
		id, err := ids.Parse(text)
		if err != nil {
			continue
		}
		if o, found, err := Find(ctx, reader, id); err != nil || found {
			return o, found, err
		}
	}
	return Obligation{}, false, nil
}

// Decision is what two people decide about an obligation that a bank did not
// discharge.
type Decision struct {
	ObligationID ids.ID
	// ID is that of what they agreed on; a decision is carried out once.
	ID     ids.ID
	Reason string
	At     time.Time
}

// decided runs a decision on an obligation, with the entries it makes, and
// returns the obligation as it is afterwards.
func decided(
	ctx context.Context, tx db.Tx, d Decision, kind StepKind,
	step func(Obligation) (Obligation, error), entries func(booking) ([]movement, error),
) (Obligation, error) {
	before, found, err := Find(ctx, tx, d.ObligationID)
	if err != nil {
		return before, err
	}
	if !found {
		return before, fmt.Errorf("%w: %s is none", ErrState, d.ObligationID)
	}
	after, err := step(before)
	if err != nil {
		return before, err
	}
	made := Step{
		ID: ids.Derive(d.ID, "settlement.step."+string(kind)+"."+before.ID.String(), 1), ObligationID: before.ID, Kind: kind,
		Direction: before.Direction, Amount: before.Rest(), Reference: d.ID.String(), Reason: clip(d.Reason), At: d.At,
	}
	if err := record(ctx, tx, made); err != nil {
		return before, err
	}
	b := booking{obligation: before, subject: made.ID, at: d.At}
	movements, err := entries(b)
	if err != nil {
		return before, err
	}
	if err := book(ctx, tx, movements...); err != nil {
		return before, err
	}
	return after, save(ctx, tx, before, after)
}

func nothing(booking) ([]movement, error) { return nil, nil }

// Retry instructs what is left of an obligation again, due on a day, and returns
// the new instruction.
func Retry(ctx context.Context, tx db.Tx, d Decision, due time.Time) ([]byte, error) {
	o, err := decided(ctx, tx, d, Retried, Obligation.Retry, nothing)
	if err != nil {
		return nil, err
	}
	purpose := remittanceOf(o.SubjectID)
	if o.WindowID != ids.Nil {
		w, err := window.Get(ctx, tx, o.WindowID)
		if err != nil {
			return nil, err
		}
		purpose = remittance(w)
	} else {
		wait(tx, []Obligation{o})
	}
	o.ValueDate, o.CreatedAt = due, d.At
	body, err := o.transfer(purpose).AppendXML(nil)
	if err != nil {
		return nil, fmt.Errorf("instruct: retry: %w", err)
	}
	return body, insertInstruction(ctx, tx, o, body)
}

const insertRetry = `
INSERT INTO obligation_instruction (instruction_id, obligation_id, attempt, body, created_at)
VALUES ($1, $2, $3, $4, $5)`

func insertInstruction(ctx context.Context, tx db.Tx, o Obligation, body []byte) error {
	if _, err := tx.Exec(ctx, insertRetry, o.instructionID(), o.ID, o.Attempt, body, o.CreatedAt); err != nil {
		return fmt.Errorf("instruct: instruction: %w", err)
	}
	return nil
}

// MoveRest makes what is left of an obligation part of the region's open window,
// in whose figures it counts.
func MoveRest(ctx context.Context, tx db.Tx, d Decision) error {
	move := func(o Obligation) (Obligation, error) { return o.Move(d.At) }
	_, err := decided(ctx, tx, d, RestMoved, move, func(b booking) ([]movement, error) {
		carried, o := ledger.HubAccount(ledger.Carried), b.obligation
		return []movement{b.discharge(carried, o.Rest()), b.owe(o.ParticipantID, o.Direction, carried, o.Rest())}, nil
	})
	return err
}

// Share is what one participant bears of a loss.
type Share struct {
	ParticipantID string
	Amount        money.Amount
}

// CoverRest books what is left of an obligation as lost: first the participant's
// own prefunding pays, up to what is on it, then each of the others its share,
// which counts in the open window; the hub bears the rest.
func CoverRest(ctx context.Context, tx db.Tx, d Decision, shares []Share) error {
	cover := func(o Obligation) (Obligation, error) { return o.Cover(d.At) }
	_, err := decided(ctx, tx, d, RestCovered, cover, func(b booking) ([]movement, error) {
		return b.loss(ctx, tx, shares)
	})
	return err
}
