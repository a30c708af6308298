package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/audit"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/window"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/route"
)

func (s *server) participants(call) (answer, error) {
	list := wire.Participants{Participants: each(s.Directory().Participants(), participantOf)}
	slices.SortFunc(list.Participants, func(a, b wire.Participant) int { return cmp.Compare(a.ID, b.ID) })
	return ok(list, nil)
}

func participantOf(p route.Participant) wire.Participant {
	versions := make([]int, 0, len(p.Keys))
	for version := range p.Keys {
		versions = append(versions, version)
	}
	slices.Sort(versions)
	view := wire.Participant{
		ID: p.ID, Role: string(p.Role), Name: p.Name, Region: p.Region, Country: p.Country, Currency: string(p.Currency),
		ClientID: p.ClientID, Endpoint: p.Endpoint, Connector: p.Connector, CodePrefix: p.CodePrefix,
		FeeBasisPoints: p.FeeBasisPoints, KeyVersions: versions, Suspended: p.Suspended,
		Inbound: wire.Limits(p.Inbound), Outbound: wire.Limits(p.Outbound),
	}
	if p.Role == connectors.RoleAcquirer {
		view.Registration, view.Notices = p.Registration.String(), p.Notices.String()
	}
	return view
}

func (s *server) corridors(call) (answer, error) {
	list := wire.Corridors{Corridors: each(s.Directory().Corridors(), corridorOf)}
	slices.SortFunc(list.Corridors, func(a, b wire.Corridor) int { return cmp.Compare(a.Name, b.Name) })
	return ok(list, nil)
}

func corridorOf(c route.Corridor) wire.Corridor {
	corridor := wire.Corridor{
		Name: c.Name(), PayerCountry: c.PayerCountry, MerchantCountry: c.MerchantCountry,
		PayerMarkup: c.PayerMarkup, MerchantMarkup: c.MerchantMarkup, Limit: wire.AmountOf(c.Limit),
		Hours: c.Hours.String(), Wallets: c.Wallets, Closed: c.Closed,
	}
	if c.Minimum > 0 {
		corridor.Minimum = wire.AmountIf(money.New(c.Minimum, c.Limit.Currency))
	}
	return corridor
}

func (s *server) directoryVersions(c call) (answer, error) {
	_, page, err := c.listing("before", "limit")
	if err != nil {
		return answer{}, err
	}
	versions, err := route.Versions(c.Context(), s.Pool, page.before, page.id, page.more())
	versions, next := cut(page, versions, func(v route.Version) (time.Time, ids.ID) { return v.At, v.ProposalID })
	return ok(wire.DirectoryVersions{
		Present: s.Directory().Version(), Next: next,
		Versions: each(versions, func(v route.Version) wire.DirectoryVersion {
			return wire.DirectoryVersion{
				Number: v.Number, Kind: v.Kind, Change: v.Change, ProposalID: v.ProposalID, ProposerID: v.ProposerID,
				ApproverID: v.ApproverID, At: v.At,
			}
		}),
	}, err)
}

func (s *server) positions(c call) (answer, error) {
	all, err := position.All(c.Context(), s.Pool)
	return ok(wire.Positions{Positions: each(all, func(p position.Position) wire.Position {
		return wire.Position{
			ParticipantID: p.ParticipantID, Currency: string(p.Currency), Cap: wire.AmountOf(p.Cap),
			Posted: wire.AmountOf(p.Posted), Reserved: wire.AmountOf(p.Reserved), Paying: wire.AmountOf(p.Paying),
			Headroom: wire.AmountOf(p.Headroom()),
		}
	})}, err)
}

func (s *server) windows(c call) (answer, error) {
	_, page, err := c.listing("limit")
	if err != nil {
		return answer{}, err
	}
	recent, err := window.Recent(c.Context(), s.Pool, s.Region, page.limit)
	return ok(wire.Windows{Windows: each(recent, windowOf)}, err)
}

