package engine

import (
	"context"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/payment"
)

// start is the first commit of a payment: what is known of it before, and what became
// of it.
type start struct {
	// begun is the payment as it is proposed.
	begun  Record
	agreed terms
	order  connectors.Order
	claim  claim
	by     *caller
	when   moment
	// detail and sheet are what is stored of begun, made before its turn comes.
	detail db.Private
	sheet  *sheet

	// record is the payment as it was stored: reserved, created or rejected.
	record Record
	// holder is the payment that holds the claim, another one if the same request
	// came before.
	holder ids.ID
	err    error
}

func (s *start) refusal() error { return s.err }

func (*start) guessed() bool { return false }

// prepare makes what is stored of a payment that starts as it is proposed.
func (e *Engine) prepare(s *start) (err error) {
	s.begun.Version = 1
	if s.detail, err = s.begun.encoded(); err != nil {
		return err
	}
	s.sheet, err = e.told(s, s.begun)
	return err
}

// startAll claims the requests of payments that start and stores those whose claims
// are new.
func (e *Engine) startAll(ctx context.Context, tx db.Tx, s *sheet, starts []*start) error {
	made, err := makeClaims(ctx, tx, db.Column(starts, func(st *start) claim { return st.claim }))
	if err != nil {
		return err
	}
	var fresh []*start
	for i, st := range starts {
		st.record, st.holder, st.err = st.begun, st.begun.ID, nil
		if made[i] {
			fresh = append(fresh, st)
			continue
		}
		st.holder, st.err = findClaim(ctx, tx, st.claim)
		if st.err != nil && reason.Of(st.err) != reason.Inconsistent {
			return st.err
		}
	}
	return e.storeAll(ctx, tx, s, fresh)
}

// storeAll writes new payments with everything that belongs to them.
func (e *Engine) storeAll(ctx context.Context, tx db.Tx, s *sheet, starts []*start) error {
	var decisions []compliance.Decision
	var holds []*hold
	for _, st := range starts {
		decisions = append(decisions, made(st.agreed.decision)...)
		if st.record.State.Holding() {
			holds = append(holds, &hold{record: &st.record, agreed: st.agreed, order: &st.order, at: st.when.at})
		}
	}
	if err := compliance.InsertDecisions(ctx, tx, decisions); err != nil {
		return err
	}
	if err := e.secure(ctx, tx, holds); err != nil {
		return err
	}
	for _, h := range holds {
		if h.refused != reason.None {
			h.record.refuse(h.refused, h.record.CreatedAt)
		}
	}
	for _, st := range starts {
		if err := e.enroll(ctx, tx, s, st); err != nil {
			return err
		}
	}
	insertRecords(tx, db.Column(starts, func(st *start) *Record { return &st.record }),
		db.Column(starts, func(st *start) db.Private { return st.detail }))
	return nil
}

// enroll puts on record what a payment starts with: what was prepared, unless it was
// refused meanwhile.
func (e *Engine) enroll(ctx context.Context, tx db.Tx, s *sheet, st *start) error {
	if err := fileReview(ctx, tx, st.record, st.agreed.decision, st.when.at); err != nil {
		return err
	}
	if st.record.State == st.begun.State {
		s.add(st.sheet)
		return nil
	}
	own, err := e.told(st, st.record)
	if err != nil {
		return err
	}
	s.add(own)
	return nil
}

// told is what is on record of a payment that starts.
func (e *Engine) told(st *start, record Record) (*sheet, error) {
	messages, err := e.firstMessages(record, st.by)
	if err != nil {
		return nil, err
	}
	var effects payment.Effect
	switch record.State {
	case payment.Reserved:
		effects = payment.Reserve | payment.Inquire
	case payment.UnderReview:
		effects = payment.Reserve
	case payment.Rejected:
		if st.by.suffices {
			effects = payment.Tell
		}
	}
	s := &sheet{}
	e.say(s, messages)
	return s, s.changed(record, "ACCEPTED", effects, st.when)
}

// made is a decision as a list, empty if none was made.
func made(decision compliance.Decision) []compliance.Decision {
	if decision.ID == ids.Nil {
		return nil
	}
	return []compliance.Decision{decision}
}
