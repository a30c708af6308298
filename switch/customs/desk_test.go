package customs_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/outbox"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/customs"
	"github.com/causeway-pay/causeway/switch/route"
)

var began = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// purse is a wallet that answers what it is told to, and keeps what it was asked.
type purse struct {
	mu       sync.Mutex
	asked    []connectors.CustomsDeclaration
	decision connectors.Decision
	why      reason.Kind
	progress connectors.CustomsProgress
	// inquired counts how often the wallet was asked how far a declaration is; during is
	// done while it answers, once.
	inquired int
	during   func()
}

func (p *purse) say(decision connectors.Decision, why reason.Kind) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.decision, p.why = decision, why
}

func (p *purse) heard() []connectors.CustomsDeclaration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]connectors.CustomsDeclaration(nil), p.asked...)
}

// Declare implements connectors.CustomsWallet.
func (p *purse) Declare(
	_ context.Context, _ connectors.Participant, said connectors.CustomsDeclaration,
) (connectors.CustomsReceipt, connectors.Answer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, said)
	if p.decision != connectors.Accepted {
		return connectors.CustomsReceipt{}, connectors.Answer{Decision: p.decision, Reason: p.why}
	}
	return receipt, connectors.Answer{Decision: connectors.Accepted}
}

// InquireDeclaration implements connectors.CustomsWallet.
func (p *purse) InquireDeclaration(
	context.Context, connectors.Participant, string,
) (connectors.CustomsProgress, connectors.Answer) {
	p.mu.Lock()
	during := p.during
	p.during = nil
	p.inquired++
	p.mu.Unlock()
	if during != nil {
		during()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.progress == (connectors.CustomsProgress{}) {
		return p.progress, connectors.Answer{Decision: connectors.Undecided, Reason: reason.Unknown}
	}
	return p.progress, connectors.Answer{Decision: connectors.Accepted}
}

var receipt = connectors.CustomsReceipt{
	WalletPaymentID: "W-1", WalletDeclarationID: "WD-1", WalletCustomsCode: "C-9", ClearingChannel: "NUCC",
	ClearingID: "N-1", OrderAmount: cny(100), IdentityCheck: "CHECK_PASSED",
}

func cny(minor int64) money.Amount { return money.New(minor, "CNY") }

// bench is a desk on a real database about one payment of CNY 73.79.
type bench struct {
	*customs.Desk
	t       *testing.T
	pool    *db.Pool
	clock   *clock.Fixed
	wallet  *purse
	mu      sync.Mutex
	payment customs.Payment
}

// DeclaredPayment implements customs.Payments.
func (b *bench) DeclaredPayment(
	_ context.Context, _ db.Reader, acquirer connectors.Participant, named connectors.Reference,
) (customs.Payment, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if acquirer.ID != b.payment.AcquirerID || named.RequestID != b.payment.RequestID {
		return customs.Payment{}, reason.New(reason.NotFound, "bench", "")
	}
	return b.payment, nil
}

func participant(id string, role connectors.Role, country string) route.Participant {
	return route.Participant{Participant: connectors.Participant{
		ID: id, Role: role, ClientID: id, Connector: "scripted", Country: country,
	}}
}

func each(t *testing.T, body func(t *testing.T, b *bench)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		body(t, newBench(t, pool))
	}, dbtest.Load(t, outbox.Migrations, customs.Migrations))
}

// newBench returns a desk on a migrated database.
func newBench(t *testing.T, pool *db.Pool) *bench {
	b := &bench{t: t, pool: pool, clock: &clock.Fixed{At: began}, wallet: &purse{decision: connectors.Accepted}}
	b.payment = customs.Payment{
		ID: ids.New(), AcquirerID: "JP-ACQUIRER", WalletID: "CN-WALLET", RequestID: "PR-1", Paid: cny(7379),
		Returned: cny(0), Completed: true,
	}
	directory := route.NewDirectory([]route.Participant{
		participant("JP-ACQUIRER", connectors.RoleAcquirer, "JP"), participant("SG-ACQUIRER", connectors.RoleAcquirer, "SG"),
		participant("CN-WALLET", connectors.RoleWallet, "CN"), participant("HK-WALLET", connectors.RoleWallet, "HK"),
	}, nil)
	b.Desk = &customs.Desk{
		Pool: pool, Clock: b.clock, Logger: slog.New(slog.DiscardHandler), Region: "asia-1", Payments: b,
		Directory: func() *route.Directory { return directory },
		Wallets:   map[string]connectors.CustomsWallet{"scripted": b.wallet}, Waits: []time.Duration{time.Minute, time.Hour},
	}
	return b
}

