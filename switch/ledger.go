package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/table"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/switch/node"
)

// ledgerCommands look at the ledger in the database, without a hub.
type ledgerCommands struct {
	Verify  ledgerVerifyCommand  `cmd:"" help:"Check that no entry was changed, moved, added or removed, and that balances are their entries."`
	Balance ledgerBalanceCommand `cmd:"" help:"Trial balance, now or at any moment of the past."`
	Entries ledgerEntriesCommand `cmd:"" help:"The entries of an account, oldest first."`
	Pending ledgerPendingCommand `cmd:"" help:"Reservations that should have been resolved by now."`
}

// ledgerDatabase is where the ledger is.
type ledgerDatabase struct {
	Database string `required:"" env:"DATABASE_URL" help:"Database URL (postgres://...)."`
	JSON     bool   `help:"Print JSON instead of tables."`
}

// patientStatement is how long a statement over a whole ledger may take.
const patientStatement = 10 * time.Minute

func (d ledgerDatabase) open(ctx context.Context) (*db.Pool, error) {
	return db.Open(ctx, db.Options{
		URL: d.Database, Application: "causeway-ledger", WholeTables: true, ConnectionsMax: 2,
		StatementTimeout: patientStatement,
	})
}

// show prints JSON or a table.
func (d ledgerDatabase) show(value any, header []string, rows [][]string, right ...int) error {
	if d.JSON {
		return printJSON(value)
	}
	return table.Write(os.Stdout, "", header, rows, right...)
}

type ledgerVerifyCommand struct {
	ledgerDatabase
	Keys   string   `type:"path" help:"Directory with the hub's public keys (CAUSEWAY.1.pub, ...), to check the signatures of the seals."`
	Expect []string `placeholder:"REGION:NUMBER:HASH" help:"A head that was noted elsewhere; the chain must still hold it."`
}

// Help teaches what the line above cannot.
func (ledgerVerifyCommand) Help() string {
	return `Each entry has a place in the chain of its region, with a hash of itself and of the place
before; the hub signs the newest from time to time. Whatever is edited afterwards is found
here. The youngest entries wait a second for their place and are counted as waiting.
Who can write the database and sign could make a whole new chain: note the head that is
printed in another place from time to time, and give it back with --expect.

Exit code: 0 the ledger holds, 1 it does not, 2 a wrong command line.

Examples:
  switch ledger verify --database postgres://... --keys ./published
  switch ledger verify --expect asia-1:128:5f0c... --json`
}

// verifiedChain is the result for one region.
type verifiedChain struct {
	Region string `json:"region"`
	Head   string `json:"head"`
	Links  int64  `json:"links"`
	Seals  int64  `json:"seals"`
}

// verifiedLedger is the result for the whole ledger.
type verifiedLedger struct {
	Chains  []verifiedChain  `json:"chains"`
	Waiting map[string]int64 `json:"waiting"`
	Breaks  []ledger.Break   `json:"breaks"`
}

// Run implements the command.
func (c ledgerVerifyCommand) Run(ctx context.Context) error {
	noted, err := parseHeads(c.Expect)
	if err != nil {
		return unusable(err)
	}
	expected := slices.Concat(slices.Collect(maps.Values(noted))...)
	pool, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer pool.Close()
	var verifier ledger.Verifier
	if c.Keys != "" {
		verifier = hubSeals{keys.NewPublished(keys.Directory(c.Keys))}
	}
	report, err := ledger.Verify(ctx, pool, verifier, expected...)
	if err != nil {
		return err
	}
	if err := c.print(report); err != nil || len(report.Breaks) == 0 {
		return err
	}
	return &ended{code: 1, err: fmt.Errorf("%d breaks found: the ledger is not as it was written", len(report.Breaks))}
}

// hubSeals verifies what the hub has signed.
type hubSeals struct{ published *keys.Published }

// Verify implements [ledger.Verifier].
func (h hubSeals) Verify(ctx context.Context, version int, text, signature []byte) error {
	return h.published.Verify(ctx, node.HubOwner, version, text, signature)
}

func (c ledgerVerifyCommand) print(report ledger.Report) error {
	result := verifiedLedger{Chains: []verifiedChain{}, Waiting: map[string]int64{},
		Breaks: append([]ledger.Break{}, report.Breaks...)}
	for _, w := range report.Waiting {
		result.Waiting[w.Region] = w.Count
	}
	var rows, breaks [][]string
	for _, chain := range report.Chains {
		region := chain.Head.Name
		result.Chains = append(result.Chains, verifiedChain{region, chain.Head.String(), chain.Links, chain.Seals})
		rows = append(rows, []string{
			region, strconv.FormatInt(chain.Links, 10), strconv.FormatInt(chain.Seals, 10),
			strconv.FormatInt(result.Waiting[region], 10), chain.Head.String(),
		})
	}
	if err := c.show(result, []string{"region", "entries", "seals", "waiting", "head"}, rows, 1, 2, 3); err != nil {
		return err
	}
	if c.JSON || len(report.Breaks) == 0 {
		return nil
	}
	for _, b := range report.Breaks {
		breaks = append(breaks, []string{b.Region, b.Place, b.Problem})
	}
	fmt.Println()
	return table.Write(os.Stdout, "", []string{"region", "place", "problem"}, breaks)
}

type ledgerBalanceCommand struct {
	ledgerDatabase
	At    time.Time `placeholder:"TIME" help:"The moment, as 2026-11-25T18:00:00Z; now if not said."`
	Basis string    `default:"booked" enum:"booked,effective" help:"By which time entries count: booked, what the books said then, or effective, what was true then."`
}

