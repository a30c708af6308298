// Package hubtest sets up the world around an engine for tests that run one on a real
// database: its tables, who takes part, prices that stay good, and a list to screen by.
package hubtest

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/compliance/watchlist"
	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/settlement/window"
	"github.com/causeway-pay/causeway/switch/node"
	"github.com/causeway-pay/causeway/switch/route"
)

// Region is where the hub of a test is at home.
const Region = "asia-1"

// Connector is how the hub of a test reaches its partners: by what the test scripts.
const Connector = "scripted"

// Migrations are the tables of the whole hub.
func Migrations(t testing.TB) []db.Migration {
	t.Helper()
	return dbtest.Load(t, node.Migrations)
}

// Participant is a partner that nobody can reach but by [Connector]. Payment codes that
// begin with the prefix are its own.
func Participant(
	id string, role connectors.Role, country string, currency money.Currency, prefix string,
) route.Participant {
	return route.Participant{Participant: connectors.Participant{
		ID: id, Role: role, Name: "Test " + id, Region: Region, Country: country, Currency: currency,
		ClientID: "CLIENT-" + id, Endpoint: "http://127.0.0.1:1", Connector: Connector,
	}, CodePrefix: prefix}
}

// TakeOn opens the first window and takes partners on, who may each owe so many minor units
// of their currency.
func TakeOn(ctx context.Context, tx db.Tx, began time.Time, limit int64, partners []route.Participant) error {
	err := window.Start(ctx, tx, Region, began)
	for _, p := range partners {
		if err == nil {
			err = route.SaveParticipant(ctx, tx, p)
		}
		if err == nil {
			err = settlement.Onboard(ctx, tx, p.ID, Region, money.New(limit, p.Currency))
		}
	}
	return err
}

// References are sample rates.
func References(t testing.TB) []fx.Reference {
	t.Helper()
	references, err := fx.Sample()
	if err != nil {
		t.Fatal(err)
	}
	return references
}

// Board is a board of the [References] that stays good.
func Board(t testing.TB) *fx.Board {
	t.Helper()
	board, err := fx.NewBoard(References(t), 100*365*24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return board
}

// Officer screens by a list of one: [stage.ListedName].
func Officer(t testing.TB, now clock.Clock) *compliance.Officer {
	t.Helper()
	officer, err := compliance.NewOfficer(now, 0)
	if err != nil {
		t.Fatal(err)
	}
	list, err := lists.Read("OWN", lists.FormatSimple, strings.NewReader("id,name\n7,"+stage.ListedName+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	watched, err := watchlist.New([]lists.List{list})
	if err != nil {
		t.Fatal(err)
	}
	officer.Watch(watched, now.Now())
	return officer
}
