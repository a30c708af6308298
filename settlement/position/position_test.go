package position_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/position"
)

var at = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func hkd(minor int64) money.Amount { return money.New(minor, "HKD") }

const limit = 10_000

// each runs a test on every engine of the database; HK-WALLET and KR-WALLET have
// a position in HKD.
func each(t *testing.T, body func(t *testing.T, pool *db.Pool)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		for _, participant := range []string{"HK-WALLET", "KR-WALLET"} {
			must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
				return position.Open(ctx, tx, participant, "asia-1", hkd(limit))
			}))
		}
		body(t, pool)
	}, dbtest.Load(t, position.Migrations))
}

// inTx makes every other transaction a hopeful one: what comes of it must be the same.
func inTx(t *testing.T, pool *db.Pool, work func(ctx context.Context, tx db.Tx) error) error {
	t.Helper()
	if turns.Add(1)%2 == 0 {
		return pool.InTxHopeful(t.Context(), work)
	}
	return pool.InTx(t.Context(), work)
}

var turns atomic.Int64

// held is a reservation as whoever ends it knows it.
func held(id ids.ID, participant string, minor int64) position.Reservation {
	return position.Reservation{ID: id, Region: "asia-1", ParticipantID: participant, Amount: hkd(minor)}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func reservation(participant string, amount money.Amount) position.Reservation {
	id := ids.New()
	return position.Reservation{ID: id, Region: "asia-1", PaymentID: id, ParticipantID: participant, Amount: amount, At: at}
}

func reserve(t *testing.T, pool *db.Pool, r position.Reservation) error {
	t.Helper()
	return inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return position.Reserve(ctx, tx, r) })
}

// book is a position as a reader of the documentation expects it.
type book struct {
	cap, posted int64
	pending     map[ids.ID]int64
}

func (b *book) reserved() (sum int64) {
	for _, amount := range b.pending {
		sum += amount
	}
	return sum
}

// TestHistories runs random histories of reservations, postings, voids, direct
// changes and new caps against a model.
func TestHistories(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		random := rand.New(rand.NewPCG(1, 1))
		books := map[string]*book{}
		for _, name := range []string{"HK-WALLET", "KR-WALLET"} {
			books[name] = &book{cap: limit, pending: map[ids.ID]int64{}}
		}
		for range 400 {
			name := []string{"HK-WALLET", "KR-WALLET"}[random.IntN(2)]
			step(t, pool, random, name, books[name])
			if t.Failed() {
				return
			}
			compare(t, pool, books)
		}
	})
}

func step(t *testing.T, pool *db.Pool, random *rand.Rand, name string, b *book) {
	t.Helper()
	var pending ids.ID
	for id := range b.pending {
		pending = id
		break
	}
	switch action := random.IntN(10); {
	case action < 5:
		r := reservation(name, hkd(1+random.Int64N(limit/3)))
		fits := b.posted+b.reserved()+r.Amount.Minor <= b.cap
		err := reserve(t, pool, r)
		if fits != (err == nil) || err != nil && !errors.Is(err, position.ErrCapExceeded) {
			t.Errorf("%+v: reserve %s: %v", b, r.Amount, err)
		}
		if fits {
			b.pending[r.ID] = r.Amount.Minor
		}
	case action == 5 || action == 6:
		err := inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
			return position.Post(ctx, tx, []position.Reservation{held(pending, name, b.pending[pending])})
		})
		resolved(t, b, pending, err)
		b.posted += b.pending[pending]
		delete(b.pending, pending)
	case action == 7:
		err := inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return position.Void(ctx, tx, []ids.ID{pending}) })
		resolved(t, b, pending, err)
		delete(b.pending, pending)
	case action == 8:
		change := hkd(random.Int64N(limit) - limit*3/4)
		must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
			return position.Add(ctx, tx, position.Change{ParticipantID: name, Debit: change})
		}))
		b.posted += change.Minor
	default:
		b.cap = random.Int64N(2 * limit)
		must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return position.SetCap(ctx, tx, name, hkd(b.cap)) }))
	}
}

