package privacy_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/conformance/invariant"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/person"
	"github.com/causeway-pay/causeway/switch/route"
)

// shown is a payment as a person's file has it: what customs were told, and what holds it.
type shown struct {
	ID       ids.ID
	Declared int
	Hold     person.Hold
}

// file is what is known about a person, looked up in pages of a size, by ids.
func (b *bench) file(who engine.Person, before time.Time, limit int) (all []shown) {
	b.t.Helper()
	var place person.Place
	for range 1000 {
		page, err := person.Known(b.t.Context(), b.pool, region, who, before, place, limit)
		if err != nil {
			b.t.Fatal(err)
		}
		for _, p := range page.Payments {
			whose := engine.Person{Side: engine.Payer, PartnerID: p.WalletID, Reference: p.PayerReference}
			if who.Side == engine.Payee {
				whose = shop(p.Detail.Transfer.Creditor.OtherID)
			}
			if whose != who || p.Detail.Transfer.Creditor.Name != "Ginza Tea House" {
				b.t.Errorf("%v is shown %v's", who, whose)
			}
			all = append(all, shown{p.ID, len(p.Declarations), p.Hold})
		}
		if place = page.Next; page.Done {
			return sorted(all)
		}
	}
	b.t.Fatal("pages without end")
	return nil
}

// sorted are payments in the order of their ids.
func sorted(all []shown) []shown {
	slices.SortFunc(all, func(a, b shown) int { return slices.Compare(a.ID[:], b.ID[:]) })
	return all
}

// forget has a person forgotten as far as payments were made before a time.
func (b *bench) forget(who engine.Person, before time.Time, slice int) person.Erasure {
	b.t.Helper()
	id := ids.New()
	b.do(func(ctx context.Context, tx db.Tx) error {
		return person.Ask(ctx, tx, region, id, who, before, b.clock.At)
	})
	desk := &person.Desk{
		Pool: b.pool, Clock: b.clock, Region: region, Slice: slice,
		Directory: func() *route.Directory { return b.directory },
	}
	done, err := desk.Work(b.t.Context())
	if err != nil || done != 1 {
		b.t.Fatalf("%d erasures done, %v", done, err)
	}
	if done, err = desk.Work(b.t.Context()); err != nil || done != 0 {
		b.t.Errorf("done again: %d, %v", done, err)
	}
	all, err := person.List(b.t.Context(), b.pool, region, 1000)
	at := slices.IndexFunc(all, func(e person.Erasure) bool { return e.ID == id })
	if err != nil || at < 0 {
		b.t.Fatalf("erasure %s of %d: %v", id, len(all), err)
	}
	return all[at]
}

// do runs a transaction.
func (b *bench) do(work func(ctx context.Context, tx db.Tx) error) {
	b.t.Helper()
	if err := b.pool.InTx(b.t.Context(), work); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) books(payments []ids.ID) (all []ledger.Entry) {
	b.t.Helper()
	for _, id := range payments {
		entries, err := ledger.EntriesOf(b.t.Context(), b.pool, id)
		if err != nil {
			b.t.Fatal(err)
		}
		all = append(all, entries...)
	}
	return all
}

// wants compares the count of an erasure, and that it says no more who it was about.
func (b *bench) wants(got, want person.Erasure) {
	b.t.Helper()
	got.ID, got.After, got.Before, got.AskedAt = ids.Nil, ids.Nil, time.Time{}, time.Time{}
	want.Region, want.State, want.DoneAt, want.Who.Reference = region, person.Erased, b.clock.At, ""
	if diff := cmp.Diff(want, got); diff != "" {
		b.t.Errorf("erasure (-want +got): %s", diff)
	}
}

// traces are the columns in which a word stands, as "table.column", in the clear as the
// bench has no keys.
func (b *bench) traces(word string) (found []string) {
	b.t.Helper()
	const columns = `SELECT table_name || '.' || column_name, CASE WHEN data_type = 'bytea'
			THEN 'encode(' || column_name || ', ''escape'')' ELSE column_name || '::TEXT' END, table_name
		FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1`
	rows, err := b.pool.Query(b.t.Context(), columns)
	if err != nil {
		b.t.Fatal(err)
	}
	var all [][3]string
	for rows.Next() {
		var c [3]string
		if err := rows.Scan(&c[0], &c[1], &c[2]); err != nil {
			b.t.Fatal(err)
		}
		all = append(all, c)
	}
	if rows.Close(); rows.Err() != nil || len(all) < 100 {
		b.t.Fatal(len(all), rows.Err())
	}
	for _, c := range all {
		var count int64
		sql := fmt.Sprintf(`SELECT count(*) FROM %s WHERE %s LIKE '%%%s%%'`, c[2], c[1], word)
		if err := b.pool.QueryRow(b.t.Context(), sql).Scan(&count); err != nil {
			b.t.Fatal(err)
		}
		if count > 0 {
			found = append(found, c[0])
		}
	}
	return found
}

