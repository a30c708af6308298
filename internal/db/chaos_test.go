package db_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
)

func bank() []db.Migration {
	return []db.Migration{
		{Domain: "bank", Number: 1, Name: "account", SQL: `
CREATE TABLE IF NOT EXISTS account (id BIGINT NOT NULL, balance BIGINT NOT NULL,
	CONSTRAINT account_pk PRIMARY KEY (id), CONSTRAINT account_covered CHECK (balance >= 0))`},
		{Domain: "bank", Number: 2, Name: "transfer", SQL: `
CREATE TABLE IF NOT EXISTS transfer (id UUID NOT NULL, source BIGINT NOT NULL, target BIGINT NOT NULL,
	amount BIGINT NOT NULL, CONSTRAINT transfer_pk PRIMARY KEY (id))`},
	}
}

const (
	accounts       = 6
	openingBalance = 1000
)

var errNotCovered = errors.New("not covered")

// transfer is idempotent by its id, which is claimed first, so that it may be run
// again after an unknown outcome. Every other one hopes for the best.
func transfer(ctx context.Context, pool *db.Pool, id ids.ID, source, target, amount int64) error {
	inTx := pool.InTx
	if amount%2 == 0 {
		inTx = pool.InTxHopeful
	}
	return inTx(ctx, func(ctx context.Context, tx db.Tx) error {
		const insert = `INSERT INTO transfer (id, source, target, amount) VALUES ($1, $2, $3, $4)`
		if tx.Hopeful() {
			tx.HopeNew("transfer", insert, id, source, target, amount)
		} else if claimed, err := tx.Exec(ctx, insert+` ON CONFLICT (id) DO NOTHING`, id, source, target, amount); err != nil || claimed == 0 {
			return err
		}
		tx.Later(db.WrittenAll("take", 1, errNotCovered), `
UPDATE account SET balance = balance - $2 WHERE id = $1 AND balance >= $2`, source, amount)
		tx.Later(db.WrittenAll("give", 1, errors.New("no account")), `
UPDATE account SET balance = balance + $2 WHERE id = $1`, target, amount)
		return nil
	})
}

// settle repeats a transfer until its outcome is known.
func settle(ctx context.Context, pool *db.Pool, id ids.ID, source, target, amount int64) (done bool, err error) {
	for {
		err := transfer(ctx, pool, id, source, target, amount)
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, errNotCovered):
			return false, nil
		case errors.Is(err, db.ErrAmbiguous), errors.Is(err, db.ErrUnavailable), errors.Is(err, db.ErrConflict):
		default:
			return false, err
		}
	}
}

// Money neither appears nor vanishes, and every acknowledged transfer is found
// exactly once, while connections break before, in and after COMMIT.
func TestBankInAStorm(t *testing.T) {
	url := dbtest.URL(t)
	proxy := dbtest.NewProxy(t, url)
	straight, through := dbtest.Open(t, url), dbtest.Open(t, proxy.URL())
	mustMigrate(t, straight, bank(), 2)
	for id := range accounts {
		exec(t, straight, `INSERT INTO account (id, balance) VALUES ($1, $2)`, id, openingBalance)
	}
	var acknowledged sync.Map
	var transfers atomic.Int64
	storm, calm := context.WithTimeout(t.Context(), time.Minute)
	defer calm()
	var workers sync.WaitGroup
	for worker := range uint64(4) {
		workers.Go(func() {
			random := rand.New(rand.NewPCG(worker, 7))
			for storm.Err() == nil {
				id, source := ids.New(), random.Int64N(accounts)
				target := (source + 1 + random.Int64N(accounts-1)) % accounts
				done, err := settle(t.Context(), through, id, source, target, 1+random.Int64N(400))
				if err != nil {
					t.Error(err)
					return
				}
				if done {
					acknowledged.Store(id, true)
					if transfers.Add(1) == 150 {
						calm()
					}
				}
			}
		})
	}
	weather(storm, proxy, transfers.Load)
	workers.Wait()
	checkBank(t, straight, &acknowledged, transfers.Load())
}

// weather breaks connections until ctx ends, and lets something be done between
// two strokes.
func weather(ctx context.Context, proxy *dbtest.Proxy, done func() int64) {
	random := rand.New(rand.NewPCG(3, 4))
	for ctx.Err() == nil {
		before := done()
		if random.IntN(4) == 0 {
			proxy.Cut()
		} else {
			proxy.BreakCommits(dbtest.Loss(1+random.IntN(2)), 1)
		}
		for waits := 1 + random.IntN(10); ctx.Err() == nil && (waits > 0 || done() == before); waits-- {
			time.Sleep(time.Millisecond)
		}
	}
	proxy.BreakCommits(0, 0)
}