// resolved expects success for a pending reservation and ErrResolved otherwise.
func resolved(t *testing.T, b *book, id ids.ID, err error) {
	t.Helper()
	if _, is := b.pending[id]; is != (err == nil) || err != nil && !errors.Is(err, position.ErrResolved) {
		t.Errorf("%+v: resolve %s: %v", b, id, err)
	}
}

func compare(t *testing.T, pool *db.Pool, books map[string]*book) {
	t.Helper()
	got, err := position.All(t.Context(), pool)
	must(t, err)
	var want []position.Position
	for _, name := range []string{"HK-WALLET", "KR-WALLET"} {
		b := books[name]
		want = append(want, position.Position{
			ParticipantID: name, Currency: "HKD", Cap: hkd(b.cap), Posted: hkd(b.posted), Reserved: hkd(b.reserved()), Paying: hkd(0),
		})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
}

// TestReservingAtOnce: twenty goroutines reserve, post and void against one cap.
// At no time is more out than the cap, and at the end the sums are right.
func TestReservingAtOnce(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		var mu sync.Mutex
		var posted int64
		refused := 0
		var wg sync.WaitGroup
		for worker := range uint64(20) {
			wg.Go(func() {
				random := rand.New(rand.NewPCG(2, worker))
				for range 4 {
					r := reservation("HK-WALLET", hkd(200+random.Int64N(800)))
					post := random.IntN(2) == 0
					fits, err := through(t, pool, r, post)
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					if fits && post {
						posted += r.Amount.Minor
					} else if !fits {
						refused++
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		all, err := position.All(t.Context(), pool)
		must(t, err)
		if p := all[0]; p.Posted.Minor != posted || p.Reserved.Minor != 0 || p.Headroom().Minor < 0 {
			t.Errorf("%+v, posted %d", p, posted)
		}
		if refused == 0 || posted == 0 {
			t.Errorf("posted %d, refused %d: the test meets no limit", posted, refused)
		}
	})
}

// through makes one reservation and resolves it; it looks at the cap between.
func through(t *testing.T, pool *db.Pool, r position.Reservation, post bool) (fits bool, err error) {
	t.Helper()
	err = dbtest.Persistently(func() error { return reserve(t, pool, r) })
	if errors.Is(err, position.ErrCapExceeded) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	all, err := position.All(t.Context(), pool)
	if err != nil {
		return false, err
	}
	if all[0].Headroom().Minor < 0 {
		return false, fmt.Errorf("over the cap: %+v", all[0])
	}
	return true, dbtest.Persistently(func() error {
		return inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return resolve(ctx, tx, post, r.ID) })
	})
}

// resolve posts or voids a reservation.
func resolve(ctx context.Context, tx db.Tx, post bool, id ids.ID) error {
	if post {
		return position.Post(ctx, tx, []position.Reservation{{ID: id}})
	}
	return position.Void(ctx, tx, []ids.ID{id})
}

// TestResolvedOnceAtOnce: of many that resolve one reservation at once, one
// succeeds.
func TestResolvedOnceAtOnce(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		r := reservation("HK-WALLET", hkd(700))
		must(t, reserve(t, pool, r))
		results := make(chan error, 10)
		for i := range 10 {
			go func() {
				results <- dbtest.Persistently(func() error {
					return inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
						if i%2 == 0 {
							return position.Post(ctx, tx, []position.Reservation{r})
						}
						return position.Void(ctx, tx, []ids.ID{r.ID})
					})
				})
			}()
		}
		won := 0
		for range 10 {
			if err := <-results; err == nil {
				won++
			} else if !errors.Is(err, position.ErrResolved) {
				t.Error(err)
			}
		}
		all, err := position.All(t.Context(), pool)
		must(t, err)
		if won != 1 || all[0].Reserved.Minor != 0 || all[0].Posted.Minor != 0 && all[0].Posted.Minor != 700 {
			t.Errorf("%d won, %+v", won, all[0])
		}
	})
}

