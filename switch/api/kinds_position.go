package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// positionKinds are the changes of positions that need four eyes, beside the cap.
func positionKinds(config Config) []Kind {
	return []Kind{
		prefunding(config, wire.KindPrefundingReceive, "book %s as prefunding of %s by %s", 1),
		prefunding(config, wire.KindPrefundingReturn, "return %s of the prefunding of %s by %s", -1),
		prefundingCorrect(), modelSet(), thresholdsSet(),
	}
}

// thresholdsMax is how many thresholds a participant may have: more than people heed.
const thresholdsMax = 10

// positionKnown says whether a participant has a position in a currency.
func positionKnown(ctx context.Context, reader db.Reader, participant, currency string) error {
	limits, err := position.Limits(ctx, reader)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(limits, func(l position.Limit) bool {
		return l.ParticipantID == participant && string(l.Currency) == currency
	}) {
		return refused(reason.Missing, "no position of "+participant+" in "+currency)
	}
	return nil
}

// positionRefusal turns what a position refuses into a reason.
func positionRefusal(err error) error {
	switch {
	case errors.Is(err, position.ErrNoPosition):
		return refused(reason.Missing, "")
	case errors.Is(err, position.ErrPrefundingInUse):
		return refused(reason.CapExceeded, "the prefunding is not there or in use")
	case errors.Is(err, settlement.ErrPrefunding):
		return refused(reason.Inconsistent, err.Error())
	case errors.Is(err, position.ErrEvidenceUsed):
		return refused(reason.InvalidRequest, "the evidence was used before")
	case errors.Is(err, position.ErrPrefundedOnly):
		return refused(reason.InvalidRequest, "a participant with the model PREFUNDED has a limit of zero")
	default:
		return err
	}
}

func prefunding(config Config, name, describe string, sign int64) Kind {
	return Definition[wire.PrefundingChange]{
		Name: name, Propose: []Role{Treasury}, Approve: []Role{Treasury},
		Check: func(change *wire.PrefundingChange) error {
			amount, err := change.Amount.Money()
			if err != nil || amount.Minor <= 0 {
				return refused(reason.InvalidRequest, "amount is whole minor units above zero")
			}
			if !printable(change.Evidence) {
				return refused(reason.InvalidRequest, fmt.Sprintf("evidence is 1 to %d bytes that can be printed", nameMax))
			}
			change.Amount = wire.AmountOf(amount)
			change.EffectiveAt = change.EffectiveAt.UTC().Truncate(time.Microsecond)
			return nil
		},
		Verify: func(ctx context.Context, reader db.Reader, change wire.PrefundingChange) error {
			return positionKnown(ctx, reader, change.ParticipantID, change.Amount.Currency)
		},
		Describe: func(change wire.PrefundingChange) string {
			return fmt.Sprintf(describe, change.Amount.Decimal+" "+change.Amount.Currency, change.ParticipantID, change.Evidence)
		},
		Apply: func(ctx context.Context, tx db.Tx, approval Approval, change wire.PrefundingChange) error {
			amount, err := change.Amount.Money()
			if err != nil {
				return err
			}
			return positionRefusal(settlement.Fund(ctx, tx, settlement.Funding{
				Movement: position.Movement{
					ID: approval.ProposalID, ParticipantID: change.ParticipantID,
					Amount:   money.New(sign*amount.Minor, amount.Currency),
					Evidence: change.Evidence, At: approval.At,
				},
				Region: config.Region, EffectiveAt: change.EffectiveAt,
			}))
		},
	}.Kind()
}

