package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

// Kind is a kind of change that needs four eyes, as the mechanism sees it. It is
// made from a [Definition].
type Kind struct {
	// Name is what proposals call it: "position.cap.set".
	Name string
	// Propose and Approve are the roles of which the two persons need one each.
	Propose, Approve []Role
	// Reload says that participants or corridors change, so that the hubs must
	// load their directory again.
	Reload bool

	canonical func(change []byte) ([]byte, error)
	describe  func(change []byte) (string, error)
	verify    func(ctx context.Context, reader db.Reader, change []byte) error
	apply     func(ctx context.Context, tx db.Tx, approval Approval, change []byte) error
}

// Approval says who agreed on a change that is being applied.
type Approval struct {
	ProposalID ids.ID
	ProposerID ids.ID
	ApproverID ids.ID
	// ProposedAt is when the proposer had read what the change is about, At when it is
	// approved.
	ProposedAt, At time.Time
}

// Definition is how a part of the switch describes a change with four eyes. T is
// a struct with JSON names in snake_case; its fields that are not omitempty are
// required. T must marshal the same value to the same bytes each time, so it has
// no interface fields.
type Definition[T any] struct {
	Name             string
	Propose, Approve []Role
	Reload           bool
	// Check returns what is wrong with a change by itself and brings it into
	// its one form. Its errors carry a [reason.Kind].
	Check func(change *T) error
	// Verify returns why the change makes no sense now, such as an unknown id.
	// It runs when the change is proposed. It may be nil.
	Verify func(ctx context.Context, reader db.Reader, change T) error
	// Describe says in one line what the change does.
	Describe func(change T) string
	// Apply makes the change in the transaction of the approval. It checks again
	// whatever could be different by then.
	Apply func(ctx context.Context, tx db.Tx, approval Approval, change T) error
}

// Kind returns the definition in the form that [Config] takes.
func (d Definition[T]) Kind() Kind {
	return Kind{
		Name: d.Name, Propose: d.Propose, Approve: d.Approve, Reload: d.Reload,
		canonical: func(change []byte) ([]byte, error) {
			value, err := d.decode(change)
			if err != nil {
				return nil, err
			}
			return json.Marshal(value)
		},
		describe: func(change []byte) (string, error) {
			value, err := d.decode(change)
			if err != nil {
				return "", err
			}
			return d.Describe(value), nil
		},
		verify: func(ctx context.Context, reader db.Reader, change []byte) error {
			value, err := d.decode(change)
			if err != nil || d.Verify == nil {
				return err
			}
			return d.Verify(ctx, reader, value)
		},
		apply: func(ctx context.Context, tx db.Tx, approval Approval, change []byte) error {
			value, err := d.decode(change)
			if err != nil {
				return err
			}
			return d.Apply(ctx, tx, approval, value)
		},
	}
}

func (d Definition[T]) decode(change []byte) (T, error) {
	var value T
	if err := decodeStrict(change, &value); err != nil {
		return value, err
	}
	return value, d.Check(&value)
}

// refused is how a definition says that a change cannot be made.
func refused(kind reason.Kind, detail string) error { return reason.New(kind, "api.change", detail) }
