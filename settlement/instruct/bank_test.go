package instruct_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/window"
)

// part is a transaction of a bank's entry; the amount is in digits, empty if the bank does
// not say it, and the direction that of the entry unless it is said.
type part struct{ reference, amount, direction string }

// entryOf is a notification about one entry of HKD 7.00 paid in with some transactions.
func entryOf(t testing.TB, parts ...part) []byte {
	t.Helper()
	message := string(notification(t, iso20022.BookedEntry{
		Reference: "E-1", Amount: money.New(700, "HKD"), Credit: true, BookedAt: at, ValueAt: at, EndToEndID: "HERE",
	}))
	begin, end := strings.Index(message, "<TxDtls>"), strings.Index(message, "</TxDtls>")+len("</TxDtls>")
	var details strings.Builder
	for _, p := range parts {
		fmt.Fprintf(&details, "<TxDtls><Refs><EndToEndId>%s</EndToEndId></Refs>", p.reference)
		if p.amount != "" {
			fmt.Fprintf(&details, `<Amt Ccy="HKD">%s</Amt>`, p.amount)
		}
		if p.direction != "" {
			fmt.Fprintf(&details, "<CdtDbtInd>%s</CdtDbtInd>", p.direction)
		}
		details.WriteString("</TxDtls>")
	}
	return []byte(message[:begin] + details.String() + message[end:])
}

// heard are words in a form that a reader checks at a glance.
func heard(t testing.TB, message []byte) (list []string) {
	t.Helper()
	words, err := instruct.ReadWords(message)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range words {
		list = append(list, fmt.Sprintf("%s %s %d %s", w.Kind, w.Direction, w.Amount.Minor, strings.Join(w.References, " ")))
	}
	return list
}

// TestTransactionsOfAnEntry: what the transactions of an entry say counts only if it comes to
// what the bank has booked; no entry discharges more than it moved.
func TestTransactionsOfAnEntry(t *testing.T) {
	for name, c := range map[string]struct {
		parts []part
		want  []string
	}{
		"one, without its amount": {[]part{{"A", "", ""}}, []string{"CONFIRMED PAY_IN 700 A"}},
		"one, less a charge":      {[]part{{"A", "7.05", ""}}, []string{"CONFIRMED PAY_IN 700 A"}},
		"two that come to it":     {[]part{{"A", "3.00", ""}, {"B", "4.00", ""}}, []string{"CONFIRMED PAY_IN 300 A", "CONFIRMED PAY_IN 400 B"}},
		"one taken back within": {
			[]part{{"A", "9.00", "CRDT"}, {"B", "2.00", "DBIT"}}, []string{"CONFIRMED PAY_IN 900 A", "CONFIRMED PAY_OUT 200 B"},
		},
		"two of one reference":  {[]part{{"A", "3.00", ""}, {"A", "4.00", ""}}, []string{"CONFIRMED PAY_IN 700 A"}},
		"two without amounts":   {[]part{{"A", "", ""}, {"B", "", ""}}, []string{"UNMATCHED PAY_IN 700 A B"}},
		"two, one without":      {[]part{{"A", "7.00", ""}, {"B", "", ""}}, []string{"UNMATCHED PAY_IN 700 A B"}},
		"two that are too much": {[]part{{"A", "7.00", ""}, {"B", "7.00", ""}}, []string{"UNMATCHED PAY_IN 700 A B"}},
		"two that are too few":  {[]part{{"A", "3.00", ""}, {"B", "3.99", ""}}, []string{"UNMATCHED PAY_IN 700 A B"}},
		"immense":               {[]part{{"A", "9999999999999.99", ""}, {"B", "9999999999999.99", "DBIT"}}, []string{"UNMATCHED PAY_IN 700 A B"}},
	} {
		if difference := cmp.Diff(c.want, heard(t, entryOf(t, c.parts...))); difference != "" {
			t.Errorf("%s: %s", name, difference)
		}
	}
}

