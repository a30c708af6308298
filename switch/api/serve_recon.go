package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/internal/audit"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/recon"
	"github.com/causeway-pay/causeway/settlement/report"
	"github.com/causeway-pay/causeway/settlement/window"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/engine"
)

// partnerLayout names the layout of transaction files that partners send back.
const partnerLayout = "transactionItems"

// statement is a statement with the account of ours that it is about.
type statement struct {
	recon.Statement
	account string
	ours    recon.Source
}

// takeStatements reconciles what a bank or partner says of an account.
func (s *server) takeStatements(c call) (answer, error) {
	query, err := c.query("account", "layout", "holder", "reference", "window", "participant")
	if err != nil {
		return answer{}, err
	}
	data, err := io.ReadAll(c.Body)
	if err != nil {
		return answer{}, malformed(fmt.Sprintf("the body cannot be read, or is above %d bytes", recon.StatementMax))
	}
	at := s.Clock.Now()
	entry := audit.Entry{ID: ids.New(), At: at, Actor: c.actor(), Action: "statement.take"}
	var shown wire.ReconciledStatements
	err = s.Pool.InTx(c.Context(), func(ctx context.Context, tx db.Tx) error {
		shown = wire.ReconciledStatements{Statements: []wire.Reconciled{}}
		statements, err := s.readStatements(ctx, tx, query, data)
		if err != nil {
			return err
		}
		for _, st := range statements {
			outcome, err := recon.Take(ctx, tx, st.account, st.Statement, st.ours, s.Tolerances, at)
			if err != nil {
				return reconciling(err)
			}
			entry.Subject = outcome.StatementID.String()
			shown.Statements = append(shown.Statements, wire.Reconciled{
				StatementID: outcome.StatementID, AccountID: st.account, Repeated: outcome.Repeated, Version: outcome.Version,
				Lines:   len(st.Lines),
				Matched: outcome.Matched, Broken: outcome.Broken, Waiting: outcome.Waiting,
			})
		}
		return Record(ctx, tx, entry)
	})
	return ok(shown, err)
}

// readStatements reads a file as its layout says: camt.053 without one.
func (s *server) readStatements(ctx context.Context, tx db.Tx, query url.Values, data []byte) ([]statement, error) {
	account, name := query.Get("account"), query.Get("layout")
	if name == partnerLayout {
		st, err := s.readPartner(ctx, tx, query, data)
		return []statement{st}, reconciling(err)
	}
	var read []recon.Statement
	if name == "" {
		all, err := recon.ReadCamt053(account, data)
		if err != nil {
			return nil, reconciling(err)
		}
		read = all
	} else {
		layout, known := s.Layouts[name]
		if !known {
			return nil, malformed("no layout has this name")
		}
		if query.Get("reference") == "" {
			return nil, malformed("a CSV statement needs a reference, by which it is known again")
		}
		one, err := layout.Read(data, query.Get("holder"), query.Get("reference"))
		if err != nil {
			return nil, reconciling(err)
		}
		read = append(read, one)
	}
	var list []statement
	for _, st := range read {
		in := cmp.Or(account, ledger.HubAccount(ledger.Nostro).ID(st.Currency))
		opened, err := ledger.Opened(ctx, tx, in)
		if err != nil || !opened {
			return nil, errors.Join(err, missingAccount(opened))
		}
		list = append(list, statement{Statement: st, account: in, ours: entriesOf(in)})
	}
	return list, nil
}

// entriesOf are our lines of an account; of a participant's position they say what is in none of
// its files.
func entriesOf(account string) recon.Source {
	parts := strings.Split(account, ".")
	if len(parts) != 3 || parts[0] == ledger.Hub || parts[1] != string(ledger.Position) {
		return recon.FromLedger(account)
	}
	return recon.FromPosition(account, engine.Unlisted(parts[0], money.Currency(parts[2])))
}

func missingAccount(opened bool) error {
	if opened {
		return nil
	}
	return reason.New(reason.Missing, "api.takeStatements", "")
}

