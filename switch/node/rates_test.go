package node_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/bus"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/telemetry"
	"github.com/causeway-pay/causeway/switch/api"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/node"
)

// people are two of the treasury and a provider, with their tokens.
func people(t *testing.T, config *node.Config) map[string]telemetry.Personal {
	t.Helper()
	tokens := map[string]telemetry.Personal{}
	for name, roles := range map[string][]string{"tessa": {"admin", "treasury"}, "oskar": {"admin", "treasury"}, "BANK-2": {"provider"}} {
		tokens[name] = api.NewToken()
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(tokens[name]), 0o600); err != nil {
			t.Fatal(err)
		}
		config.Administrators = append(config.Administrators, node.AdministratorConfig{Name: name, Roles: roles, TokenFile: file})
	}
	return tokens
}

// bank is a provider outside: it answers with a rate, or fails.
type bank struct {
	yen  atomic.Int64
	away atomic.Bool
}

func (b *bank) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	if b.away.Load() {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	yen := b.yen.Load()
	fmt.Fprintf(w, `{"at":%q,"quotes":[{"pair":{"base":"USD","quote":"JPY"},"bid":"%d.9","ask":"%d.1"}]}`,
		clock.System{}.Now().Format(time.RFC3339Nano), yen-1, yen)
}

// line is what a hub's board says of a source and pair.
func line(t *testing.T, c *client.Client, source, pair string) (wire.BoardRate, error) {
	board, err := c.Rates(t.Context())
	if err != nil {
		return wire.BoardRate{}, err
	}
	for _, r := range board.Rates {
		if r.Source == source && r.UnitCurrency+"/"+r.QuotedCurrency == pair {
			return r, nil
		}
	}
	return wire.BoardRate{}, fmt.Errorf("no %s of %s among %d rates", pair, source, len(board.Rates))
}