func TestRefusals(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		twice := reservation("HK-WALLET", hkd(1))
		must(t, reserve(t, pool, twice))
		if err := reserve(t, pool, twice); err == nil {
			t.Error("one id reserved twice")
		}
		for _, amount := range []money.Amount{hkd(0), hkd(-5)} {
			if err := reserve(t, pool, reservation("HK-WALLET", amount)); err == nil {
				t.Errorf("reserved %s", amount)
			}
		}
		cases := map[string]func(ctx context.Context, tx db.Tx) error{
			"change of nobody": func(ctx context.Context, tx db.Tx) error {
				return position.Add(ctx, tx, position.Change{ParticipantID: "NOBODY", Debit: hkd(1)})
			},
			"change in another currency": func(ctx context.Context, tx db.Tx) error {
				return position.Add(ctx, tx, position.Change{ParticipantID: "HK-WALLET", Debit: money.New(1, "JPY")})
			},
			"cap of nobody": func(ctx context.Context, tx db.Tx) error {
				return position.SetCap(ctx, tx, "NOBODY", hkd(1))
			},
		}
		for name, work := range cases {
			if err := inTx(t, pool, work); !errors.Is(err, position.ErrNoPosition) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := reserve(t, pool, reservation("NOBODY", hkd(1))); err == nil {
			t.Error("reserved for nobody")
		}
		must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
			return position.Open(ctx, tx, "HK-WALLET", "asia-1", hkd(5*limit))
		}))
		all, err := position.All(t.Context(), pool)
		must(t, err)
		if p := all[0]; p.Cap.Minor != limit || p.Reserved.Minor != 1 {
			t.Errorf("opened again: %+v", p)
		}
	})
}

// TestManyTogether: reservations, postings and voids that are made with one call come out
// as if each had been made by itself, in their order.
func TestManyTogether(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		random := rand.New(rand.NewPCG(2, 2))
		names := []string{"HK-WALLET", "KR-WALLET", "NOBODY"}
		books := map[string]*book{}
		for _, name := range names {
			books[name] = &book{cap: limit, pending: map[ids.ID]int64{}}
		}
		for range 60 {
			var list []position.Reservation
			for range random.IntN(12) {
				list = append(list, reservation(names[random.IntN(len(names))], hkd(1+random.Int64N(limit/5))))
			}
			var refused []error
			must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) (err error) {
				refused, err = position.ReserveAll(ctx, tx, list)
				return err
			}))
			for i, r := range list {
				b := books[r.ParticipantID]
				var want error
				switch {
				case r.ParticipantID == "NOBODY":
					want = position.ErrNoPosition
				case b.posted+b.reserved()+r.Amount.Minor > b.cap:
					want = position.ErrCapExceeded
				default:
					b.pending[r.ID] = r.Amount.Minor
				}
				if !errors.Is(refused[i], want) || (want == nil) != (refused[i] == nil) {
					t.Fatalf("reservation %d of %s: %v, want %v", i, r.Amount, refused[i], want)
				}
			}
			endSome(t, pool, random, books)
			delete(books, "NOBODY")
			compare(t, pool, books)
			books["NOBODY"] = &book{}
		}
	})
}

// endSome posts some of the pending reservations with one call and voids others with
// another; half of what is posted comes back as credits with the same call.
func endSome(t *testing.T, pool *db.Pool, random *rand.Rand, books map[string]*book) {
	t.Helper()
	var posted []position.Reservation
	var voided []ids.ID
	var credits []position.Change
	for name, b := range books {
		for id, amount := range b.pending {
			switch random.IntN(4) {
			case 0:
				posted = append(posted, held(id, name, amount))
				b.posted += amount - amount/2
				change := position.Change{ParticipantID: name, Debit: hkd(-(amount / 2))}
				if random.IntN(2) == 0 {
					change.Region = "asia-1"
				}
				credits = append(credits, change)
			case 1:
				voided = append(voided, id)
			default:
				continue
			}
			delete(b.pending, id)
		}
	}
	must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
		if err := position.Post(ctx, tx, posted, credits...); err != nil {
			return err
		}
		return position.Void(ctx, tx, voided)
	}))
	if len(posted) == 0 {
		return
	}
	err := inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return position.Void(ctx, tx, []ids.ID{posted[0].ID}) })
	if !errors.Is(err, position.ErrResolved) {
		t.Errorf("posted ones were voided: %v", err)
	}
}