// sample declares a part of the payment.
func sample(requestID, order string, minor int64) connectors.CustomsDeclaration {
	return connectors.CustomsDeclaration{
		RequestID: requestID, CheckedFields: sha256.Sum256(fmt.Append(nil, order, minor)), OfficeCode: "ZONGSHU",
		Payment:       connectors.Reference{RequestID: "PR-1"},
		OfficeCountry: "CN", MerchantCode: "M-9", MerchantName: "Tea House", Amount: cny(minor), Split: order != "",
		OrderID: order,
	}
}

var buyer = connectors.Buyer{
	CertificateType: "ID_CARD", CertificateNumber: "310000190001010000", Name: "Canary Featherstone",
	EffectiveDate: "2020-01-01", ExpiryDate: "2030-01-01",
}

var sakura = participant("JP-ACQUIRER", connectors.RoleAcquirer, "JP").Participant

func (b *bench) declare(said connectors.CustomsDeclaration) (connectors.CustomsReceipt, reason.Kind) {
	b.t.Helper()
	var got connectors.CustomsReceipt
	err := dbtest.Persistently(func() (err error) {
		got, err = b.Declare(b.t.Context(), sakura, said)
		return err
	})
	return got, reason.Of(err)
}

// want declares and compares how it ends.
func (b *bench) want(what string, said connectors.CustomsDeclaration, kind reason.Kind) {
	b.t.Helper()
	got, was := b.declare(said)
	if was != kind {
		b.t.Errorf("%s: %s, want %s", what, was, kind)
	}
	none := connectors.CustomsReceipt{}
	if kind == reason.None && got != receipt || kind != reason.None && got != none {
		b.t.Errorf("%s: answered %+v", what, got)
	}
}

func (b *bench) all() []customs.Declaration {
	b.t.Helper()
	all, err := customs.OfPayment(b.t.Context(), b.pool, b.payment.ID)
	if err != nil {
		b.t.Fatal(err)
	}
	return all
}

// one returns the declaration with a request id.
func (b *bench) one(requestID string) customs.Declaration {
	b.t.Helper()
	for _, d := range b.all() {
		if d.Said.RequestID == requestID {
			return d
		}
	}
	b.t.Fatalf("no declaration %s", requestID)
	return customs.Declaration{}
}