func checkBank(t *testing.T, pool *db.Pool, acknowledged *sync.Map, want int64) {
	t.Helper()
	if want < 150 {
		t.Fatalf("only %d transfers in a minute", want)
	}
	var sum, wrong int64
	if err := pool.QueryRow(t.Context(), `SELECT sum(balance)::BIGINT FROM account`).Scan(&sum); err != nil {
		t.Fatal(err)
	}
	if sum != accounts*openingBalance {
		t.Errorf("the bank holds %d, want %d", sum, accounts*openingBalance)
	}
	err := pool.QueryRow(t.Context(), `
SELECT count(*)::BIGINT FROM account AS a WHERE a.balance <> $1
	+ (SELECT coalesce(sum(amount), 0)::BIGINT FROM transfer WHERE target = a.id)
	- (SELECT coalesce(sum(amount), 0)::BIGINT FROM transfer WHERE source = a.id)`, openingBalance).Scan(&wrong)
	if err != nil || wrong != 0 {
		t.Errorf("%d balances differ from their transfers (%v)", wrong, err)
	}
	rows, err := pool.Query(t.Context(), `SELECT id FROM transfer`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := int64(0)
	for ; rows.Next(); found++ {
		var id ids.ID
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		if _, known := acknowledged.Load(id); !known {
			t.Errorf("transfer %s was never acknowledged", id)
		}
	}
	if found != want {
		t.Errorf("%d transfers found, %d acknowledged", found, want)
	}
}

// A migration whose connections break again and again is finished by running it
// again and again.
func TestMigrationInAStorm(t *testing.T) {
	url := dbtest.URL(t)
	proxy := dbtest.NewProxy(t, url)
	through := dbtest.Open(t, proxy.URL())
	steps := append(ledger(12), bank()...)
	storm, calm := context.WithCancel(t.Context())
	var sky sync.WaitGroup
	var strokes int64
	sky.Go(func() { weather(storm, proxy, func() int64 { strokes++; return strokes }) })
	time.AfterFunc(2*time.Second, calm)
	later := &stepping{at: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)}
	for attempt := 0; ; attempt++ {
		// Each run comes when the lease of the one before has run out.
		_, err := db.Migrate(t.Context(), through, later, steps)
		if err == nil {
			break
		}
		if strings.Contains(err.Error(), "another process") && storm.Err() != nil && attempt > 1000 {
			t.Fatal(err)
		}
		later.advance(time.Minute)
	}
	calm()
	sky.Wait()
	straight := dbtest.Open(t, url) // none of its connections was cut
	if err := db.CheckMigrated(t.Context(), straight, steps); err != nil {
		t.Fatal(err)
	}
	exec(t, straight, `INSERT INTO entry (id, c12) VALUES (1, 1)`)
}

// stepping is a clock that a test moves while others read it.
type stepping struct {
	mu sync.Mutex
	at time.Time
}

var _ clock.Clock = (*stepping)(nil)

func (s *stepping) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at
}

func (s *stepping) advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = s.at.Add(d)
}

// However releases are cut, a database that took them one after the other is the
// same as one that took the last alone, and every older binary refuses it.
func TestUpgradesByAnyPath(t *testing.T) {
	all := ledger(6)
	for seed := range uint64(8) {
		random := rand.New(rand.NewPCG(seed, 1))
		pool := dbtest.New(t)
		reached := 0
		for range 4 {
			release := 1 + random.IntN(len(all))
			applied, err := db.Migrate(t.Context(), pool, clock.System{}, all[:release])
			switch {
			case release < reached:
				if !errors.Is(err, db.ErrAhead) {
					t.Fatalf("release %d on a database at %d: %v", release, reached, err)
				}
			case err != nil || applied != release-reached:
				t.Fatalf("release %d on a database at %d: applied %d, %v", release, reached, applied, err)
			default:
				reached = release
			}
			for older := range reached {
				if err := db.CheckMigrated(t.Context(), pool, all[:older]); !errors.Is(err, db.ErrAhead) {
					t.Fatalf("binary of %d accepts %d: %v", older, reached, err)
				}
			}
		}
		columns := make([]string, 0, reached)
		for i := 2; i <= reached; i++ {
			columns = append(columns, fmt.Sprint("c", i))
		}
		if len(columns) > 0 {
			exec(t, pool, `UPDATE entry SET `+strings.Join(columns, " = 1, ")+` = 1`)
		}
	}
}
