package rules

import (
	"bytes"

	"github.com/causeway-pay/causeway/iso20022/wire"
)

// reportKind is a family of reports on accounts: the names of a report and of
// its pagination.
type reportKind struct{ report, pages string }

func (k reportKind) check(w *walk, body wire.Node) {
	pages := body.Child("GrpHdr").Child("MsgPgntn")
	for report := range body.All(k.report) {
		own := report.Child(k.pages)
		w.twice(messagePagination, pages, own)
		if !partial(pages) && !partial(own) {
			w.account(report)
		}
	}
}

// partial reports whether a page is one of several, so that its totals and
// balances speak of entries on other pages, too.
func partial(pages wire.Node) bool {
	return pages.Exists() && (string(pages.Child("PgNb").Bytes()) != "1" || !pages.Child("LastPgInd").True())
}

// tally counts and adds up entries, irrespective of currency: all of them, and
// those that are booked, because the standard leaves open which of them a
// summary means.
type tally struct{ all, booked side }

// side is a number of entries and their sum.
type side struct {
	entries uint64
	sum     total
}

func (s *side) add(amount []byte) {
	s.entries++
	s.sum.add(amount)
}

func (t *tally) add(amount []byte, booked bool) {
	t.all.add(amount)
	if booked {
		t.booked.add(amount)
	}
}

// entries is what the entries of a report add up to.
type entries struct {
	both, credits, debits tally
	// booked is the ledger of the booked entries.
	booked ledger
}

// account checks one report on an account.
func (w *walk) account(report wire.Node) {
	var e entries
	summary := report.Child("TxsSummry")
	for entry := range report.All("Ntry") {
		amount := entry.Child("Amt")
		credit, booked := isCredit(entry), isBooked(entry)
		e.both.add(amount.Bytes(), booked)
		if credit {
			e.credits.add(amount.Bytes(), booked)
		} else {
			e.debits.add(amount.Bytes(), booked)
		}
		if booked {
			e.booked.add(amount, credit)
		}
	}
	if e.both.all.entries > 0 {
		w.summary(summary, &e)
	}
	// A report without entries may be of balances alone; a statement is not.
	if e.both.all.entries > 0 || !summary.Exists() && report.Name() == "Stmt" {
		w.balances(report, &e.booked)
	}
}

func isCredit(n wire.Node) bool { return string(n.Child("CdtDbtInd").Bytes()) == "CRDT" }

// isBooked reports whether an entry is: its status is a code, which stands in an
// element of its own since version 8.
func isBooked(entry wire.Node) bool {
	status := entry.Child("Sts")
	if code := status.Child("Cd"); code.Exists() {
		status = code
	}
	return string(status.Bytes()) == "BOOK"
}

// summary holds the totals of a report to its entries.
func (w *walk) summary(summary wire.Node, e *entries) {
	both := summary.Child("TtlNtries")
	w.tallied(both, &e.both)
	w.tallied(summary.Child("TtlCdtNtries"), &e.credits)
	w.tallied(summary.Child("TtlDbtNtries"), &e.debits)
	// Until version 2 the net stood beside its direction and not around it.
	amount, direction := both.Child("TtlNetNtryAmt"), both
	if net := both.Child("TtlNetNtry"); net.Exists() {
		amount, direction = net.Child("Amt"), net
	}
	if amount.Exists() && netDiffers(amount, isCredit(direction), &e.credits.all, &e.debits.all) &&
		netDiffers(amount, isCredit(direction), &e.credits.booked, &e.debits.booked) {
		w.report(entriesNet, amount)
	}
}

func (w *walk) tallied(stated wire.Node, t *tally) {
	number, sum := stated.Child("NbOfNtries"), stated.Child("Sum")
	if n, ok := count(number.Bytes()); ok && n != t.all.entries && n != t.booked.entries {
		w.report(entriesCount, number)
	}
	if sum.Exists() && t.all.sum.differs(sum.Bytes()) && t.booked.sum.differs(sum.Bytes()) {
		w.report(entriesSum, sum)
	}
}

// netDiffers reports whether credits less debits are certainly not the net: the
// net is put on the other side, and both sides are compared.
func netDiffers(net wire.Node, credit bool, credits, debits *side) bool {
	left, right := credits.sum, debits.sum
	if credit {
		right.add(net.Bytes())
	} else {
		left.add(net.Bytes())
	}
	return unequal(&left, &right)
}

// unequal reports whether two totals are certainly not the same.
func unequal(a, b *total) bool {
	return !a.unknown && !b.unknown && (a.over || b.over || a.sum != b.sum)
}

// balances holds the closing balance to the opening balance and the booked
// entries, where there is one of each, and all in one currency.
func (w *walk) balances(report wire.Node, booked *ledger) {
	opening, closing, ok := bookedBalances(report)
	if !ok {
		return
	}
	var movement account
	switch {
	case len(booked.accounts) > 1:
		return
	case len(booked.accounts) == 1:
		movement = booked.accounts[0]
		if string(movement.currency[:]) != string(closing.Child("Amt").CurrencyBytes()) {
			return
		}
	}
	// A debit balance counts as a debit; what closes the account stands on the
	// other side, so that both sides must be equal.
	credits, debits := movement.credit, movement.debits
	side := func(credit bool) *total {
		if credit {
			return &credits
		}
		return &debits
	}
	side(isCredit(opening)).add(opening.Child("Amt").Bytes())
	side(!isCredit(closing)).add(closing.Child("Amt").Bytes())
	if unequal(&credits, &debits) {
		w.report(balancesAndEntries, closing)
	}
}

// bookedBalances returns the balances that booked entries lie between: the
// opening one, or else that of the previous closing, and the closing one.
func bookedBalances(report wire.Node) (opening, closing wire.Node, ok bool) {
	var previous wire.Node
	for balance := range report.All("Bal") {
		var slot *wire.Node
		switch string(balance.At("Tp", "CdOrPrtry", "Cd").Bytes()) {
		case "OPBD":
			slot = &opening
		case "PRCD":
			slot = &previous
		case "CLBD":
			slot = &closing
		default:
			continue
		}
		if slot.Exists() {
			return opening, closing, false
		}
		*slot = balance
	}
	if !opening.Exists() {
		opening = previous
	}
	same := bytes.Equal(opening.Child("Amt").CurrencyBytes(), closing.Child("Amt").CurrencyBytes())
	return opening, closing, opening.Exists() && closing.Exists() && same
}