// TestAdmission: what may be declared, and why not.
func TestAdmission(t *testing.T) {
	for name, c := range map[string]struct {
		payment func(*customs.Payment)
		said    func(*connectors.CustomsDeclaration)
		want    reason.Kind
	}{
		"the whole": {said: func(d *connectors.CustomsDeclaration) { d.Amount = cny(7379) }},
		"a cent more": {said: func(d *connectors.CustomsDeclaration) { d.Amount = cny(7380) },
			want: reason.DeclarationExceeds},
		"the greatest": {said: func(d *connectors.CustomsDeclaration) { d.Amount = cny(1<<63 - 1) },
			want: reason.DeclarationExceeds},
		"nothing": {said: func(d *connectors.CustomsDeclaration) { d.Amount = cny(0) }, want: reason.InvalidRequest},
		"less than nothing": {said: func(d *connectors.CustomsDeclaration) { d.Amount = cny(-1) },
			want: reason.InvalidRequest},
		"another currency": {said: func(d *connectors.CustomsDeclaration) { d.Amount = money.New(100, "JPY") },
			want: reason.UnsupportedCurrency},
		"other customs": {said: func(d *connectors.CustomsDeclaration) { d.OfficeCountry = "KR" }, want: reason.Unsupported},
		"no id":         {said: func(d *connectors.CustomsDeclaration) { d.RequestID = "" }, want: reason.InvalidRequest},
		"a long id": {said: func(d *connectors.CustomsDeclaration) { d.RequestID = strings.Repeat("D", 65) },
			want: reason.InvalidRequest},
		"the longest ids": {said: func(d *connectors.CustomsDeclaration) {
			d.RequestID, d.OrderID = strings.Repeat("D", 64), strings.Repeat("O", 64)
		}},
		"a long order": {said: func(d *connectors.CustomsDeclaration) { d.OrderID = strings.Repeat("O", 65) },
			want: reason.InvalidRequest},
		"nobody's":       {said: func(d *connectors.CustomsDeclaration) { d.Payment.RequestID = "PR-2" }, want: reason.NotFound},
		"not paid":       {payment: func(p *customs.Payment) { p.Completed = false }, want: reason.NotPaid},
		"given back":     {payment: func(p *customs.Payment) { p.Returned = cny(7379) }, want: reason.DeclarationExceeds},
		"what is left":   {payment: func(p *customs.Payment) { p.Returned = cny(7279) }},
		"one cent less":  {payment: func(p *customs.Payment) { p.Returned = cny(7280) }, want: reason.DeclarationExceeds},
		"other wallet":   {payment: func(p *customs.Payment) { p.WalletID = "HK-WALLET" }, want: reason.Unsupported},
		"a wallet gone":  {payment: func(p *customs.Payment) { p.WalletID = "XX-WALLET" }, want: reason.Unsupported},
		"other currency": {payment: func(p *customs.Payment) { p.Paid = money.New(9000, "HKD") }, want: reason.Unsupported},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bench) {
				said := sample("D-1", "", 100)
				if c.payment != nil {
					c.payment(&b.payment)
				}
				if c.said != nil {
					c.said(&said)
				}
				b.want(name, said, c.want)
				if rows := len(b.all()); (rows == 1) != (c.want == reason.None) || len(b.wallet.heard()) != rows {
					t.Errorf("%d declarations, %d calls", rows, len(b.wallet.heard()))
				}
			})
		})
	}
}

// TestDeclare: a declaration goes to the wallet once, under the hub's ids and with the
// merchant's order, and its request id means it for ever.
func TestDeclare(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		whole := sample("D-1", "", 1000)
		whole.Buyer = &buyer
		b.want("declared", whole, reason.None)
		b.want("again", whole, reason.None)
		other := whole
		other.CheckedFields = [32]byte{1}
		b.want("with other fields", other, reason.Inconsistent)
		again := sample("D-2", "", 1000)
		again.OfficeCode = "zongshu"
		b.want("the order twice", again, reason.DeclaredTwice)
		again.OfficeCode = "NINGBO"
		b.want("elsewhere", again, reason.None)
		asked := b.wallet.heard()
		if len(asked) != 2 {
			t.Fatalf("the wallet was asked %d times", len(asked))
		}
		stored := b.one("D-1")
		expected := whole
		expected.RequestID, expected.OrderID, expected.Payment.RequestID = stored.ID.String(), "PR-1", b.payment.ID.String()
		if difference := cmp.Diff(expected, asked[0]); difference != "" {
			t.Errorf("the wallet was asked (-want +got):\n%s", difference)
		}
		if stored.State != customs.Taken || stored.Version != 2 || stored.Said.Buyer != nil || stored.Receipt != receipt {
			t.Errorf("%+v", stored)
		}
		if _, err := b.Declare(t.Context(), participant("SG-ACQUIRER", connectors.RoleAcquirer, "SG").Participant,
			whole); reason.Of(err) != reason.NotFound {
			t.Errorf("another's payment under the same id: %v", err)
		}
	})
}

// TestSplit: parts of an order are declared apart and never more than the whole, what the
// wallet refuses is free again, and there is an end to it.
func TestSplit(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.want("first", sample("D-1", "O-1", 3000), reason.None)
		b.want("second", sample("D-2", "O-2", 4000), reason.None)
		b.want("the same part", sample("D-3", "O-2", 1), reason.DeclaredTwice)
		b.want("too much", sample("D-3", "O-3", 380), reason.DeclarationExceeds)
		b.wallet.say(connectors.Declined, reason.RiskRejected)
		b.want("refused", sample("D-3", "O-3", 379), reason.RiskRejected)
		b.want("refused again", sample("D-3", "O-3", 379), reason.RiskRejected)
		b.wallet.say(connectors.Absent, reason.NotFound)
		b.want("not there", sample("D-4", "O-3", 379), reason.NotFound)
		b.wallet.say(connectors.Accepted, reason.None)
		b.want("under another id", sample("D-5", "O-3", 379), reason.None)
		if asked := len(b.wallet.heard()); asked != 5 {
			t.Errorf("the wallet was asked %d times", asked)
		}
	})
	each(t, func(t *testing.T, b *bench) {
		for i := range customs.DeclarationsMost {
			b.want("a part", sample(fmt.Sprint("D-", i), fmt.Sprint("O-", i), 1), reason.None)
		}
		b.want("one too many", sample("D", "O", 1), reason.DeclarationExceeds)
	})
}

