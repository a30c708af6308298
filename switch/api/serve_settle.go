package api

import (
	"context"
	"time"

	"github.com/causeway-pay/causeway/internal/audit"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/settlement/fees"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/window"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/engine"
)

// settlement shows how far a window is settled.
func (s *server) settlement(c call) (answer, error) {
	id, err := c.id()
	if err != nil {
		return answer{}, err
	}
	var file wire.Settlement
	err = s.Pool.InTx(c.Context(), func(ctx context.Context, tx db.Tx) error {
		w, err := window.Get(ctx, tx, id)
		if db.NoRows(err) {
			return reason.New(reason.Missing, "api.settlement", "")
		}
		if err != nil {
			return err
		}
		obligations, err := instruct.Of(ctx, tx, id)
		if err != nil {
			return err
		}
		between, err := engine.BilateralOf(ctx, tx, id)
		file = wire.Settlement{
			Window: windowOf(w), Obligations: each(obligations, obligationOf), Bilateral: each(between, bilateralOf),
		}
		return err
	})
	return ok(file, err)
}

func obligationOf(o instruct.Obligation) wire.Obligation {
	return wire.Obligation{
		ID: o.ID, WindowID: o.WindowID, SubjectID: o.SubjectID, ParticipantID: o.ParticipantID,
		Direction: string(o.Direction),
		Amount:    wire.AmountOf(o.Amount), Rest: wire.AmountOf(o.Rest()), State: string(o.State), Attempts: o.Attempt,
		ValueDate: o.ValueDate.Format(time.DateOnly), FinalAt: o.FinalAt,
	}
}

func bilateralOf(b engine.Bilateral) wire.Bilateral {
	return wire.Bilateral{
		WalletID: b.WalletID, AcquirerID: b.AcquirerID, Payments: b.Payments, Amount: wire.AmountOf(b.Amount),
	}
}

// grossObligations lists what single payments of a participant come to that settles
// gross, newest first.
func (s *server) grossObligations(c call) (answer, error) {
	query, page, err := c.listing("participant", "before", "limit")
	if err != nil {
		return answer{}, err
	}
	participant := query.Get("participant")
	if err := s.participantKnown("participant", participant); err != nil {
		return answer{}, err
	}
	behind := instruct.GrossPlace{CreatedAt: page.before, ObligationID: page.id}
	list, err := instruct.GrossOf(c.Context(), s.Pool, participant, behind, page.more())
	if err != nil {
		return answer{}, err
	}
	list, next := cut(page, list, func(o instruct.Obligation) (time.Time, ids.ID) { return o.CreatedAt, o.ID })
	return ok(wire.Obligations{Obligations: each(list, obligationOf), Next: next}, nil)
}

// stepsMax is how many steps of one obligation are shown: each of its at most
// twenty instructions may be answered in many parts.
const stepsMax = 200

// obligation shows an obligation with all that happened to it.
func (s *server) obligation(c call) (answer, error) {
	id, err := c.id()
	if err != nil {
		return answer{}, err
	}
	var file wire.ObligationFile
	err = s.Pool.InTx(c.Context(), func(ctx context.Context, tx db.Tx) error {
		o, found, err := instruct.Find(ctx, tx, id)
		if err != nil {
			return err
		}
		if !found || o.ID != id {
			return reason.New(reason.Missing, "api.obligation", "")
		}
		steps, err := instruct.StepsOf(ctx, tx, o.ID, stepsMax)
		file = wire.ObligationFile{Obligation: obligationOf(o), Steps: each(steps, stepOf)}
		return err
	})
	return ok(file, err)
}

func stepOf(step instruct.Step) wire.SettlementStep {
	shown := wire.SettlementStep{
		Kind: string(step.Kind), Direction: string(step.Direction), Reference: step.Reference, Reason: step.Reason,
		At: step.At,
	}
	if !step.Amount.IsZero() {
		amount := wire.AmountOf(step.Amount)
		shown.Amount = &amount
	}
	if !step.ValueDate.IsZero() {
		shown.ValueDate = step.ValueDate.Format(time.DateOnly)
	}
	return shown
}

// unmatched lists what banks said that fits no obligation.
func (s *server) unmatched(c call) (answer, error) {
	_, page, err := c.listing("limit")
	if err != nil {
		return answer{}, err
	}
	steps, err := instruct.StepsOf(c.Context(), s.Pool, ids.Nil, page.limit)
	return ok(wire.UnmatchedSteps{Steps: each(steps, stepOf)}, err)
}

// instruct writes the files of a closed window again. It moves no money: the
// same window gives the same instructions.
func (s *server) instruct(c call) (answer, error) {
	id, err := c.id()
	if err != nil {
		return answer{}, err
	}
	if s.Instruct == nil {
		return answer{}, reason.New(reason.Unsupported, "api.instruct", "this hub writes no files")
	}
	entry := audit.Entry{
		ID: ids.New(), At: s.Clock.Now(), Actor: c.actor(), Action: "window.instruct", Subject: id.String(),
	}
	err = s.Pool.InTx(c.Context(), func(ctx context.Context, tx db.Tx) error {
		if _, err := window.Get(ctx, tx, id); db.NoRows(err) {
			return reason.New(reason.Missing, "api.instruct", "")
		} else if err != nil {
			return err
		}
		return Record(ctx, tx, entry)
	})
	if err != nil {
		return answer{}, err
	}
	files, err := s.Instruct(c.Context(), id)
	return ok(wire.Instructed{WindowID: id, Files: files}, err)
}

// feeSchedules shows all lines of all fee schedules.
func (s *server) feeSchedules(c call) (answer, error) {
	lines, err := fees.Lines(c.Context(), s.Pool)
	return ok(wire.FeeSchedules{Lines: each(lines, feeLineOf)}, err)
}

func feeLineOf(l fees.Line) wire.FeeLine {
	return wire.FeeLine{
		Kind: string(l.Kind), ParticipantID: l.ParticipantID, Corridor: l.Corridor, Product: l.Product,
		Currency: string(l.Currency), EffectiveAt: l.EffectiveAt, Paid: l.Paid, Points: l.Points, FixedMinor: l.Fixed,
		LeastMinor: l.Least, MostMinor: l.Most,
	}
}
