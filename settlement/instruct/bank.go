package instruct

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022/rules"
	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
	"github.com/causeway-pay/causeway/money"
)

// Word is what a settlement bank says about one obligation: that it moved money
// (from camt.054), or that it took or refused an instruction (from pacs.002).
type Word struct {
	// ID is the same whenever the bank says the same again.
	ID   ids.ID
	Kind StepKind
	// References are what may name the obligation: the UETR and the references
	// of its instruction.
	References []string
	// Direction and Amount are those of money that moved: money received
	// discharges a pay-in, money paid a pay-out.
	Direction Direction
	Amount    money.Amount
	ValueDate time.Time
	// Reference is the bank's own, and Reason why it refused.
	Reference, Reason string
	// Shared says that the reference is that of an entry of several transactions.
	Shared bool
}

// ErrMessage means that a message of a bank cannot be taken.
var ErrMessage = errors.New("instruct: message of a bank")

// Limits of a bank's message: what one transaction of the database can take in a
// second or two.
const (
	messageMax = 4 << 20
	wordsMax   = 5_000
)

// ReadWords reads a bank's message: camt.054 or pacs.002, in any version that
// the standard's schemas are known of. Entries that are not booked say nothing
// yet and are left out.
func ReadWords(data []byte) ([]Word, error) {
	if len(data) > messageMax {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrMessage, messageMax)
	}
	m, err := wire.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMessage, err)
	}
	if findings := rules.Check(m, rules.Options{}); len(findings) > 0 {
		return nil, fmt.Errorf("%w: %s", ErrMessage, findings[0])
	}
	part := m.Document()
	var read iter.Seq2[Word, error]
	switch schema.Family(part.Definition.Name) {
	case "camt.054":
		read = notified(part.Body())
	case "pacs.002":
		read = reported(part.Body())
	default:
		return nil, fmt.Errorf("%w: %s is neither camt.054 nor pacs.002", ErrMessage, part.Definition.Name)
	}
	var words []Word
	for word, err := range read {
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrMessage, err)
		}
		if words = append(words, word); len(words) > wordsMax {
			return nil, fmt.Errorf("%w: more than %d entries", ErrMessage, wordsMax)
		}
	}
	return words, nil
}

// notified reads the booked entries of a notification.
func notified(body wire.Node) iter.Seq2[Word, error] {
	return func(yield func(Word, error) bool) {
		for notification := range body.All("Ntfctn") {
			account := accountOf(notification.Child("Acct"))
			if account == "" {
				yield(Word{}, fmt.Errorf("line %d: entries of no account cannot be told from another's", notification.Line()))
				return
			}
			for entry := range notification.All("Ntry") {
				if status := entry.Child("Sts"); status.Text() != "BOOK" && status.Child("Cd").Text() != "BOOK" {
					continue
				}
				words, err := wordsOf(account, entry)
				if err != nil {
					yield(Word{}, err)
					return
				}
				for _, w := range words {
					if !yield(w, nil) {
						return
					}
				}
			}
		}
	}
}

// accountOf is what an account is called.
func accountOf(account wire.Node) string {
	return account.At("Id", "IBAN").Text() + account.At("Id", "Othr", "Id").Text()
}

// wordsOf are the words about an entry: one about each of its transactions if they say what
// they moved and that comes to the entry, else one about the whole. A whole of several
// transactions discharges nothing: how much of it is whose was not said.
func wordsOf(account string, entry wire.Node) ([]Word, error) {
	whole, err := moved(entry)
	if err != nil {
		return nil, err
	}
	parts, err := partsOf(whole, entry)
	if err != nil {
		return nil, err
	}
	for _, part := range parts {
		whole.References = append(whole.References, part.References...)
	}
	switch {
	case len(parts) < 2:
		parts = []Word{whole}
	case !comesTo(parts, whole):
		whole.Kind, whole.Reason = Unmatched, "its transactions do not come to what the bank has booked"
		parts = []Word{whole}
	default:
		for i := range parts {
			parts[i].Shared = true
		}
	}
	return identified(account, parts, entry)
}

// moved is the word about an entry, without the references of its transactions.
func moved(entry wire.Node) (Word, error) {
	w := Word{Kind: Confirmed, Reference: entry.Child("NtryRef").Text()}
	if w.Reference == "" {
		w.Reference = entry.Child("AcctSvcrRef").Text()
	}
	if day := entry.At("ValDt", "Dt").Text() + entry.At("ValDt", "DtTm").Text(); len(day) >= len(time.DateOnly) {
		w.ValueDate, _ = time.Parse(time.DateOnly, day[:len(time.DateOnly)])
	}
	if entry.Child("RvslInd").True() {
		w.Kind, w.Reason = Unmatched, "the bank took back what it had booked"
	}
	return w, w.readAmount(entry)
}

