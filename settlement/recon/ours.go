package recon

import (
	"context"
	"iter"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/report"
)

// entriesPage is how many entries are read at once.
const entriesPage = 500

// stepsMost is how many words of banks about one obligation name it.
const stepsMost = 200

// FromLedger reads the entries of an account, such as HUB.NOSTRO.HKD or
// HK-WALLET.POSITION.HKD. What the hub has with a bank grows by debits, what it
// owes a participant by credits.
func FromLedger(account string) Source {
	return FromPosition(account, func(context.Context, db.Reader, ids.ID) (map[ids.ID]bool, error) { return nil, nil })
}

// Unlisted returns the subjects of a window's entries that are in none of its files: payments
// that were cancelled in it, and the cancels. Together they come to nothing.
type Unlisted func(ctx context.Context, reader db.Reader, windowID ids.ID) (map[ids.ID]bool, error)

// unlistedText is the text of a line of ours that is in no file.
const unlistedText = "CANCELLED"

// FromPosition reads the entries of a participant's position as [FromLedger] does. Whoever
// books by our files does not have what is unlisted.
func FromPosition(account string, unlisted Unlisted) Source {
	return func(ctx context.Context, reader db.Reader, after time.Time) ([]Line, error) {
		var lines []Line
		place, left := ledger.Place{BookedAt: after}, map[ids.ID]map[ids.ID]bool{}
		for {
			entries, err := ledger.EntriesOfAccount(ctx, reader, account, place, entriesPage)
			if err != nil {
				return nil, err
			}
			for _, entry := range entries {
				line, err := entered(ctx, reader, account, entry)
				if err != nil {
					return nil, err
				}
				if _, known := left[entry.WindowID]; !known {
					if left[entry.WindowID], err = unlisted(ctx, reader, entry.WindowID); err != nil {
						return nil, err
					}
				}
				if left[entry.WindowID][entry.SubjectID] {
					line.Text = unlistedText
				}
				lines, place = append(lines, line), ledger.PlaceOf(entry)
			}
			if len(entries) < entriesPage {
				return lines, nil
			}
		}
	}
}

// entered is an entry as a line of an account.
func entered(ctx context.Context, reader db.Reader, account string, entry ledger.Entry) (Line, error) {
	own, other := entry.Debit, entry.Credit
	grows := own.Purpose == ledger.Nostro
	if entry.Credit.ID(entry.Amount.Currency) == account {
		own, other = entry.Credit, entry.Debit
		grows = own.Purpose != ledger.Nostro
	}
	line := Line{
		ID: lineID(account, entry.ID), Side: Ours, Amount: entry.Amount, ValueDate: Day(entry.EffectiveAt),
		Text: string(entry.Kind), BookedAt: entry.BookedAt, References: names(entry.PaymentID, entry.SubjectID),
	}
	if !grows {
		line.Amount.Minor = -line.Amount.Minor
	}
	if other.Owner != ledger.Hub {
		line.Counterparty = other.Owner
	}
	if err := line.nameByBank(ctx, reader, entry); err != nil {
		return line, err
	}
	switch entry.Kind {
	case ledger.KindSettlement, ledger.KindSchedule, ledger.KindAdjustment:
		// What belongs to no payment is called by its entry in a participant's statement.
		if own.Purpose == ledger.Position {
			line.References = append(line.References, names(entry.ID)...)
		}
	}
	return line, nil
}

// lineID is the id of an entry, or an item, as a line of an account.
func lineID(account string, of ids.ID) ids.ID { return ids.Derive(of, "recon."+account, 0) }

// names are the forms in which ids stand in messages and files.
func names(of ...ids.ID) []string {
	var list []string
	for _, id := range of {
		if text := id.String(); id != ids.Nil && (len(list) == 0 || list[0] != text) {
			list = append(list, text, strings.ReplaceAll(text, "-", ""))
		}
	}
	return list
}

// nameByBank adds what banks call an entry of settlement or funding.
func (l *Line) nameByBank(ctx context.Context, reader db.Reader, entry ledger.Entry) error {
	switch entry.Kind {
	case ledger.KindSettlement:
		obligation, found, err := instruct.Find(ctx, reader, entry.PaymentID)
		if err != nil || !found {
			return err
		}
		steps, err := instruct.StepsOf(ctx, reader, obligation.ID, stepsMost)
		if err != nil {
			return err
		}
		l.References = obligation.References()
		for _, step := range steps {
			if step.ID != entry.SubjectID {
				continue
			}
			if l.Own = step.Reference; !step.ValueDate.IsZero() {
				l.ValueDate = Day(step.ValueDate)
			}
		}
		l.Counterparty = obligation.ParticipantID
	case ledger.KindFunding:
		evidence, err := position.EvidenceOf(ctx, reader, entry.PaymentID)
		if err != nil {
			return err
		}
		l.References, l.Own = nil, evidence
	}
	return nil
}

// TransactionsOf is the account under which a participant's transaction files are
// reconciled: payments and refunds by themselves, without fees and settlement.
func TransactionsOf(participant, currency string) string {
	return participant + "." + transactions + "." + currency
}

const transactions = "TRANSACTIONS"

// schemeDay is the zone of the scheme's days, by which items have their dates.
var schemeDay = time.FixedZone("UTC+8", 8*60*60)

// FromItems reads the items of a report as lines of an account.
func FromItems(account string, items iter.Seq2[report.Item, error]) Source {
	return func(context.Context, db.Reader, time.Time) ([]Line, error) {
		var lines []Line
		for item, err := range items {
			if err != nil {
				return nil, err
			}
			line := Line{
				ID: lineID(account, item.ID), Side: Ours, References: []string{item.ID.String(), item.RequestID},
				Amount: item.Settlement, ValueDate: Day(item.CompletedAt.In(schemeDay)), Text: item.Kind,
				BookedAt: item.CompletedAt,
			}
			if !item.Credit {
				line.Amount.Minor = -line.Amount.Minor
			}
			if lines = append(lines, line); len(lines) > openMax {
				return nil, ErrStatement
			}
		}
		return lines, nil
	}
}