// prefundingCorrect makes a cap count what is on the account. The amount is part of what
// two people agree on: they know how far the cap falls.
func prefundingCorrect() Kind {
	return Definition[wire.PrefundingCorrection]{
		Name: wire.KindPrefundingCorrect, Propose: []Role{Treasury}, Approve: []Role{Treasury},
		Check: func(change *wire.PrefundingCorrection) error {
			amount, err := change.Prefunded.Money()
			if err != nil || amount.Minor < 0 {
				return refused(reason.InvalidRequest, "prefunded is zero or more: book first what comes back (prefunding.receive)")
			}
			change.Prefunded = wire.AmountOf(amount)
			return checkWhy(change.Why)
		},
		Verify: func(ctx context.Context, reader db.Reader, change wire.PrefundingCorrection) error {
			amount, err := change.Prefunded.Money()
			if err != nil {
				return err
			}
			return positionRefusal(settlement.CheckPrefunding(ctx, reader, change.ParticipantID, amount))
		},
		Describe: func(change wire.PrefundingCorrection) string {
			return fmt.Sprintf("let the cap of %s count %s %s as prefunded, as the ledger does: %s", change.ParticipantID,
				change.Prefunded.Decimal, change.Prefunded.Currency, change.Why)
		},
		Apply: func(ctx context.Context, tx db.Tx, _ Approval, change wire.PrefundingCorrection) error {
			amount, err := change.Prefunded.Money()
			if err != nil {
				return err
			}
			return positionRefusal(settlement.CorrectPrefunding(ctx, tx, change.ParticipantID, amount))
		},
	}.Kind()
}

func modelSet() Kind {
	return Definition[wire.ModelChange]{
		Name: wire.KindModelSet, Propose: []Role{Treasury}, Approve: []Role{Treasury},
		Check: func(change *wire.ModelChange) error {
			models := []position.Model{position.DeferredNet, position.Gross, position.Prefunded}
			if !slices.Contains(models, position.Model(change.Model)) {
				return refused(reason.InvalidRequest, "model is DEFERRED_NET, GROSS or PREFUNDED")
			}
			return nil
		},
		Verify: func(ctx context.Context, reader db.Reader, change wire.ModelChange) error {
			return positionKnown(ctx, reader, change.ParticipantID, change.Currency)
		},
		Describe: func(change wire.ModelChange) string {
			return fmt.Sprintf("let %s settle in %s by the model %s", change.ParticipantID, change.Currency, change.Model)
		},
		Apply: func(ctx context.Context, tx db.Tx, _ Approval, change wire.ModelChange) error {
			return positionRefusal(position.SetModel(ctx, tx, change.ParticipantID, money.Currency(change.Currency),
				position.Model(change.Model)))
		},
	}.Kind()
}

func thresholdsSet() Kind {
	return Definition[wire.ThresholdsChange]{
		Name: wire.KindThresholdsSet, Propose: []Role{Treasury}, Approve: []Role{Treasury},
		Check: func(change *wire.ThresholdsChange) error {
			slices.Sort(change.Percents)
			change.Percents = slices.Compact(change.Percents)
			if len(change.Percents) > thresholdsMax || slices.ContainsFunc(change.Percents,
				func(p int16) bool { return p < 1 || p > 100 }) {
				return refused(reason.InvalidRequest, fmt.Sprintf("percents are at most %d numbers from 1 to 100", thresholdsMax))
			}
			return nil
		},
		Verify: func(ctx context.Context, reader db.Reader, change wire.ThresholdsChange) error {
			limits, err := position.Limits(ctx, reader)
			if err == nil && change.ParticipantID != "" && !slices.ContainsFunc(limits, func(l position.Limit) bool {
				return l.ParticipantID == change.ParticipantID
			}) {
				return refused(reason.Missing, "no position of "+change.ParticipantID)
			}
			return err
		},
		Describe: func(change wire.ThresholdsChange) string {
			who := change.ParticipantID
			if who == "" {
				who = "everybody"
			}
			return fmt.Sprintf("tell of the positions of %s at percents of the cap: %s", who,
				strings.Trim(fmt.Sprint(change.Percents), "[]"))
		},
		Apply: func(ctx context.Context, tx db.Tx, _ Approval, change wire.ThresholdsChange) error {
			return position.SetThresholds(ctx, tx, change.ParticipantID, change.Percents)
		},
	}.Kind()
}
