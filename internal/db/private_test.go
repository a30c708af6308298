package db_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/seal"
)

var persons = []db.Migration{{Domain: "demo", Number: 1, Name: "person", SQL: `
CREATE TABLE IF NOT EXISTS person (
	id   UUID NOT NULL,
	name TEXT NOT NULL,
	note BYTEA NULL,
	CONSTRAINT person_pk PRIMARY KEY (id)
)`}}

// person is a row as its owner sees it.
type person struct {
	id   ids.ID
	name string
	note []byte
}

func sealing(t *testing.T, url string, fill ...byte) *db.Pool {
	t.Helper()
	var keys [][]byte
	for _, b := range fill {
		keys = append(keys, bytes.Repeat([]byte{b}, seal.KeySize))
	}
	box, err := seal.New(keys...)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := db.Open(t.Context(), db.Options{URL: url, Application: "test", Box: box})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

func (p person) insert(t *testing.T, pool *db.Pool) {
	t.Helper()
	err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO person (id, name, note) VALUES ($1, $2, $3)`, p.id, db.PrivateText(p.name),
			db.Private(p.note))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, pool *db.Pool) ([]person, error) {
	t.Helper()
	rows, err := pool.Query(t.Context(), `SELECT id, name, note FROM person ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (person, error) {
		var p person
		err := row.Scan(&p.id, (*db.PrivateText)(&p.name), (*db.Private)(&p.note))
		return p, err
	})
}

// TestPrivate: what is private is sealed in the database and opened on its way back, one by
// one and in arrays, beside what was stored before there were keys.
func TestPrivate(t *testing.T) {
	url := dbtest.URL(t)
	clear, first, second := sealing(t, url), sealing(t, url, 1), sealing(t, url, 2, 1)
	err := clear.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		_, err := tx.Exec(ctx, persons[0].SQL)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	people := make([]person, 5)
	for i := range people {
		people[i] = person{ids.New(), "Mei Lantern", []byte("drinks tea")}
	}
	people[2].note, people[3].name, people[3].note = nil, "", []byte{}
	people[0].insert(t, clear)
	people[1].insert(t, first)
	err = second.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		many := people[2:]
		_, err := tx.Exec(ctx, `INSERT INTO person (id, name, note)
SELECT unnest($1::UUID[]), unnest($2::TEXT[]), unnest($3::BYTEA[])`,
			db.Column(many, func(p person) ids.ID { return p.id }),
			db.Column(many, func(p person) db.PrivateText { return db.PrivateText(p.name) }),
			db.Column(many, func(p person) db.Private { return p.note }))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(people, func(a, b person) int { return bytes.Compare(a.id[:], b.id[:]) })
	got, err := read(t, second)
	if err != nil || len(got) != len(people) {
		t.Fatalf("%v, %v", got, err)
	}
	for i, p := range got {
		want := people[i]
		if p.id != want.id || p.name != want.name || !bytes.Equal(p.note, want.note) || (p.note == nil) != (want.note == nil) {
			t.Errorf("%+v, want %+v", p, want)
		}
	}
	stored, err := read(t, clear)
	if err != nil {
		t.Fatal(err)
	}
	open := 0
	for _, p := range stored {
		if strings.Contains(p.name, "Lantern") || bytes.Contains(p.note, []byte("tea")) {
			open++
		}
	}
	if open != 1 {
		t.Errorf("%d of %d rows are in clear, want only the one from before", open, len(stored))
	}
	if _, err := read(t, first); !errors.Is(err, seal.ErrKey) {
		t.Errorf("without the newer key: %v", err)
	}
}

// TestIDs: ids and lists of them go as they are, and no value is the id of nothing.
func TestIDs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		first, second := ids.New(), ids.New()
		var text string
		var got, none ids.ID
		var count int64
		err := pool.QueryRow(t.Context(), `SELECT $1::UUID::TEXT, $2::UUID, NULL::UUID, cardinality($3::UUID[])`, first, second,
			[]ids.ID{first, second, ids.Nil}).Scan(&text, &got, &none, &count)
		if err != nil || text != first.String() || got != second || none != ids.Nil || count != 3 {
			t.Errorf("%s, %s, %s, %d, %v", text, got, none, count, err)
		}
		rows, err := pool.Query(t.Context(), `SELECT unnest($1::UUID[])`, []ids.ID{second, first})
		if err != nil {
			t.Fatal(err)
		}
		list, err := pgx.CollectRows(rows, pgx.RowTo[ids.ID])
		if err != nil || !slices.Equal(list, []ids.ID{second, first}) {
			t.Errorf("%v, %v", list, err)
		}
		var empty int64
		if err := pool.QueryRow(t.Context(), `SELECT cardinality($1::UUID[])`, []ids.ID{}).Scan(&empty); err != nil || empty != 0 {
			t.Errorf("%d, %v", empty, err)
		}
	})
}