// readAmount reads what an entry or transaction moved, and which way.
func (w *Word) readAmount(node wire.Node) error {
	amount := node.Child("Amt")
	value, err := money.ParseDecimal(amount.Text(), money.Currency(amount.Currency()))
	if err != nil {
		return fmt.Errorf("line %d: %w", amount.Line(), err)
	}
	w.Amount = value
	switch node.Child("CdtDbtInd").Text() {
	case "CRDT":
		w.Direction = PayIn
	case "DBIT":
		w.Direction = PayOut
	}
	return nil
}

// partsOf are the words about the transactions of an entry. One that does not say what it
// moved has moved nothing.
func partsOf(whole Word, entry wire.Node) (parts []Word, err error) {
	for details := range entry.All("NtryDtls") {
		for transaction := range details.All("TxDtls") {
			part := whole
			part.References = texts(transaction.Child("Refs"), "UETR", "EndToEndId", "InstrId", "TxId")
			part.Amount = money.New(0, whole.Amount.Currency)
			if transaction.Child("Amt").Exists() {
				if err := part.readAmount(transaction); err != nil {
					return nil, err
				}
			}
			parts = append(parts, part)
		}
	}
	return parts, nil
}

// comesTo says that each of some words moved something, and all together what one did.
func comesTo(parts []Word, whole Word) bool {
	left := whole.signed()
	for _, part := range parts {
		var err error
		if left, err = left.Sub(part.signed()); err != nil || part.Amount.IsZero() {
			return false
		}
	}
	return left.IsZero()
}

// signed is the amount that moved, negative if it was paid out.
func (w Word) signed() money.Amount {
	if w.Direction == PayOut {
		return money.New(-w.Amount.Minor, w.Amount.Currency)
	}
	return w.Amount
}

// identified gives the words about an entry their ids. Transactions that nothing tells
// apart are one.
func identified(account string, words []Word, entry wire.Node) (list []Word, err error) {
	at := map[ids.ID]int{}
	for _, w := range words {
		if w.Reference == "" && len(w.References) == 0 {
			return nil, fmt.Errorf("line %d: an entry without any reference cannot be told from another", entry.Line())
		}
		w.ID = identify(account, w.Reference, strings.Join(w.References, " "), string(w.Direction),
			fmt.Sprint(entry.Child("RvslInd").True()))
		first, again := at[w.ID]
		if !again {
			at[w.ID], list = len(list), append(list, w)
		} else if list[first].Amount, err = list[first].Amount.Add(w.Amount); err != nil {
			return nil, fmt.Errorf("line %d: %w", entry.Line(), err)
		}
	}
	return list, nil
}

// reported reads the transactions of a status report that were taken or refused
// for good; what is still under way says nothing yet.
func reported(body wire.Node) iter.Seq2[Word, error] {
	kinds := map[string]StepKind{"RJCT": Rejected, "ACCC": Accepted, "ACSC": Accepted, "ACSP": Accepted, "ACTC": Accepted}
	message := body.At("GrpHdr", "MsgId").Text()
	return func(yield func(Word, error) bool) {
		for transaction := range body.All("TxInfAndSts") {
			kind, known := kinds[transaction.Child("TxSts").Text()]
			if !known {
				continue
			}
			why := transaction.At("StsRsnInf", "Rsn")
			w := Word{
				Kind: kind, Reference: message, Reason: why.Child("Cd").Text() + why.Child("Prtry").Text(),
				References: texts(transaction, "OrgnlUETR", "OrgnlEndToEndId", "OrgnlInstrId", "OrgnlTxId"),
			}
			w.ID = identify("pacs.002", message, strings.Join(w.References, " "), string(kind))
			if !yield(w, nil) {
				return
			}
		}
	}
}

// texts are the texts of the children that are there.
func texts(n wire.Node, names ...string) []string {
	var list []string
	for _, name := range names {
		if text := n.Child(name).Text(); text != "" {
			list = append(list, text)
		}
	}
	return list
}

// identify makes the id of a word out of what tells it from all others.
func identify(parts ...string) ids.ID {
	return ids.Derive(ids.Nil, "settlement.word."+strings.Join(parts, "\x00"), int64(len(parts)))
}