// Whatever an entry's transactions say, the words about it move what the entry moved or
// nothing, each is told from the others, and the same message says the same again.
func TestEntriesMoveWhatTheyMoved(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		parts := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) part {
			return part{
				reference: rapid.SampledFrom([]string{"A", "B", "C"}).Draw(r, "reference"),
				amount:    rapid.SampledFrom([]string{"", "0.00", "1.00", "3.00", "3.50", "7.00", "14.00"}).Draw(r, "amount"),
				direction: rapid.SampledFrom([]string{"", "", "CRDT", "DBIT"}).Draw(r, "direction"),
			}
		}), 1, 4).Draw(r, "parts")
		message := entryOf(t, parts...)
		words, err := instruct.ReadWords(message)
		if err != nil {
			r.Fatal(err)
		}
		moved, said := int64(0), map[string]bool{}
		for _, w := range words {
			if said[w.ID.String()] {
				r.Fatalf("two words are one: %+v", words)
			}
			said[w.ID.String()] = true
			if w.Kind != instruct.Confirmed && len(words) != 1 {
				r.Fatalf("a part is nobody's: %+v", words)
			}
			if moved += w.Amount.Minor; w.Direction == instruct.PayOut {
				moved -= 2 * w.Amount.Minor
			}
		}
		if moved != 700 {
			r.Fatalf("%d moved: %+v", moved, words)
		}
		again, err := instruct.ReadWords(message)
		if err != nil || !cmp.Equal(words, again) {
			r.Fatalf("%+v, then %+v, %v", words, again, err)
		}
	})
}

// TestEntryForSeveral: an entry for two obligations that does not say how much is whose
// discharges neither, and is kept; one that does, discharges both.
func TestEntryForSeveral(t *testing.T) {
	each(t, func(t *testing.T, b books) {
		b.owe(map[string]int64{"A-1": 300, "B-2": 400})
		made := b.cutOff()
		reference := func(participant string) string { return strings.ReplaceAll(made[participant].ID.String(), "-", "") }
		silent := entryOf(t, part{reference("A-1"), "", ""}, part{reference("B-2"), "", ""})
		taken, err := b.take(silent)
		if err != nil || len(taken) != 1 || taken[0].Step.Kind != instruct.Unmatched || taken[0].Step.Amount.Minor != 700 {
			t.Fatalf("%+v, %v", taken, err)
		}
		if difference := cmp.Diff(map[string]int64{"A-1": 300, "B-2": 400}, b.positions()); difference != "" {
			t.Error(difference)
		}
		if taken, err = b.take(silent); err != nil || !taken[0].Repeated {
			t.Errorf("%+v, %v", taken, err)
		}
		taken, err = b.take(entryOf(t, part{reference("A-1"), "3.00", ""}, part{reference("B-2"), "4.00", ""}))
		if err != nil || len(taken) != 2 || slices.ContainsFunc(taken, func(one instruct.Taken) bool {
			return one.Obligation.State != instruct.Settled
		}) {
			t.Errorf("%+v, %v", taken, err)
		}
		if left := b.positions(); len(left) != 0 {
			t.Errorf("%v", left)
		}
		b.sound()
	})
}

// instructionOf is the instruction of some obligation.
func instructionOf(t testing.TB) []byte {
	t.Helper()
	list, err := instruct.Obligations(closed(), []window.Net{net("A-1", "HKD", 700, 0), net("HUB", "HKD", 0, 700)}, window.Calendars{}, at)
	if err != nil {
		t.Fatal(err)
	}
	return list[0].Instruction
}

// TestMessagesThatAreRefused: what cannot be taken as a bank's word is refused as a whole and
// says why.
func TestMessagesThatAreRefused(t *testing.T) {
	entry, report := string(entryOf(t, part{"A", "", ""})), string(status(t, instructionOf(t), iso20022.Rejected, 1))
	for name, c := range map[string]struct{ message, old, with, why string }{
		"nothing":              {"", "", "", "instruct: message of a bank"},
		"no XML":               {"{}", "", "", "instruct: message of a bank"},
		"cut off":              {entry[:len(entry)-20], "", "", "instruct: message of a bank"},
		"too long":             {entry + strings.Repeat(" ", 4<<20), "", "", "more than 4194304 bytes"},
		"another message":      {string(instructionOf(t)), "", "", "neither camt.054 nor pacs.002"},
		"no such version":      {entry, "camt.054.001", "camt.054.999", ""},
		"no such currency":     {entry, `Ccy="HKD"`, `Ccy="HK"`, ""},
		"too many digits":      {entry, ">7.00<", ">7.001<", ""},
		"less than nothing":    {entry, ">7.00<", ">-7.00<", ""},
		"no amount":            {entry, `<Amt Ccy="HKD">7.00</Amt>`, "", ""},
		"no direction":         {entry, "<CdtDbtInd>CRDT</CdtDbtInd>", "", ""},
		"another direction":    {entry, ">CRDT<", ">BOTH<", ""},
		"no account":           {entry, "<Id><Othr><Id>HUB-HKD</Id></Othr></Id>", "", "entries of no account"},
		"an entity":            {entry, "<Document", `<!DOCTYPE d [<!ENTITY e "7">]><Document`, ""},
		"two in one":           {entry + entry, "", "", ""},
		"a reason with markup": {report, "<Cd>AM04</Cd>", "<Cd><b>AM04</b></Cd>", ""},
		"no status":            {report, "<TxSts>RJCT</TxSts>", "<TxSts></TxSts>", ""},
	} {
		message := strings.Replace(c.message, c.old, c.with, 1)
		if c.old != "" && message == c.message {
			t.Errorf("%s: %q is not in the message", name, c.old)
		}
		words, err := instruct.ReadWords([]byte(message))
		if !errors.Is(err, instruct.ErrMessage) || !strings.Contains(err.Error(), c.why) || len(words) > 0 {
			t.Errorf("%s: %+v, %v", name, words, err)
		}
	}
}

