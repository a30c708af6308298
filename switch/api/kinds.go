package api

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/payment"
	"github.com/causeway-pay/causeway/switch/route"
)

// kinds returns the changes that every switch has.
func kinds(config Config) []Kind {
	return []Kind{
		capSet(), versioned(participantAdd(config)),
		versioned(participantKind(config.Directory, wire.KindParticipantSuspend, true)),
		versioned(participantKind(config.Directory, wire.KindParticipantResume, false)),
		versioned(corridorSet(config.Directory)), versioned(endpointSet(config)), versioned(keyAdd(config.Directory)),
		versioned(keyRetire(config.Directory)), versioned(limitsSet(config.Directory)),
		versioned(codeSet(config)), versioned(codeRemove(config)),
		versioned(issuerSet(config.Directory)), versioned(issuerRemove()),
		versioned(registrationSet(config.Directory)), versioned(noticesSet(config.Directory)), merchantDecide(),
		personErase(config),
		disputeDecide(config.Engine), paymentResolve(config.Engine), operatorAdd(), operatorDeactivate(),
	}
}

func capSet() Kind {
	return Definition[wire.CapChange]{
		Name: wire.KindCapSet, Propose: []Role{Treasury}, Approve: []Role{Treasury},
		Check: func(change *wire.CapChange) error {
			limit, err := change.Cap.Money()
			if err != nil || limit.Minor < 0 {
				return refused(reason.InvalidRequest, "cap must be an amount of zero or more")
			}
			change.Cap = wire.AmountOf(limit)
			return nil
		},
		Verify: func(ctx context.Context, reader db.Reader, change wire.CapChange) error {
			all, err := position.All(ctx, reader)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(all, func(p position.Position) bool {
				return p.ParticipantID == change.ParticipantID && string(p.Currency) == change.Cap.Currency
			}) {
				return refused(reason.Missing, "no position of "+change.ParticipantID+" in "+change.Cap.Currency)
			}
			return nil
		},
		Describe: func(change wire.CapChange) string {
			return fmt.Sprintf("set the net debit cap of %s to %s %s", change.ParticipantID, change.Cap.Decimal,
				change.Cap.Currency)
		},
		Apply: func(ctx context.Context, tx db.Tx, _ Approval, change wire.CapChange) error {
			limit, err := change.Cap.Money()
			if err != nil {
				return err
			}
			return positionRefusal(position.SetCap(ctx, tx, change.ParticipantID, limit))
		},
	}.Kind()
}

func participantKind(directory func() *route.Directory, name string, suspended bool) Kind {
	_, verb, _ := strings.Cut(name, ".")
	return Definition[wire.ParticipantChange]{
		Name: name, Propose: []Role{Operations, Compliance}, Approve: []Role{Operations, Compliance}, Reload: true,
		Check: func(*wire.ParticipantChange) error { return nil },
		Verify: func(_ context.Context, _ db.Reader, change wire.ParticipantChange) error {
			return known(directory, change.ParticipantID)
		},
		Describe: func(change wire.ParticipantChange) string { return verb + " " + change.ParticipantID },
		Apply: func(ctx context.Context, tx db.Tx, _ Approval, change wire.ParticipantChange) error {
			return route.Suspend(ctx, tx, change.ParticipantID, suspended)
		},
	}.Kind()
}