// TestAtOnce: of many declarations at the same time, exactly those stand that fit.
func TestAtOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		kinds := make([]reason.Kind, 12)
		var group sync.WaitGroup
		for i := range kinds {
			group.Go(func() { _, kinds[i] = b.declare(sample(fmt.Sprint("D-", i), fmt.Sprint("O-", i), 1000)) })
		}
		group.Wait()
		count := map[reason.Kind]int{}
		for _, kind := range kinds {
			count[kind]++
		}
		if count[reason.None] != 7 || count[reason.DeclarationExceeds] != 5 {
			t.Errorf("of CNY 73.79 by 10: %v", count)
		}
		var same sync.WaitGroup
		before := len(b.all())
		b.payment.Returned = cny(0)
		for range 8 {
			same.Go(func() { b.declare(sample("D-SAME", "O-SAME", 100)) })
		}
		same.Wait()
		if after := len(b.all()); after != before+1 {
			t.Errorf("the same declaration eight times made %d", after-before)
		}
	})
}

// TestSilence: a wallet that does not answer is asked again, by the acquirer's repetition
// or by the desk of whichever hub lives, and keeps its place until then.
func TestSilence(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.wallet.say(connectors.Undecided, reason.Unknown)
		said := sample("D-1", "O-1", 7000)
		said.Buyer = &buyer
		b.want("silent", said, reason.InProcess)
		b.want("silent still", said, reason.InProcess)
		b.want("its place is taken", sample("D-2", "O-2", 380), reason.DeclarationExceeds)
		waits := func(since time.Time) {
			records, err := b.Declarations(t.Context(), sakura, []string{"D-1"})
			if err != nil || len(records) != 1 || records[0].Progress.Status != "WAITING_FOR_PROCESSING" ||
				records[0].Declaration.Buyer != nil || !records[0].Progress.ModifiedAt.Equal(since) {
				t.Errorf("%+v, %v", records, err)
			}
		}
		waits(began)
		if b.wallet.inquired != 0 {
			t.Error("a wallet that has not answered was asked how far it is")
		}
		b.wallet.say(connectors.Accepted, reason.None)
		b.clock.At = began.Add(time.Minute) // beyond the time of the call that took it in
		run(t, b.Desk, func() bool { return b.one("D-1").State == customs.Taken })
		asked := b.wallet.heard()
		if last := asked[len(asked)-1]; last.RequestID != asked[0].RequestID || last.Buyer == nil || *last.Buyer != buyer {
			t.Errorf("asked again %+v", last)
		}
		waits(b.clock.At)
		b.want("repeated", said, reason.None)
		if len(b.wallet.heard()) != len(asked) {
			t.Error("asked again after the answer")
		}
	})
}

// TestPutOff: while the wallet is silent it is asked by the waits, of which the last one
// repeats.
func TestPutOff(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.wallet.say(connectors.Undecided, reason.Busy)
		b.want("silent", sample("D-1", "", 100), reason.InProcess)
		b.clock.At = began.Add(time.Minute)
		for i, wait := range []time.Duration{time.Minute, time.Hour, time.Hour} {
			run(t, b.Desk, func() bool { return b.one("D-1").Attempts == int64(i+1) })
			stored := b.one("D-1")
			if !stored.DueAt.Equal(b.clock.At.Add(wait)) || stored.State != customs.Sent {
				t.Errorf("after %d tries at %v: %+v", i+1, b.clock.At, stored)
			}
			b.clock.At = stored.DueAt
		}
		if asked := len(b.wallet.heard()); asked != 4 {
			t.Errorf("asked %d times", asked)
		}
	})
}

