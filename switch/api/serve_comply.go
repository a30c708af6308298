package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/compliance/keeper"
	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/compliance/match"
	"github.com/causeway-pay/causeway/compliance/policy"
	"github.com/causeway-pay/causeway/compliance/review"
	"github.com/causeway-pay/causeway/compliance/rules"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

func (s *server) cases(c call) (answer, error) {
	query, p, err := c.listing("state", "before", "limit")
	if err != nil {
		return answer{}, err
	}
	state := review.State(cmp.Or(query.Get("state"), string(review.Open)))
	if !slices.Contains(review.States(), state) {
		return answer{}, malformed("no state of cases has this name")
	}
	list, err := review.List(c.Context(), s.Pool, state, p.before, p.id, p.more())
	page, next := cut(p, list, func(c review.Case) (time.Time, ids.ID) { return c.OpenedAt, c.ID })
	return ok(wire.Cases{Cases: each(page, caseOf), Next: next}, err)
}

func caseOf(c review.Case) wire.Case {
	return wire.Case{
		ID: c.ID, PaymentID: c.PaymentID, Region: c.Region, State: string(c.State), Version: c.Version, Held: c.Held,
		AssigneeID: c.AssigneeID, OpenedAt: c.OpenedAt, DueAt: c.DueAt, ProposerID: c.ProposerID, DeciderID: c.DeciderID,
		ClosedAt: c.ClosedAt,
	}
}

// caseFile opens a case, which is on record before anybody sees it: comments may
// name people.
func (s *server) caseFile(c call) (answer, error) {
	id, err := c.id()
	if err != nil {
		return answer{}, err
	}
	var file wire.CaseFile
	err = s.reading(c, "case.read", id, nil, func(ctx context.Context, tx db.Tx) error {
		opened, err := review.Find(ctx, tx, id)
		if err != nil {
			return err
		}
		comments, err := review.Comments(ctx, tx, id)
		if err != nil {
			return err
		}
		decisions, err := compliance.DecisionsOf(ctx, tx, opened.PaymentID)
		file = wire.CaseFile{
			Case:      caseOf(opened),
			Decisions: each(decisions, func(d compliance.Decision) wire.Decision { return decisionOf(d, true) }),
			Comments: each(comments, func(c review.Comment) wire.Comment {
				return wire.Comment{Number: c.Number, AuthorID: c.AuthorID, At: c.At, Text: c.Text}
			}),
		}
		return err
	})
	return ok(file, err)
}

func (s *server) comment(c call) (answer, error) {
	id, err := c.id()
	if err != nil {
		return answer{}, err
	}
	var body wire.NewComment
	if err := c.body(&body); err != nil {
		return answer{}, err
	}
	return s.changeCase(c, id, func(ctx context.Context, tx db.Tx, at time.Time) error {
		_, err := review.AddComment(ctx, tx, review.Comment{CaseID: id, AuthorID: c.operator.ID, At: at, Text: body.Text})
		return err
	})
}

func (s *server) assign(c call) (answer, error) {
	id, err := c.id()
	if err != nil {
		return answer{}, err
	}
	var body wire.Assignment
	if err := c.body(&body); err != nil {
		return answer{}, err
	}
	return s.changeCase(c, id, func(ctx context.Context, tx db.Tx, at time.Time) error {
		if body.AssigneeID != ids.Nil {
			if _, err := findOperator(ctx, tx, selectOperator, body.AssigneeID); err != nil {
				return err
			}
		}
		return review.Assign(ctx, tx, id, body.AssigneeID, c.operator.ID, at)
	})
}

// changeCase changes a case and answers with what it is then.
func (s *server) changeCase(
	c call, id ids.ID, change func(ctx context.Context, tx db.Tx, at time.Time) error,
) (answer, error) {
	at := s.Clock.Now()
	var changed review.Case
	err := s.Pool.InTx(c.Context(), func(ctx context.Context, tx db.Tx) error {
		if err := change(ctx, tx, at); err != nil {
			return err
		}
		var err error
		changed, err = review.Find(ctx, tx, id)
		return err
	})
	return ok(caseOf(changed), err)
}

// versionsShown is how many versions of policy and lists a listing has.
const versionsShown = 100

func (s *server) policies(c call) (answer, error) {
	versions, err := policy.Versions(c.Context(), s.Pool, versionsShown)
	if err != nil {
		return answer{}, err
	}
	shown := wire.Policies{Versions: []wire.PolicyVersion{}}
	live := false
	for _, v := range versions {
		document, err := policy.Parse(v.Document)
		if err != nil {
			return answer{}, err
		}
		live = live || v.State == policy.Live
		shown.Versions = append(shown.Versions, wire.PolicyVersion{
			Version: v.Version, State: string(v.State), Since: v.Since, Document: document,
		})
	}
	if !live {
		shown.Versions = append(shown.Versions, wire.PolicyVersion{State: string(policy.Live), Document: policy.Standard()})
	}
	return ok(shown, nil)
}