// TestRatesReachEveryHub: two hubs on one database and one broker. What one of
// them fetches or is given, both price from; a provider that fails is suspended
// on both and comes back by itself; a jump stops the pair on both until two
// people have agreed.
func TestRatesReachEveryHub(t *testing.T) {
	outside := &bank{}
	outside.yen.Store(150)
	server := httptest.NewServer(outside)
	t.Cleanup(server.Close)
	broker, err := bus.Open(t.Context(), bus.Options{Dir: t.TempDir(), Listen: "127.0.0.1:0", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	first := whole(t)
	tokens := people(t, &first)
	first.Bus = node.BusConfig{URL: broker.Address()}
	first.Rates.MovePoints = 1000
	second := first
	second.Partners.Listen, second.Operators.Listen = freeAddress(t), freeAddress(t)
	first.Rates.Sources = []node.SourceConfig{{
		Name: "BANK", Format: "json", URL: server.URL, Every: time.Second, Rows: "quotes",
		Columns: node.ColumnsConfig{Base: "pair.base", Quote: "pair.quote", Bid: "bid", Ask: "ask", ObservedAt: "^at"},
	}}
	stopFirst, stopSecond := run(t, first), run(t, second)
	as := func(name string, config node.Config) *client.Client {
		return &client.Client{BaseURL: "http://" + config.Operators.Listen, Token: tokens[name]}
	}
	here, there := as("tessa", first), as("tessa", second)
	shows := func(c *client.Client, source, mid, trouble string) func() error {
		return func() error {
			r, err := line(t, c, source, "USD/JPY")
			if err == nil && (r.Mid != mid || !strings.Contains(r.Trouble, trouble) || (trouble == "") != (r.Trouble == "")) {
				err = fmt.Errorf("%+v", r)
			}
			return err
		}
	}
	eventually(t, "the fetched rate at the other hub", shows(there, "BANK", "150", ""))
	pushed := wire.Rate{UnitCurrency: "USD", QuotedCurrency: "JPY", Bid: "150.2", Ask: "150.4", ObservedAt: clock.System{}.Now()}
	if taken, err := as("BANK-2", second).PushRates(t.Context(), []wire.Rate{pushed}); err != nil || taken.New != 1 {
		t.Fatalf("%+v, %v", taken, err)
	}
	eventually(t, "the pushed rate at the first hub", shows(here, "BANK-2", "150.3", ""))
	if _, err := as("BANK-2", first).Rates(t.Context()); client.ReasonOf(err) != "AccessDenied" {
		t.Errorf("a provider reads the board: %v", err)
	}
	outside.away.Store(true)
	eventually(t, "suspended at the other hub", shows(there, "BANK", "150", "suspended"))
	outside.yen.Store(160)
	outside.away.Store(false)
	eventually(t, "resumed at the other hub", shows(there, "BANK", "160", ""))
	outside.yen.Store(200)
	eventually(t, "stopped at the other hub", shows(there, "BANK-2", "150.3", "stopped: move of"))
	proposal, err := here.Propose(t.Context(), wire.KindPairResume, wire.PairChange{Pair: "USD/JPY", Why: "it did move"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := as("oskar", first).Approve(t.Context(), proposal.ID, proposal.ChangeHash); err != nil {
		t.Fatal(err)
	}
	eventually(t, "priced again at the other hub", shows(there, "BANK", "200", ""))
	for _, stop := range []func() error{stopFirst, stopSecond} {
		if err := stop(); err != nil {
			t.Error(err)
		}
	}
}

// TestRatesSurviveARestart: a hub without any source starts with what the
// database knows.
func TestRatesSurviveARestart(t *testing.T) {
	config := whole(t)
	tokens := people(t, &config)
	if err := run(t, config)(); err != nil {
		t.Fatal(err)
	}
	config.Rates.Sample = false
	stop := run(t, config)
	c := &client.Client{BaseURL: "http://" + config.Operators.Listen, Token: tokens["tessa"]}
	eventually(t, "the sample's rates", func() error { _, err := line(t, c, "ECB", "EUR/JPY"); return err })
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// TestTheFileIsRead: the configured file is there from the start.
func TestTheFileIsRead(t *testing.T) {
	config := whole(t)
	tokens := people(t, &config)
	file := filepath.Join(t.TempDir(), "eurofxref.csv")
	if err := os.WriteFile(file, []byte("Date,USD,JPY\n2026-04-13,1.25,200\n2026-04-10,1.2,190\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	config.Rates.Sample, config.Rates.File = false, file
	stop := run(t, config)
	c := &client.Client{BaseURL: "http://" + config.Operators.Listen, Token: tokens["tessa"]}
	eventually(t, "the file's rate", func() error {
		r, err := line(t, c, "ECB", "EUR/USD")
		if err == nil && r.Mid != "1.25" {
			err = fmt.Errorf("%+v", r)
		}
		return err
	})
	history, err := c.RateHistory(t.Context(), "EUR/USD", client.Page{})
	if err != nil || len(history.Rates) != 2 || history.Rates[1].Mid != "1.2" {
		t.Errorf("%+v, %v", history, err)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// TestAccountsOfAnEarlierProgram: participants that were taken on before the hub
// had accounts for spreads, promotions and deals can pay all the same.
func TestAccountsOfAnEarlierProgram(t *testing.T) {
	config := whole(t)
	config.Participants = []node.ParticipantConfig{{ID: "JP-ACQUIRER", Role: "acquirer", Name: "Test", Country: "JP",
		Currency: "JPY", ClientID: "C1", Endpoint: "http://127.0.0.1:1", Cap: "1000", PublicKeyFile: partnersKey(t)}}
	if err := run(t, config)(); err != nil {
		t.Fatal(err)
	}
	pool, err := db.Open(t.Context(), db.Options{URL: config.Database.URL, Application: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	count := func() (accounts int64) {
		t.Helper()
		row := pool.QueryRow(t.Context(), `SELECT count(*) FROM ledger_account WHERE currency = 'JPY' AND owner_id = 'HUB'`)
		if err := row.Scan(&accounts); err != nil {
			t.Fatal(err)
		}
		return accounts
	}
	all := count()
	err = pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM ledger_account WHERE purpose IN ('SPREAD', 'PROMOTION', 'DEAL')`)
		return err
	})
	if err != nil || count() != all-3 {
		t.Fatalf("%d of %d accounts, %v", count(), all, err)
	}
	if err := run(t, config)(); err != nil {
		t.Fatal(err)
	}
	if count() != all {
		t.Errorf("%d accounts, %d before", count(), all)
	}
}