// shownBalance is an account at a moment.
type shownBalance struct {
	AccountID string `json:"account_id"`
	Currency  string `json:"currency"`
	Debits    string `json:"debits_minor"`
	Credits   string `json:"credits_minor"`
	Net       string `json:"net_minor"`
}

// Run implements the command.
func (c ledgerBalanceCommand) Run(ctx context.Context) error {
	pool, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer pool.Close()
	if c.At.IsZero() {
		c.At = clock.System{}.Now()
	}
	balances, err := ledger.TrialBalance(ctx, pool, c.At, ledger.Basis(c.Basis))
	if err != nil {
		return err
	}
	shown := []shownBalance{}
	var rows [][]string
	for _, b := range balances {
		shown = append(shown, shownBalance{
			b.AccountID, string(b.Debits.Currency), fmt.Sprint(b.Debits.Minor), fmt.Sprint(b.Credits.Minor),
			fmt.Sprint(b.Net().Minor),
		})
		rows = append(rows, []string{b.AccountID, b.Debits.Decimal(), b.Credits.Decimal(), b.Net().Decimal()})
	}
	return c.show(shown, []string{"account", "debits", "credits", "net"}, rows, 1, 2, 3)
}

type ledgerEntriesCommand struct {
	ledgerDatabase
	Account string    `arg:"" help:"The account's id, such as HK-WALLET.POSITION.HKD."`
	From    time.Time `placeholder:"TIME" help:"Only entries that were booked after this moment."`
	After   string    `placeholder:"ENTRY" help:"With --from, the last entry of that moment that was seen."`
	Limit   int       `default:"100" help:"How many, at most 1000."`
}

// entriesMax is the longest page of entries that is shown.
const entriesMax = 1000

// shownEntry is an entry from the account's side: a debit is negative.
type shownEntry struct {
	EntryID     ids.ID    `json:"entry_id"`
	Kind        string    `json:"kind"`
	PaymentID   ids.ID    `json:"payment_id"`
	Other       string    `json:"other_account"`
	Currency    string    `json:"currency"`
	Minor       string    `json:"amount_minor"`
	BookedAt    time.Time `json:"booked_at"`
	EffectiveAt time.Time `json:"effective_at"`
}

// Run implements the command.
func (c ledgerEntriesCommand) Run(ctx context.Context) error {
	place := ledger.Place{BookedAt: c.From}
	if c.After != "" {
		after, err := ids.Parse(c.After)
		if err != nil {
			return unusable(fmt.Errorf("--after: %q is not an id", c.After))
		}
		place.EntryID = after
	}
	if c.Limit < 1 || c.Limit > entriesMax {
		return unusable(fmt.Errorf("--limit: want 1 to %d", entriesMax))
	}
	pool, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer pool.Close()
	if opened, err := ledger.Opened(ctx, pool, c.Account); err != nil || !opened {
		return orMissing(err, c.Account)
	}
	entries, err := ledger.EntriesOfAccount(ctx, pool, c.Account, place, c.Limit)
	if err != nil {
		return err
	}
	return c.print(entries)
}

// orMissing returns err, or says that there is no such account.
func orMissing(err error, account string) error {
	if err != nil {
		return err
	}
	return fmt.Errorf("no account %q: the ids are those of `switch ledger balance`", account)
}

func (c ledgerEntriesCommand) print(entries []ledger.Entry) error {
	shown := []shownEntry{}
	var rows [][]string
	for _, e := range entries {
		other, amount := e.Debit.ID(e.Amount.Currency), e.Amount
		if other == c.Account {
			other, amount.Minor = e.Credit.ID(e.Amount.Currency), -amount.Minor
		}
		shown = append(shown, shownEntry{
			e.ID, string(e.Kind), e.PaymentID, other, string(amount.Currency), fmt.Sprint(amount.Minor), e.BookedAt,
			e.EffectiveAt,
		})
		rows = append(rows, []string{
			e.BookedAt.Format(time.RFC3339Nano), string(e.Kind), amount.Decimal(), other, e.PaymentID.String(), e.ID.String(),
		})
	}
	return c.show(shown, []string{"booked (UTC)", "kind", "amount", "other account", "payment", "entry"}, rows, 2)
}

type ledgerPendingCommand struct {
	ledgerDatabase
}

// shownReservation is a reservation that is overdue.
type shownReservation struct {
	ReservationID ids.ID    `json:"reservation_id"`
	PaymentID     ids.ID    `json:"payment_id"`
	ParticipantID string    `json:"participant_id"`
	Currency      string    `json:"currency"`
	Minor         string    `json:"amount_minor"`
	ReservedAt    time.Time `json:"reserved_at"`
	ExpiresAt     time.Time `json:"expires_at"`
}

// Run implements the command.
func (c ledgerPendingCommand) Run(ctx context.Context) error {
	pool, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer pool.Close()
	overdue, err := position.Overdue(ctx, pool, clock.System{}.Now())
	if err != nil {
		return err
	}
	shown := []shownReservation{}
	var rows [][]string
	for _, r := range overdue {
		shown = append(shown, shownReservation{
			r.ID, r.PaymentID, r.ParticipantID, string(r.Amount.Currency), fmt.Sprint(r.Amount.Minor), r.At, r.ExpiresAt,
		})
		rows = append(rows, []string{
			r.ExpiresAt.Format(time.DateTime), r.ParticipantID, r.Amount.String(), r.PaymentID.String(), r.ID.String(),
		})
	}
	return c.show(shown, []string{"expired (UTC)", "participant", "amount", "payment", "reservation"}, rows, 2)
}