func (s *server) shadow(c call) (answer, error) {
	_, shadow, err := policy.Load(c.Context(), s.Pool)
	if err != nil || shadow == nil {
		return ok(wire.ShadowReport{Counts: []wire.ShadowCount{}}, err)
	}
	counts, err := compliance.ShadowReport(c.Context(), s.Pool, shadow.Version)
	return ok(wire.ShadowReport{Version: shadow.Version, Counts: each(counts, func(n compliance.ShadowCount) wire.ShadowCount {
		return wire.ShadowCount{Outcome: string(n.Outcome), Shadow: string(n.Shadow), Decisions: n.Decisions}
	})}, err)
}

func (s *server) lists(c call) (answer, error) {
	versions, err := keeper.Versions(c.Context(), s.Pool, versionsShown)
	if err != nil {
		return answer{}, err
	}
	refused, err := keeper.RefusedLists(c.Context(), s.Pool)
	return ok(wire.ListVersions{
		Versions: each(versions, func(v keeper.Version) wire.ListVersion {
			return wire.ListVersion{
				List: v.List, Version: v.Version, FetchedAt: v.FetchedAt, Entries: v.Entries, Added: v.Added, Changed: v.Changed,
				Removed: v.Removed, Active: v.Active, ConfirmedAt: v.ConfirmedAt,
			}
		}),
		Refused: each(refused, func(r keeper.Refused) wire.RefusedList { return wire.RefusedList(r) }),
	}, err)
}

// listChanges answers with a page of what a version changed. The next one starts where
// before says, which here is how many entries were seen.
func (s *server) listChanges(c call) (answer, error) {
	query, err := c.query("list", "version", "before", "limit")
	if err != nil {
		return answer{}, err
	}
	seen, page, err := counted(query)
	if err != nil {
		return answer{}, err
	}
	changes, err := keeper.ChangesOf(c.Context(), s.Pool, query.Get("list"), query.Get("version"))
	if err != nil {
		return answer{}, err
	}
	kept := len(changes.Differences)
	from := min(seen, kept)
	to := min(from+page.limit, kept)
	shown := wire.ListChanges{
		List: changes.List, Version: changes.Version, Previous: changes.Previous,
		Added: changes.Added, Changed: changes.Changed, Removed: changes.Removed,
		NotKept:     changes.Added + changes.Changed + changes.Removed - int64(kept),
		Differences: each(changes.Differences[from:to], differenceOf),
	}
	if to < kept {
		shown.Next = strconv.Itoa(to)
	}
	return ok(shown, nil)
}

func differenceOf(d lists.Difference) wire.ListDifference {
	return wire.ListDifference{
		Fate: string(d.Fate), ID: d.ID, Name: d.Name, Programmes: d.Programmes,
		Parts: each(d.Parts, func(p lists.Part) wire.ListPart { return wire.ListPart(p) }),
	}
}

// listEntry answers with what a version of a list says of an entry. Versions are read one at
// a time, because each takes the room of a whole list meanwhile.
func (s *server) listEntry(c call) (answer, error) {
	query, err := c.query("list", "version", "entry")
	if err != nil {
		return answer{}, err
	}
	s.readingList.Lock()
	defer s.readingList.Unlock()
	list, version := query.Get("list"), query.Get("version")
	entry, err := keeper.EntryOf(c.Context(), s.Pool, list, version, query.Get("entry"))
	return ok(wire.ListEntry{
		List: list, Version: version, ID: entry.ID, Kind: string(entry.Kind), Programmes: append([]string{}, entry.Programmes...),
		Names:       each(entry.Names, func(n lists.Name) wire.ListName { return wire.ListName{Text: n.Text, Quality: string(n.Quality)} }),
		Births:      each(entry.Born, match.Date.String),
		Identifiers: each(entry.Identifiers, func(i lists.Identifier) wire.ListIdentifier { return wire.ListIdentifier(i) }),
		Addresses:   each(entry.Addresses, lists.Address.String),
	}, err)
}

// trialMost is how many payments a trial looks at: ten thousand take some seconds.
const trialMost = 10_000

func (s *server) tryPolicy(c call) (answer, error) {
	var body wire.PolicyTrial
	if err := c.body(&body); err != nil {
		return answer{}, err
	}
	if body.Most < 1 || body.Most > trialMost {
		return answer{}, malformed(fmt.Sprintf("most is 1 to %d", trialMost))
	}
	candidate, err := policy.New(0, body.Document)
	if err != nil {
		return answer{}, malformed(err.Error())
	}
	live, _, err := policy.Load(c.Context(), s.Pool)
	if err != nil {
		return answer{}, err
	}
	report, err := s.Engine.TryRules(c.Context(), live.RuleSet(), candidate.RuleSet(), body.Since, body.Most)
	if err != nil {
		return answer{}, err
	}
	shown := wire.TrialReport{Payments: report.Payments, Changes: []wire.TrialChange{}, Rules: each(report.Rules, effectOf)}
	for change, payments := range report.Changes {
		shown.Changes = append(shown.Changes, wire.TrialChange{From: string(change.From), To: string(change.To), Payments: payments})
	}
	slices.SortFunc(shown.Changes, func(a, b wire.TrialChange) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return ok(shown, nil)
}

func effectOf(e rules.Effect) wire.TrialEffect {
	return wire.TrialEffect{
		Rule: e.Rule, Then: string(e.Then), Hits: e.Hits, Failures: e.Failures, Samples: append([]string{}, e.Samples...),
	}
}
