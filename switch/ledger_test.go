package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/switch/node"
)

// ledgerDatabases returns a database with a sealed ledger, one in which somebody has
// raised an amount, and the directory of the hub's public keys.
func ledgerDatabases(t *testing.T) (sound, edited, published string) {
	t.Helper()
	published = t.TempDir()
	signer, err := keys.LoadOrGenerate(published, node.HubOwner)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []*string{&sound, &edited} {
		*name = dbtest.URL(t)
		if _, err := node.Migrate(t.Context(), *name); err != nil {
			t.Fatal(err)
		}
		pool := dbtest.Open(t, *name)
		inTx(t, pool, bookTwoDays)
		s := ledger.NewSealer(pool, fixedClock{}, signer, slog.New(slog.DiscardHandler), "asia-1")
		if _, err := s.Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.Sign(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	inTx(t, dbtest.Open(t, edited), func(ctx context.Context, tx db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE ledger_entry SET amount_minor = amount_minor * 10 WHERE kind = 'FEE'`)
		return err
	})
	return sound, edited, published
}

func inTx(t *testing.T, pool *db.Pool, work func(ctx context.Context, tx db.Tx) error) {
	t.Helper()
	if err := pool.InTx(t.Context(), work); err != nil {
		t.Fatal(err)
	}
}

// bookTwoDays books a payment on one day and a fee for it on the next, which counts
// from the first, and leaves a reservation behind.
func bookTwoDays(ctx context.Context, tx db.Tx) error {
	wallet, exchange, fee := ledger.PositionOf("HK-WALLET"), ledger.HubAccount(ledger.Exchange), ledger.HubAccount(ledger.Fee)
	var accounts []string
	for _, account := range []ledger.Account{wallet, exchange, fee} {
		accounts = append(accounts, account.ID("HKD"))
	}
	if err := ledger.OpenAccounts(ctx, tx, accounts); err != nil {
		return err
	}
	day := fixedClock{}.Now()
	entry := func(n int64, kind ledger.Kind, credit ledger.Account, minor int64, booked time.Time) ledger.Entry {
		return ledger.Entry{
			ID: ids.Derive(ids.Nil, "entry", n), Region: "asia-1", PaymentID: ids.Derive(ids.Nil, "payment", 1),
			SubjectID: ids.Derive(ids.Nil, "payment", n), Sequence: 1, Kind: kind, Debit: wallet, Credit: credit,
			Amount: money.New(minor, "HKD"), WindowID: ids.Derive(ids.Nil, "window", 1), BookedAt: booked, EffectiveAt: day,
		}
	}
	err := ledger.Post(ctx, tx, []ledger.Entry{
		entry(1, ledger.KindPayment, exchange, 7387, day), entry(2, ledger.KindFee, fee, 250, day.AddDate(0, 0, 1)),
	})
	if err != nil {
		return err
	}
	if err := position.Open(ctx, tx, "HK-WALLET", "asia-1", money.New(100_000, "HKD")); err != nil {
		return err
	}
	return position.Reserve(ctx, tx, position.Reservation{
		ID: ids.Derive(ids.Nil, "payment", 9), Region: "asia-1", PaymentID: ids.Derive(ids.Nil, "payment", 9),
		ParticipantID: "HK-WALLET", Amount: money.New(500, "HKD"), At: day,
	})
}

// otherKeys returns a directory with a key of the hub that never signed.
func otherKeys(t *testing.T) string {
	t.Helper()
	directory := t.TempDir()
	if _, err := keys.LoadOrGenerate(directory, node.HubOwner); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(directory, node.HubOwner+".1.pub")); err != nil {
		t.Fatal(err)
	}
	return directory
}