// readPartner reads a transaction file that a participant sends back about a
// window.
func (s *server) readPartner(ctx context.Context, tx db.Tx, query url.Values, data []byte) (statement, error) {
	id, err := ids.Parse(query.Get("window"))
	p, known := s.Directory().Participant(query.Get("participant"))
	if err != nil || !known {
		return statement{}, malformed("a partner's file needs its window and participant")
	}
	w, err := window.Get(ctx, tx, id)
	if db.NoRows(err) {
		return statement{}, missingAccount(false)
	}
	if err != nil {
		return statement{}, err
	}
	terms, found, err := report.Agreed(ctx, tx, id, p.ID)
	if err != nil {
		return statement{}, err
	}
	if !found {
		return statement{}, reason.New(reason.Inconsistent, "api.takeStatements", "no files of this window were issued")
	}
	layout, err := recon.PartnerLayout(terms.Columns)
	if err != nil {
		return statement{}, malformed(err.Error())
	}
	st, err := layout.Read(data, p.ID, id.String())
	if err != nil {
		return statement{}, err
	}
	// The file is about the whole window, whatever its first and last row are.
	st.Currency, st.From, st.To = p.Currency, recon.Day(w.OpenedAt.UTC()), recon.Day(w.ClosedAt.UTC()).AddDate(0, 0, 1)
	account := recon.TransactionsOf(p.ID, string(p.Currency))
	return statement{st, account, recon.FromItems(account, engine.ItemsOf(ctx, tx, id, p.Participant))}, nil
}

// reconciling gives errors of reconciliation their kinds.
func reconciling(err error) error {
	const op = "api.reconcile"
	switch {
	case errors.Is(err, recon.ErrStatement), errors.Is(err, recon.ErrAccount), errors.Is(err, money.ErrSyntax):
		return reason.New(reason.InvalidRequest, op, err.Error())
	case errors.Is(err, recon.ErrDiffers), errors.Is(err, recon.ErrNothing):
		return reason.New(reason.Inconsistent, op, err.Error())
	case errors.Is(err, recon.ErrClosed):
		return reason.New(reason.Closed, op, err.Error())
	case errors.Is(err, recon.ErrNoBreak):
		return reason.New(reason.Missing, op, "")
	default:
		return err
	}
}

// breaks lists breaks in a state, the oldest first.
func (s *server) breaks(c call) (answer, error) {
	query, page, err := c.listing("state", "account", "limit")
	if err != nil {
		return answer{}, err
	}
	state := recon.State(cmp.Or(query.Get("state"), string(recon.Open)))
	if state != recon.Open && state != recon.Cleared && state != recon.Resolved {
		return answer{}, malformed("state is OPEN, CLEARED or RESOLVED")
	}
	account := query.Get("account")
	if account != "" {
		if err := s.accountKnown(c.Context(), s.Pool, account); err != nil {
			return answer{}, err
		}
	}
	list, err := recon.Cases(c.Context(), s.Pool, state, account, page.limit)
	now := s.Clock.Now()
	return ok(wire.Breaks{Breaks: each(list, func(b recon.Case) wire.Break { return breakOf(b, now) })}, err)
}

func breakOf(b recon.Case, now time.Time) wire.Break {
	return wire.Break{
		ID: b.ID, AccountID: b.AccountID, Kind: string(b.Kind), Ours: wire.AmountOf(money.New(b.Ours, b.Currency)),
		Theirs: wire.AmountOf(money.New(b.Theirs, b.Currency)), Difference: wire.AmountOf(b.Difference()),
		ValueDate: b.Day.Format(time.DateOnly), AgeDays: b.Age(now), State: string(b.State), Owner: b.Owner,
		OpenedAt: b.OpenedAt, ClosedAt: b.ClosedAt, ClosedBy: b.ClosedBy, Resolution: b.Resolution,
	}
}

// commentsShown is how many comments of a break are shown.
const commentsShown = 200

// breakFile shows a break with its lines and comments.
func (s *server) breakFile(c call) (answer, error) {
	id, err := c.id()
	if err != nil {
		return answer{}, err
	}
	return s.onBreak(c, id, func(context.Context, db.Tx, time.Time) error { return nil })
}