func paymentResolve(e Engine) Kind {
	return Definition[wire.ResolveChange]{
		Name: wire.KindPaymentResolve, Propose: []Role{Operations, Compliance}, Approve: []Role{Operations, Compliance},
		Check: func(change *wire.ResolveChange) error {
			if change.Outcome != wire.OutcomePaid && change.Outcome != wire.OutcomeUnpaid {
				return refused(reason.InvalidRequest, "outcome is PAID or UNPAID")
			}
			return nil
		},
		Verify: func(ctx context.Context, reader db.Reader, change wire.ResolveChange) error {
			file, err := engine.Open(ctx, reader, change.PaymentID)
			if err != nil {
				return err
			}
			held := file.Payment.State == payment.Held || slices.ContainsFunc(file.Returns,
				func(r engine.ReturnRecord) bool { return r.State == payment.ReturnHeld })
			if !held {
				return refused(reason.Closed, "neither the payment nor a return of it is held")
			}
			return nil
		},
		Describe: func(change wire.ResolveChange) string {
			if change.Outcome == wire.OutcomePaid {
				return "post what is held of payment " + change.PaymentID.String() +
					": the payer was debited, or got a return's money back"
			}
			return "void what is held of payment " + change.PaymentID.String() +
				": the payer was not debited, or did not get a return's money back"
		},
		Apply: func(ctx context.Context, tx db.Tx, _ Approval, change wire.ResolveChange) error {
			return e.Resolve(ctx, tx, change.PaymentID, change.Outcome == wire.OutcomePaid)
		},
	}.Kind()
}

// nameMax bounds an operator's name.
const nameMax = 100

// printable refuses names that an approver could not read as they are.
func printable(name string) bool {
	return name != "" && len(name) <= nameMax && strings.TrimSpace(name) == name &&
		!strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
}

func operatorAdd() Kind {
	return Definition[wire.OperatorAddition]{
		Name: wire.KindOperatorAdd, Propose: []Role{Admin}, Approve: []Role{Admin},
		Check: func(change *wire.OperatorAddition) error {
			roles, err := splitRoles(strings.Join(change.Roles, ","))
			if err != nil {
				return refused(reason.InvalidRequest, "roles are some of "+joinRoles(Roles()))
			}
			if !printable(change.Name) {
				return refused(reason.InvalidRequest, fmt.Sprintf("a name is 1 to %d bytes that can be printed", nameMax))
			}
			if _, ok := parseTokenHash(change.TokenHash); !ok {
				return refused(reason.InvalidRequest, "token_hash is a SHA-256 in 64 hexadecimal digits")
			}
			change.Roles = strings.Split(joinRoles(roles), ",")
			return nil
		},
		Describe: func(change wire.OperatorAddition) string {
			return "take on " + change.Name + " as " + strings.Join(change.Roles, ", ")
		},
		Apply: func(ctx context.Context, tx db.Tx, approval Approval, change wire.OperatorAddition) error {
			roles, err := splitRoles(strings.Join(change.Roles, ","))
			if err != nil {
				return err
			}
			hash, _ := parseTokenHash(change.TokenHash)
			id := ids.Derive(approval.ProposalID, "operator", 0)
			return insertOperator(ctx, tx, operatorRow{Operator{id, change.Name, roles, true, approval.At}, hash})
		},
	}.Kind()
}

func operatorDeactivate() Kind {
	return Definition[wire.OperatorRemoval]{
		Name: wire.KindOperatorDeactivate, Propose: []Role{Admin}, Approve: []Role{Admin},
		Check: func(*wire.OperatorRemoval) error { return nil },
		Verify: func(ctx context.Context, reader db.Reader, change wire.OperatorRemoval) error {
			_, err := findOperator(ctx, reader, selectOperator, change.OperatorID)
			return err
		},
		Describe: func(change wire.OperatorRemoval) string {
			return "deactivate operator " + change.OperatorID.String()
		},
		Apply: func(ctx context.Context, tx db.Tx, _ Approval, change wire.OperatorRemoval) error {
			if err := deactivateOperator(ctx, tx, change.OperatorID); err != nil {
				return err
			}
			return enoughAdmins(ctx, tx)
		},
	}.Kind()
}

// enoughAdmins refuses a change that would leave nobody to undo it.
func enoughAdmins(ctx context.Context, tx db.Tx) error {
	all, err := allOperators(ctx, tx)
	if err != nil {
		return err
	}
	admins := 0
	for _, o := range all {
		if o.Active && o.Has([]Role{Admin}) {
			admins++
		}
	}
	if admins < adminsMin {
		return refused(reason.Failed, ErrTooFewAdmins.Error())
	}
	return nil
}