func windowOf(w window.Window) wire.Window {
	return wire.Window{
		ID: w.ID, Region: w.Region, Number: w.Number, State: string(w.State), OpenedAt: w.OpenedAt, ChangedAt: w.ChangedAt,
	}
}

func (s *server) window(c call) (answer, error) {
	id, err := c.id()
	if err != nil {
		return answer{}, err
	}
	var file wire.WindowFile
	err = s.Pool.InTx(c.Context(), func(ctx context.Context, tx db.Tx) error {
		w, err := window.Get(ctx, tx, id)
		if db.NoRows(err) {
			return reason.New(reason.Missing, "api.window", "")
		}
		if err != nil {
			return err
		}
		nets, err := window.Nets(ctx, tx, id)
		file = wire.WindowFile{Window: windowOf(w), Nets: each(nets, netOf)}
		return err
	})
	return ok(file, err)
}

func netOf(n window.Net) wire.Net {
	return wire.Net{
		Owner: n.Owner, Debits: wire.AmountOf(n.Debits), Credits: wire.AmountOf(n.Credits),
		Net: wire.AmountOf(n.Amount()), Entries: n.Entries,
	}
}

// closeWindow has two audit entries, because the cut-off commits by itself: that
// somebody wants it, before anything happens, and what came of it.
func (s *server) closeWindow(c call) (answer, error) {
	if s.CutOff == nil {
		return answer{}, reason.New(reason.Unsupported, "api.closeWindow", "this hub closes no windows")
	}
	wanted := audit.Entry{
		ID: ids.New(), At: s.Clock.Now(), Actor: c.actor(), Action: "window.close",
		Detail: map[string]string{"region": s.Region},
	}
	err := s.Pool.InTx(c.Context(), func(ctx context.Context, tx db.Tx) error { return Record(ctx, tx, wanted) })
	if err != nil {
		return answer{}, err
	}
	id, err := s.CutOff(c.Context(), c.actor())
	outcome := audit.Entry{
		ID: ids.Derive(wanted.ID, "outcome", 0), At: s.Clock.Now(), Actor: c.actor(), Action: "window.closed",
		Subject: id.String(), Detail: map[string]string{"region": s.Region},
	}
	if err != nil {
		outcome.Action, outcome.Subject = "window.close.failed", ""
		outcome.Detail["reason"] = reason.Of(err).String()
	}
	s.note(c.Context(), outcome)
	return ok(wire.Closed{WindowID: id}, err)
}

func (s *server) deadLetters(c call) (answer, error) {
	_, page, err := c.listing("limit")
	if err != nil {
		return answer{}, err
	}
	letters, err := engine.DeadLetters(c.Context(), s.Pool, page.limit)
	return ok(wire.DeadLetters{DeadLetters: each(letters, func(l engine.DeadLetter) wire.DeadLetter {
		return wire.DeadLetter{
			EventID: l.EventID, Region: l.Region, Consumer: l.Consumer, ParticipantID: l.ParticipantID,
			PaymentID: l.PaymentID, Problem: l.Problem, Attempts: l.Attempts, Replays: l.Replays, DiedAt: l.DiedAt,
		}
	})}, err)
}

func (s *server) replay(c call) (answer, error) {
	id, err := c.id()
	if err != nil {
		return answer{}, err
	}
	entry := audit.Entry{
		ID: ids.New(), At: s.Clock.Now(), Actor: c.actor(), Action: "dead_letter.replay", Subject: id.String(),
	}
	err = s.Pool.InTx(c.Context(), func(ctx context.Context, tx db.Tx) error {
		if err := s.Engine.ReplayInTx(ctx, tx, id); err != nil {
			return err
		}
		return Record(ctx, tx, entry)
	})
	if err != nil {
		return answer{}, err
	}
	s.Committed()
	return answer{status: http.StatusNoContent}, nil
}

// each turns a list into another one that is never nil, so that JSON has [].
func each[From, To any](list []From, turn func(From) To) []To {
	turned := make([]To, 0, len(list))
	for _, element := range list {
		turned = append(turned, turn(element))
	}
	return turned
}