// onBreak does something to a break, and answers with what it is then.
func (s *server) onBreak(
	c call, id ids.ID, change func(ctx context.Context, tx db.Tx, at time.Time) error,
) (answer, error) {
	at := s.Clock.Now()
	var shown wire.BreakFile
	err := s.Pool.InTx(c.Context(), func(ctx context.Context, tx db.Tx) error {
		if err := change(ctx, tx, at); err != nil {
			return reconciling(err)
		}
		b, lines, found, err := recon.Find(ctx, tx, id)
		if err == nil && !found {
			err = recon.ErrNoBreak
		}
		if err != nil {
			return reconciling(err)
		}
		comments, err := recon.Comments(ctx, tx, id, commentsShown)
		shown = wire.BreakFile{
			Break: breakOf(b, at), Lines: each(lines, breakLineOf),
			Comments: each(comments, func(n recon.Comment) wire.BreakComment {
				return wire.BreakComment{Author: n.Author, Text: n.Body, At: n.At}
			}),
		}
		return err
	})
	return ok(shown, err)
}

func breakLineOf(l recon.Line) wire.BreakLine {
	return wire.BreakLine{
		Side: string(l.Side), References: append([]string{}, l.References...), Own: l.Own, Counterparty: l.Counterparty,
		Amount: wire.AmountOf(l.Amount), ValueDate: l.ValueDate.Format(time.DateOnly), Text: l.Text,
	}
}

// note reads what is said about a break.
func (c call) breakNote() (id ids.ID, text string, err error) {
	if id, err = c.id(); err != nil {
		return ids.Nil, "", err
	}
	var body wire.BreakNote
	if err := c.body(&body); err != nil {
		return ids.Nil, "", err
	}
	return id, body.Text, checkWhy(body.Text)
}

func (s *server) commentBreak(c call) (answer, error) {
	id, text, err := c.breakNote()
	if err != nil {
		return answer{}, err
	}
	commentID := ids.New()
	return s.onBreak(c, id, func(ctx context.Context, tx db.Tx, at time.Time) error {
		return recon.AddComment(ctx, tx, commentID, id, recon.Comment{Author: c.operator.Name, Body: text, At: at})
	})
}

// ownBreak gives a break to an operator by name.
func (s *server) ownBreak(c call) (answer, error) {
	id, err := c.id()
	if err != nil {
		return answer{}, err
	}
	var body wire.Assignment
	if err := c.body(&body); err != nil {
		return answer{}, err
	}
	return s.onBreak(c, id, func(ctx context.Context, tx db.Tx, _ time.Time) error {
		owner, err := findOperator(ctx, tx, selectOperator, body.AssigneeID)
		if err != nil {
			return err
		}
		return recon.Assign(ctx, tx, id, owner.Name)
	})
}

// explainBreak resolves a break of which nothing is to be booked.
func (s *server) explainBreak(c call) (answer, error) {
	id, text, err := c.breakNote()
	if err != nil {
		return answer{}, err
	}
	entry := audit.Entry{
		ID: ids.New(), At: s.Clock.Now(), Actor: c.actor(), Action: "break.explain", Subject: id.String(),
	}
	return s.onBreak(c, id, func(ctx context.Context, tx db.Tx, at time.Time) error {
		r := recon.Resolution{BreakID: id, ID: entry.ID, Region: s.Region, By: c.operator.Name, Why: text, At: at}
		if err := recon.Explain(ctx, tx, r); err != nil {
			return err
		}
		return Record(ctx, tx, entry)
	})
}

// reconciliationTotals shows what all lines of an account come to.
func (s *server) reconciliationTotals(c call) (answer, error) {
	query, err := c.query("account")
	if err != nil {
		return answer{}, err
	}
	if query.Get("account") == "" {
		return answer{}, malformed("account is missing")
	}
	if err := s.accountKnown(c.Context(), s.Pool, query.Get("account")); err != nil {
		return answer{}, err
	}
	list, err := recon.Totals(c.Context(), s.Pool, query.Get("account"))
	return ok(wire.ReconciliationTotals{Totals: each(list, func(t recon.Total) wire.ReconciliationTotal {
		return wire.ReconciliationTotal{Side: string(t.Side), Part: t.Part, Lines: t.Lines, Minor: fmt.Sprint(t.Minor)}
	})}, err)
}