// TestSaysNothingYet: what is under way, or booked by nobody, is no word.
func TestSaysNothingYet(t *testing.T) {
	pending := string(entryOf(t, part{"A", "", ""}))
	if words, err := instruct.ReadWords(status(t, instructionOf(t), iso20022.Pending, 1)); err != nil || len(words) > 0 {
		t.Errorf("%+v, %v", words, err)
	}
	for _, sts := range []string{"PDNG", "INFO"} {
		words, err := instruct.ReadWords([]byte(strings.Replace(pending, "BOOK", sts, 1)))
		if err != nil || len(words) > 0 {
			t.Errorf("%s: %+v, %v", sts, words, err)
		}
	}
}

// FuzzReadWords: whatever a bank sends is words within their limits, or an error.
func FuzzReadWords(f *testing.F) {
	f.Add(entryOf(f, part{"A", "3.00", ""}, part{"B", "4.00", "CRDT"}))
	f.Add(entryOf(f, part{"A", "", ""}))
	f.Add([]byte(strings.Replace(string(entryOf(f, part{"A", "", ""})), "<Sts>", "<RvslInd>true</RvslInd><Sts>", 1)))
	f.Add([]byte(strings.Replace(string(entryOf(f, part{"", "", ""})), "<NtryRef>E-1</NtryRef>", "", 1)))
	f.Add([]byte("<Document/>"))
	instruction := instructionOf(f)
	for number, said := range []iso20022.Status{iso20022.Rejected, iso20022.AcceptedSettlement, iso20022.Pending} {
		f.Add(status(f, instruction, said, number))
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		words, err := instruct.ReadWords(message)
		if again, _ := instruct.ReadWords(message); !cmp.Equal(words, again) {
			t.Errorf("%+v, then %+v", words, again)
		}
		if err != nil && len(words) > 0 {
			t.Errorf("%d words of a message that is refused", len(words))
		}
		for _, w := range words {
			if w.Amount.Minor < 0 || w.ID.String() == "" || w.Reference == "" && len(w.References) == 0 {
				t.Errorf("%+v", w)
			}
		}
	})
}

// TestNamedOtherwise: an entry that a bank names by more or fewer references when it tells of it
// again moves nothing twice; another one of the same amount does.
func TestNamedOtherwise(t *testing.T) {
	each(t, func(t *testing.T, b books) {
		b.owe(map[string]int64{"A-1": 700})
		o := b.cutOff()["A-1"]
		told := paid(o, "E-1", 300)
		bare, later, other := told, told, told
		bare.UETR, later.ValueAt, other.Reference = iso20022.UETR{}, told.ValueAt.AddDate(0, 0, 1), "E-2"
		for _, step := range []struct {
			entry    iso20022.BookedEntry
			repeated bool
			left     int64
		}{{bare, false, 400}, {told, true, 400}, {bare, true, 400}, {other, false, 100}, {later, false, 100}} {
			taken, err := b.take(notification(t, step.entry))
			if err != nil || taken[0].Repeated != step.repeated {
				t.Fatalf("%+v: %+v, %v", step.entry, taken, err)
			}
			got, _, err := instruct.Find(t.Context(), b.pool, o.ID)
			if err != nil || got.Rest().Minor != step.left {
				t.Errorf("%+v: %s left, %v", step.entry, got.Rest(), err)
			}
		}
		b.sound()
	})
}