// TestErased: of a person what is old and over is forgotten, in every table, and what is
// young or open is kept and counted by what holds it; the same reference at another wallet,
// or on the other side, is another person.
func TestErased(t *testing.T) {
	each(t, func(b *bench) {
		who, other, tea := customer("HK-WALLET", "U1"), customer("KR-WALLET", "U1"), shop("U1")
		before := began.Add(24 * time.Hour)
		old := []ids.ID{b.pays(who, tea, accepted), b.pays(who, tea, declined)}
		waits, apart := b.pays(who, tea, open), b.pays(other, tea, accepted)
		b.clock.At = began.Add(48 * time.Hour)
		young := b.pays(who, tea, accepted)
		entries := b.books(old)
		b.wants(b.forget(who, before, 0), person.Erasure{Who: who, Payments: 2, Kept: 2, KeptOpen: 1})
		left := []shown{{waits, 0, person.Open}, {young, 0, person.Law}}
		if diff := cmp.Diff(sorted(left), b.file(who, before, 10)); diff != "" {
			b.t.Errorf("left: %s", diff)
		}
		if diff := cmp.Diff([]shown{{apart, 0, ""}}, b.file(other, before, 10)); diff != "" {
			b.t.Errorf("of the other: %s", diff)
		}
		if diff := cmp.Diff(sorted(append(left, shown{apart, 0, ""})), b.file(tea, before, 10)); diff != "" {
			b.t.Errorf("of the payee: %s", diff)
		}
		for _, id := range old {
			for _, side := range []engine.Side{engine.Payer, engine.Payee} {
				if _, err := engine.PersonOf(b.t.Context(), b.pool, id, side); reason.Of(err) != reason.UnknownPayer {
					b.t.Errorf("the %s: %v", side, err)
				}
			}
		}
		if after := b.books(old); len(entries) == 0 || !cmp.Equal(entries, after) {
			b.t.Errorf("the books were %+v and are %+v", entries, after)
		}
	})
}

// TestNoTrace: when everything about somebody may go, no word about payer, payee and order
// is left in any column, also none of what customs were told. What is said to customs later
// is passed on, and leaves none either.
func TestNoTrace(t *testing.T) {
	each(t, func(b *bench) {
		who, tea := customer("CN-WALLET", "U-77"), shop("M-77")
		words := []string{"Lantern", "Ginza", "two cups", "U-77", "M-77", "310000", "CHECK_PASSED"}
		payment := b.pays(who, tea, accepted)
		said := b.declares(payment, silent)
		for _, word := range words[:6] {
			if len(b.traces(word)) == 0 {
				b.t.Errorf("%q is nowhere before", word)
			}
		}
		b.clock.At = began.Add(48 * time.Hour)
		before := began.Add(24 * time.Hour)
		b.wants(b.forget(who, before, 0), person.Erasure{Who: who, Kept: 1, KeptOpen: 1})
		b.counter.speaks = true
		b.says(said, reason.None)
		second := b.declares(payment, "ZONGSHU")
		b.wants(b.forget(tea, before, 0), person.Erasure{Who: tea, Kept: 1})
		if diff := cmp.Diff([]shown{{payment, 2, person.Law}}, b.file(who, before, 10)); diff != "" {
			b.t.Errorf("held by a young declaration: %s", diff)
		}
		b.wants(b.forget(tea, b.clock.At.Add(time.Second), 0), person.Erasure{Who: tea, Payments: 1, Declarations: 2})
		records, err := b.customs.Declarations(b.t.Context(), b.acquirer(), []string{second.RequestID})
		if err != nil || len(records) != 1 || records[0].Progress.Status != "SUCCESS" ||
			records[0].Declaration.MerchantName != "" {
			b.t.Errorf("%+v, %v", records, err)
		}
		b.do(func(ctx context.Context, tx db.Tx) error { // as the hub does every hour
			_, err := route.PurgeCodes(ctx, tx, b.clock.At.Add(-route.CodeKeep), 500)
			return err
		})
		for _, word := range words {
			if found := b.traces(word); len(found) > 0 {
				b.t.Errorf("%q is left in %v", word, found)
			}
		}
	})
}

// sound returns the invariants that do not hold.
func (b *bench) sound() (broken []string) {
	b.t.Helper()
	violations, err := invariant.Run(b.t.Context(), b.pool)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, v := range violations {
		broken = append(broken, v.String())
	}
	return broken
}