// run runs a desk until something is so.
func run(t *testing.T, desk *customs.Desk, is func() bool) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { desk.Run(ctx); close(done) }()
	deadline := time.Now().Add(time.Minute)
	for !is() {
		if time.Now().After(deadline) {
			t.Error("it never became so")
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	cancel()
	<-done
}

// TestDeclarations: an inquiry returns what the wallet says now, what was known before if
// it says nothing, and only the caller's own that were not refused.
func TestDeclarations(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.want("one", sample("D-1", "O-1", 100), reason.None)
		b.want("two", sample("D-2", "O-2", 200), reason.None)
		b.wallet.say(connectors.Declined, reason.RiskRejected)
		b.want("three", sample("D-3", "O-3", 300), reason.RiskRejected)
		list := func(from connectors.Participant, ids ...string) (said []string) {
			records, err := b.Declarations(t.Context(), from, ids)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range records {
				said = append(said, r.Declaration.RequestID+" "+r.Progress.Status)
			}
			return said
		}
		waiting := []string{"D-2 WAITING_FOR_PROCESSING", "D-1 WAITING_FOR_PROCESSING"}
		if difference := cmp.Diff(waiting, list(sakura, "D-2", "D-3", "D-9", "D-1")); difference != "" {
			t.Error(difference)
		}
		b.wallet.progress = connectors.CustomsProgress{
			Status: "SUCCESS", ModifiedAt: began, ResultCode: "2", ResultText: "released", ResultAt: began,
		}
		for range 2 {
			if got := list(sakura, "D-1"); len(got) != 1 || got[0] != "D-1 SUCCESS" {
				t.Errorf("%v", got)
			}
		}
		b.wallet.progress = connectors.CustomsProgress{}
		if got := list(sakura, "D-1"); len(got) != 1 || got[0] != "D-1 SUCCESS" {
			t.Errorf("from a silent wallet %v", got)
		}
		if stored := b.one("D-1"); stored.Version != 3 {
			t.Errorf("what was said twice counts %d times", stored.Version-2)
		}
		if others := list(participant("SG-ACQUIRER", connectors.RoleAcquirer, "SG").Participant, "D-1"); others != nil {
			t.Errorf("another sees %v", others)
		}
		if _, err := b.Declarations(t.Context(), sakura, make([]string, customs.InquiriesMost)); err != nil {
			t.Errorf("as many ids as may be: %v", err)
		}
		for _, ids := range [][]string{nil, make([]string, customs.InquiriesMost+1)} {
			if _, err := b.Declarations(t.Context(), sakura, ids); reason.Of(err) != reason.InvalidRequest {
				t.Errorf("%d ids: %v", len(ids), err)
			}
		}
	})
}

// What customs said is kept once, whoever asks at the same time, and not at all if persons
// were taken out of the declaration meanwhile.
func TestWhatWasSaidMeanwhile(t *testing.T) {
	ask := func(t *testing.T, b *bench) string {
		records, err := b.Declarations(t.Context(), sakura, []string{"D-1"})
		if err != nil || len(records) != 1 {
			t.Fatalf("%+v, %v", records, err)
		}
		return records[0].Progress.Status
	}
	each(t, func(t *testing.T, b *bench) {
		b.want("declared", sample("D-1", "O-1", 100), reason.None)
		b.wallet.progress = connectors.CustomsProgress{Status: "SUCCESS", ModifiedAt: began}
		b.wallet.during = func() {
			if got := ask(t, b); got != "SUCCESS" {
				t.Errorf("the one in between: %s", got)
			}
		}
		if got := ask(t, b); got != "SUCCESS" {
			t.Errorf("the one around: %s", got)
		}
		if stored := b.one("D-1"); stored.Version != 3 || stored.Progress.Status != "SUCCESS" {
			t.Errorf("%+v", stored)
		}
	})
	each(t, func(t *testing.T, b *bench) {
		b.want("declared", sample("D-1", "O-1", 100), reason.None)
		b.wallet.progress = connectors.CustomsProgress{Status: "SUCCESS", ModifiedAt: began, ResultText: "Featherstone"}
		b.wallet.during = func() {
			err := b.pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
				_, err := customs.Forget(ctx, tx, "asia-1", began.Add(time.Hour), 10)
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
		ask(t, b)
		if stored := b.one("D-1"); stored.Personal || stored.Progress != (connectors.CustomsProgress{}) || stored.Version != 2 {
			t.Errorf("kept what was forgotten: %+v", stored)
		}
	})
}
