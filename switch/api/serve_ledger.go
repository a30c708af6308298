package api

import (
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// balances serves the accounts as they are, or as they were at a moment.
func (s *server) balances(c call) (answer, error) {
	query, err := c.query("at", "basis")
	if err != nil {
		return answer{}, err
	}
	at := s.Clock.Now()
	if text := query.Get("at"); text != "" {
		if at, err = time.Parse(time.RFC3339Nano, text); err != nil {
			return answer{}, malformed("at is a time such as 2026-11-25T18:00:00Z")
		}
	}
	basis := ledger.Basis(query.Get("basis"))
	switch basis {
	case "":
		basis = ledger.Booked
	case ledger.Booked, ledger.Effective:
	default:
		return answer{}, malformed("basis is booked or effective")
	}
	var all []ledger.Balance
	if query.Get("at") == "" && basis == ledger.Booked {
		all, err = ledger.Balances(c.Context(), s.Pool)
	} else {
		all, err = ledger.TrialBalance(c.Context(), s.Pool, at, basis)
	}
	return ok(wire.Balances{Balances: each(all, balanceOf)}, err)
}

func balanceOf(b ledger.Balance) wire.Balance {
	return wire.Balance{
		AccountID: b.AccountID, Owner: b.Owner, Purpose: string(b.Purpose), Debits: wire.AmountOf(b.Debits),
		Credits: wire.AmountOf(b.Credits), Net: wire.AmountOf(b.Net()),
	}
}

// accountEntries serves a page of the entries of an account, oldest first.
func (s *server) accountEntries(c call) (answer, error) {
	query, err := c.query("account", "after", "limit")
	if err != nil {
		return answer{}, err
	}
	account, after := query.Get("account"), ledger.Place{}
	query.Set("before", query.Get("after"))
	page, err := pageOf(query)
	if err != nil {
		return answer{}, err
	}
	if query.Get("after") != "" {
		after = ledger.Place{BookedAt: page.before, EntryID: page.id}
	}
	opened, err := ledger.Opened(c.Context(), s.Pool, account)
	if err == nil && !opened {
		err = reason.New(reason.Missing, "api.accountEntries", "")
	}
	if err != nil {
		return answer{}, err
	}
	entries, err := ledger.EntriesOfAccount(c.Context(), s.Pool, account, after, page.more())
	if err != nil {
		return answer{}, err
	}
	entries, next := cut(page, entries, func(e ledger.Entry) (time.Time, ids.ID) { return e.BookedAt, e.ID })
	return ok(wire.AccountEntries{Entries: each(entries, accountEntryOf), Next: next}, nil)
}

func accountEntryOf(e ledger.Entry) wire.AccountEntry {
	currency := e.Amount.Currency
	return wire.AccountEntry{
		EntryID: e.ID, Region: e.Region, Kind: string(e.Kind), PaymentID: e.PaymentID, DebitAccount: e.Debit.ID(currency),
		CreditAccount: e.Credit.ID(currency), Amount: wire.AmountOf(e.Amount), BookedAt: e.BookedAt,
		EffectiveAt: e.EffectiveAt,
	}
}