// TestReturnsOfTheForgotten: what was given back of a payment stays on the books when its
// persons are forgotten, and breaks no invariant although the messages went with them. A
// return whose messages are lost in any other way does.
func TestReturnsOfTheForgotten(t *testing.T) {
	each(t, func(b *bench) {
		who, other, tea := customer("HK-WALLET", "U1"), customer("HK-WALLET", "U2"), shop("M-77")
		refunded, cancelled := b.pays(who, tea, accepted), b.pays(who, tea, accepted)
		kept := b.pays(other, tea, accepted)
		b.refunds(refunded, 500)
		b.refunds(kept, 500)
		b.cancels(cancelled)
		entries := b.books([]ids.ID{refunded, cancelled, kept})
		b.wants(b.forget(who, began.Add(time.Hour), 0), person.Erasure{Who: who, Payments: 2})
		if broken := b.sound(); len(broken) > 0 {
			b.t.Errorf("after the erasure: %v", broken)
		}
		if after := b.books([]ids.ID{refunded, cancelled, kept}); !cmp.Equal(entries, after) {
			b.t.Errorf("the books were %+v and are %+v", entries, after)
		}
		b.do(func(ctx context.Context, tx db.Tx) error {
			_, err := tx.Exec(ctx, `DELETE FROM message_record WHERE payment_id = $1 AND name LIKE 'pacs.004.%'`, kept)
			return err
		})
		if broken := strings.Join(b.sound(), " "); !strings.Contains(broken, "every return is on record") {
			b.t.Errorf("of a return whose messages were deleted: %v", broken)
		}
	})
}

// sale is a payment of the model.
type sale struct {
	shown
	from, to engine.Person
	// young and open are as the payment or its declaration is.
	young, open, gone bool
}

func (s sale) hold() person.Hold {
	switch {
	case s.open:
		return person.Open
	case s.young:
		return person.Law
	}
	return ""
}

// fileOf is what a person's file must have.
func fileOf(sales []*sale, who engine.Person) (all []shown) {
	for _, s := range sales {
		if !s.gone && (s.from == who || s.to == who) {
			all = append(all, shown{s.ID, s.Declared, s.hold()})
		}
	}
	return sorted(all)
}

// sells draws a payment with what customs are told of it.
func (b *bench) sells(rt *rapid.T, payers, payees []engine.Person, young bool) *sale {
	s := &sale{
		from: rapid.SampledFrom(payers).Draw(rt, "from"), to: rapid.SampledFrom(payees).Draw(rt, "to"), young: young,
	}
	minor := rapid.SampledFrom([]int64{accepted, declined, open}).Draw(rt, "amount")
	s.ID, s.open = b.pays(s.from, s.to, minor), minor == open
	if minor == accepted && s.from.PartnerID == "CN-WALLET" {
		office := rapid.SampledFrom([]string{"", "ZONGSHU", silent}).Draw(rt, "office")
		if office != "" {
			b.declares(s.ID, office)
			s.Declared, s.open = 1, office == silent
		}
	}
	return s
}

// erased is what forgetting somebody comes to.
func erased(sales []*sale, who engine.Person) person.Erasure {
	e := person.Erasure{Who: who}
	for _, s := range sales {
		switch {
		case s.gone || s.from != who && s.to != who:
		case s.hold() == "":
			s.gone = true
			e.Payments, e.Declarations = e.Payments+1, e.Declarations+int64(s.Declared)
		default:
			e.Kept++
			if s.open {
				e.KeptOpen++
			}
		}
	}
	return e
}

// TestShownIsErased: whoever has paid whom whatever, in whatever order and slices, an
// erasure takes exactly what was shown and may go, counts what stays, and no book moves. A
// payment is forgotten with both its persons, and nothing else of the other one is.
func TestShownIsErased(t *testing.T) {
	each(t, func(b *bench) {
		rapid.Check(b.t.(*testing.T), func(rt *rapid.T) {
			run := ids.New().String()[:18]
			payers := []engine.Person{
				customer("CN-WALLET", "A-"+run), customer("CN-WALLET", "B-"+run), customer("KR-WALLET", "A-"+run),
			}
			payees := []engine.Person{shop("A-" + run), shop("B-" + run)}
			before := b.clock.At.Add(24 * time.Hour)
			var sales []*sale
			for _, young := range []bool{false, true} {
				for range rapid.IntRange(0, 3).Draw(rt, "payments") {
					sales = append(sales, b.sells(rt, payers, payees, young))
				}
				b.clock.At = b.clock.At.Add(48 * time.Hour)
			}
			everybody := slices.Concat(payers, payees)
			shows := func(when string) {
				page := rapid.IntRange(2, 50).Draw(rt, "page")
				for _, one := range everybody {
					if diff := cmp.Diff(fileOf(sales, one), b.file(one, before, page)); diff != "" {
						rt.Fatalf("%s: of %v: %s", when, one, diff)
					}
				}
			}
			shows("before")
			var list []ids.ID
			for _, s := range sales {
				list = append(list, s.ID)
			}
			entries := b.books(list)
			who := rapid.SampledFrom(everybody).Draw(rt, "forgotten")
			got := b.forget(who, before, rapid.IntRange(2, 50).Draw(rt, "slice"))
			b.wants(got, erased(sales, who))
			shows("after")
			if after := b.books(list); !cmp.Equal(entries, after) {
				rt.Fatalf("the books were %+v and are %+v", entries, after)
			}
		})
		if broken := b.sound(); len(broken) > 0 {
			b.t.Error(broken)
		}
	})
}
