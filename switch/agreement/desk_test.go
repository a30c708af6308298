package agreement_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/agreement"
	"github.com/causeway-pay/causeway/switch/route"
)

var at = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// world is both partners: a wallet that keeps its promises, and an acquirer.
type world struct {
	mu sync.Mutex
	// answer is what the wallet answers, heard what the acquirer does.
	answer, heard connectors.Answer
	issued        map[string]connectors.Tokens // by code or refresh token
	serial        int
	payer         string // who agrees
	calls         map[string]int
	told          []connectors.AgreementNotice
	prepared      connectors.PrepareRequest
}

func newWorld() *world {
	yes := connectors.Answer{Decision: connectors.Accepted}
	return &world{answer: yes, heard: yes, payer: "U1", issued: map[string]connectors.Tokens{}, calls: map[string]int{}}
}

func (w *world) called(verb string) connectors.Answer {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls[verb]++
	return w.answer
}

func (w *world) Prepare(
	_ context.Context, _ connectors.Participant, request connectors.PrepareRequest,
) (string, connectors.Answer) {
	answer := w.called("prepare")
	w.mu.Lock()
	defer w.mu.Unlock()
	w.prepared = request
	return "https://wallet.example/" + request.ReferenceID, answer
}

func (w *world) Apply(
	_ context.Context, _ connectors.Participant, request connectors.TokenRequest,
) (connectors.Tokens, connectors.Answer) {
	answer := w.called("apply")
	if answer.Decision != connectors.Accepted {
		return connectors.Tokens{}, answer
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	key := request.Code + request.RefreshToken
	if _, known := w.issued[key]; !known {
		w.serial++
		w.issued[key] = connectors.Tokens{
			Access: fmt.Sprintf("ACCESS-%d", w.serial), AccessExpiresAt: at.Add(time.Hour),
			Refresh: fmt.Sprintf("REFRESH-%d", w.serial), RefreshExpiresAt: at.Add(24 * time.Hour), PayerReference: w.payer,
		}
	}
	return w.issued[key], answer
}

func (w *world) Revocable(context.Context, connectors.Participant, connectors.Grant) connectors.Answer {
	return w.called("revocable")
}

func (w *world) Revoke(context.Context, connectors.Participant, connectors.Grant) connectors.Answer {
	return w.called("revoke")
}

func (w *world) NotifyAgreement(
	_ context.Context, _ connectors.Participant, notice connectors.AgreementNotice,
) connectors.Answer {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told = append(w.told, notice)
	return w.heard
}

// office is a desk on a real database.
type office struct {
	*agreement.Desk
	t     *testing.T
	world *world
	clock *clock.Fixed
	pool  *db.Pool
}

func participant(id string, role connectors.Role) connectors.Participant {
	return connectors.Participant{ID: id, Role: role, Connector: "scripted"}
}

var (
	shop     = participant("JP-ACQUIRER", connectors.RoleAcquirer)
	stranger = participant("SG-ACQUIRER", connectors.RoleAcquirer)
	purse    = participant("HK-WALLET", connectors.RoleWallet)
	other    = participant("KR-WALLET", connectors.RoleWallet)
	network  = connectors.Participant{ID: "TH-NETWORK", Role: connectors.RoleWallet, Connector: "scripted-network"}
)

func each(t *testing.T, body func(t *testing.T, o *office)) {
	t.Helper()
	migrations, err := agreement.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		w, now := newWorld(), &clock.Fixed{At: at}
		closed := participant("PH-WALLET", connectors.RoleWallet)
		closed.Suspended = true
		var all []route.Participant
		for _, p := range []connectors.Participant{shop, stranger, purse, other, closed, network} {
			all = append(all, route.Participant{Participant: p})
		}
		directory := route.NewDirectory(all, nil)
		body(t, &office{t: t, world: w, clock: now, pool: pool, Desk: &agreement.Desk{
			Pool: pool, Clock: now, Region: "asia-1", Directory: func() *route.Directory { return directory },
			Wallets:   map[string]connectors.AgreementWallet{"scripted": w, "scripted-network": w},
			Acquirers: map[string]connectors.AgreementAcquirer{"scripted": w},
		}})
	}, migrations)
}

func (o *office) prepare(reference, wallet string) error {
	_, err := o.Prepare(o.t.Context(), shop, connectors.PrepareRequest{
		WalletID: wallet, ClientID: "M-1", ReferenceID: reference, CheckedFields: [32]byte{wallet[0]},
	})
	return err
}

func (o *office) tell(from connectors.Participant, notice connectors.AgreementNotice) error {
	return o.Told(o.t.Context(), from, notice)
}

func (o *office) code(reference string) error {
	return o.tell(purse, connectors.AgreementNotice{
		Event: connectors.CodeCreated, ClientID: "M-1", ReferenceID: reference, Code: "CODE-" + reference,
	})
}

func (o *office) apply(by connectors.Participant, code, refresh string) (connectors.Tokens, error) {
	return o.Apply(o.t.Context(), by, connectors.TokenRequest{ClientID: "M-1", Code: code, RefreshToken: refresh})
}

// agreed is the tokens of a fresh agreement.
func (o *office) agreed(reference string) connectors.Tokens {
	o.t.Helper()
	if err := o.prepare(reference, "HK-WALLET"); err != nil {
		o.t.Fatal(err)
	}
	if err := o.code(reference); err != nil {
		o.t.Fatal(err)
	}
	tokens, err := o.apply(shop, "CODE-"+reference, "")
	if err != nil {
		o.t.Fatal(err)
	}
	return tokens
}

func (o *office) redeem(by, token string) reason.Kind {
	o.t.Helper()
	a, err := agreement.Redeem(o.t.Context(), o.pool, by, connectors.Grant{Token: token}, o.clock.Now())
	if err == nil && (a.WalletID != "HK-WALLET" || a.PayerReference != "U1" || a.ClientID != "M-1") {
		o.t.Errorf("redeemed %+v", a)
	}
	return reason.Of(err)
}

func TestAnAgreementIsMadeOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		tokens := o.agreed("A-1")
		if err := o.prepare("A-1", "HK-WALLET"); err != nil {
			t.Errorf("prepared again: %v", err)
		}
		if err := o.prepare("A-1", "KR-WALLET"); reason.Of(err) != reason.Inconsistent {
			t.Errorf("prepared otherwise: %v", err)
		}
		for wallet, want := range map[string]reason.Kind{
			"NOBODY": reason.Unsupported, "SG-ACQUIRER": reason.Unsupported, "PH-WALLET": reason.InvalidContract,
		} {
			if err := o.prepare("A-2", wallet); reason.Of(err) != want {
				t.Errorf("%s: %v", wallet, err)
			}
		}
		for range 3 {
			again, err := o.apply(shop, "CODE-A-1", "")
			if err != nil || again != tokens {
				t.Errorf("applied again: %+v, %v", again, err)
			}
		}
		o.clock.At = at.Add(30 * time.Minute)
		if again, err := o.apply(shop, "CODE-A-1", ""); err != nil || again != tokens {
			t.Errorf("a code that was exchanged in time: %+v, %v", again, err)
		}
		if got := o.redeem("JP-ACQUIRER", tokens.Access); got != reason.None {
			t.Errorf("redeemed: %s", got)
		}
	})
}

func TestTokensThatAreNotGood(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		tokens := o.agreed("A-1")
		for _, c := range []struct {
			by, token string
			want      reason.Kind
		}{
			{"SG-ACQUIRER", tokens.Access, reason.InvalidToken}, {"JP-ACQUIRER", tokens.Refresh, reason.InvalidToken},
			{"JP-ACQUIRER", "CODE-A-1", reason.InvalidToken}, {"JP-ACQUIRER", "", reason.InvalidToken},
		} {
			if got := o.redeem(c.by, c.token); got != c.want {
				t.Errorf("%s with %s: %s", c.by, c.token, got)
			}
		}
		_, err := agreement.Redeem(t.Context(), o.pool, "JP-ACQUIRER",
			connectors.Grant{Token: tokens.Access, ClientID: "M-2"}, at)
		if reason.Of(err) != reason.InvalidToken {
			t.Errorf("another client id: %v", err)
		}
		renewed, err := o.apply(shop, "", tokens.Refresh)
		if err != nil || o.redeem("JP-ACQUIRER", renewed.Access) != reason.None {
			t.Fatalf("refresh: %+v, %v", renewed, err)
		}
		if again, err := o.apply(shop, "", tokens.Refresh); err != nil || again != renewed {
			t.Errorf("a refresh whose answer was lost: %+v, %v", again, err)
		}
		if got := o.redeem("JP-ACQUIRER", tokens.Access); got != reason.InvalidToken {
			t.Errorf("a token that was replaced: %s", got)
		}
		o.clock.At = at.Add(time.Hour)
		if got := o.redeem("JP-ACQUIRER", renewed.Access); got != reason.ExpiredToken {
			t.Errorf("after its end: %s", got)
		}
		o.clock.At = at.Add(24 * time.Hour)
		if _, err := o.apply(shop, "", renewed.Refresh); reason.Of(err) != reason.ExpiredToken {
			t.Errorf("refresh after its end: %v", err)
		}
	})
}

// TestAnOldOutcomeEndsNothing: a code that is exchanged again gets the tokens that it had
// first; those that have taken their place since stay good.
func TestAnOldOutcomeEndsNothing(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		first := o.agreed("A-1")
		second, err := o.apply(shop, "", first.Refresh)
		if err != nil {
			t.Fatal(err)
		}
		third, err := o.apply(shop, "", second.Refresh)
		if err != nil {
			t.Fatal(err)
		}
		for name, again := range map[string]func() (connectors.Tokens, error){
			"the code":       func() (connectors.Tokens, error) { return o.apply(shop, "CODE-A-1", "") },
			"an old refresh": func() (connectors.Tokens, error) { return o.apply(shop, "", first.Refresh) },
			"the wallet's notice": func() (connectors.Tokens, error) {
				return first, o.tell(purse, connectors.AgreementNotice{
					Event: connectors.TokenCreated, ClientID: "M-1", ReferenceID: "A-1", Tokens: first,
				})
			},
		} {
			if tokens, err := again(); err != nil || tokens == third {
				t.Errorf("%s: %+v, %v", name, tokens, err)
			}
			if got := o.redeem("JP-ACQUIRER", third.Access); got != reason.None {
				t.Errorf("after %s the token in use is %s", name, got)
			}
			for _, old := range []connectors.Tokens{first, second} {
				if got := o.redeem("JP-ACQUIRER", old.Access); got != reason.InvalidToken {
					t.Errorf("after %s a token that was replaced is %s", name, got)
				}
			}
		}
	})
}

func TestCodesThatAreNotGood(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		if err := o.prepare("A-1", "HK-WALLET"); err != nil {
			t.Fatal(err)
		}
		if _, err := o.apply(shop, "CODE-A-1", ""); reason.Of(err) != reason.InvalidCode {
			t.Errorf("before the wallet told it: %v", err)
		}
		if err := o.code("A-1"); err != nil {
			t.Fatal(err)
		}
		if _, err := o.apply(stranger, "CODE-A-1", ""); reason.Of(err) != reason.InvalidCode {
			t.Errorf("by another acquirer: %v", err)
		}
		o.clock.At = at.Add(agreement.CodeLife)
		if _, err := o.apply(shop, "CODE-A-1", ""); reason.Of(err) != reason.ExpiredCode {
			t.Errorf("too late: %v", err)
		}
		if o.world.calls["apply"] != 0 {
			t.Errorf("the wallet was asked %d times", o.world.calls["apply"])
		}
	})
}

// TestAnUnknownAnswerIsNoRefusal: what the wallet did not say may be asked again.
func TestAnUnknownAnswerIsNoRefusal(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		tokens := o.agreed("A-1")
		for _, lost := range []connectors.Answer{
			{Err: context.DeadlineExceeded, Reason: reason.Unknown}, {Reason: reason.InProcess},
			{Decision: connectors.Undecided, Reason: reason.InvalidSignature},
		} {
			o.world.answer = lost
			for name, err := range map[string]error{
				"prepare": o.prepare("A-1", "HK-WALLET"),
				"revoke":  o.Revoke(t.Context(), shop, connectors.Grant{Token: tokens.Access}),
			} {
				if kind := reason.Of(err); err == nil || kind.Final() {
					t.Errorf("%s with %+v: %v", name, lost, err)
				}
			}
		}
		if got := o.redeem("JP-ACQUIRER", tokens.Access); got != reason.None {
			t.Errorf("the agreement is %s", got)
		}
		o.world.answer = connectors.Answer{Decision: connectors.Declined, Reason: reason.RiskRejected}
		err := o.Revoke(t.Context(), shop, connectors.Grant{Token: tokens.Access})
		if reason.Of(err) != reason.RiskRejected || o.redeem("JP-ACQUIRER", tokens.Access) != reason.None {
			t.Errorf("a wallet that objects: %v", err)
		}
	})
}

func TestEitherSideEnds(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		mine, theirs := o.agreed("A-1"), o.agreed("A-2")
		for range 2 {
			if err := o.Revoke(t.Context(), shop, connectors.Grant{Token: mine.Access}); err != nil {
				t.Error(err)
			}
		}
		if err := o.Revoke(t.Context(), stranger, connectors.Grant{Token: theirs.Access}); reason.Of(err) != reason.InvalidToken {
			t.Errorf("by another acquirer: %v", err)
		}
		ended := connectors.AgreementNotice{
			Event: connectors.TokenCancelled, Tokens: connectors.Tokens{Access: theirs.Access},
		}
		if err := o.tell(other, ended); reason.Of(err) != reason.InvalidToken {
			t.Errorf("by another wallet: %v", err)
		}
		for range 2 {
			if err := o.tell(purse, ended); err != nil {
				t.Error(err)
			}
		}
		for _, tokens := range []connectors.Tokens{mine, theirs} {
			if got := o.redeem("JP-ACQUIRER", tokens.Access); got != reason.InvalidToken {
				t.Errorf("after the end: %s", got)
			}
			if _, err := o.apply(shop, "", tokens.Refresh); reason.Of(err) != reason.InvalidToken {
				t.Errorf("refresh after the end: %v", err)
			}
		}
		if err := o.prepare("A-1", "HK-WALLET"); reason.Of(err) != reason.Closed {
			t.Errorf("prepared after the end: %v", err)
		}
		if err := o.code("A-2"); reason.Of(err) != reason.Closed {
			t.Errorf("a code after the end: %v", err)
		}
		if last := o.world.told[len(o.world.told)-1]; last.Event != connectors.TokenCancelled || last.ReferenceID != "A-2" ||
			last.ClientID != "M-1" {
			t.Errorf("told %+v", last)
		}
	})
}

// TestAnAcquirerThatDoesNotListen: what the wallet told is kept, and told again.
func TestAnAcquirerThatDoesNotListen(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		if err := o.prepare("A-1", "HK-WALLET"); err != nil {
			t.Fatal(err)
		}
		o.world.heard = connectors.Answer{Err: context.DeadlineExceeded}
		if err := o.code("A-1"); reason.Of(err).Final() {
			t.Errorf("told: %v", err)
		}
		if _, err := o.apply(shop, "CODE-A-1", ""); err != nil {
			t.Errorf("the code was lost: %v", err)
		}
		o.world.heard = connectors.Answer{Decision: connectors.Accepted}
		if err := o.code("A-1"); err != nil {
			t.Errorf("told again: %v", err)
		}
		foreign := connectors.AgreementNotice{Event: connectors.CodeCreated, ClientID: "M-1", ReferenceID: "A-1", Code: "X"}
		if err := o.tell(other, foreign); reason.Of(err) != reason.NotFound {
			t.Errorf("by another wallet: %v", err)
		}
	})
}

// TestATokenIsOfOneAgreement: a wallet that gives two payers the same token is
// not believed.
func TestATokenIsOfOneAgreement(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		tokens := o.agreed("A-1")
		if err := o.prepare("A-2", "HK-WALLET"); err != nil {
			t.Fatal(err)
		}
		err := o.tell(purse, connectors.AgreementNotice{
			Event: connectors.TokenCreated, ClientID: "M-1", ReferenceID: "A-2", Tokens: tokens,
		})
		if reason.Of(err) != reason.Inconsistent {
			t.Errorf("got %v", err)
		}
	})
}

// TestNoTokenIsStored: who reads the tables has no token.
func TestNoTokenIsStored(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		tokens := o.agreed("A-1")
		var stored string
		err := o.pool.QueryRow(t.Context(), `SELECT string_agg(encode(token_hash, 'hex') || encode(token_hash, 'escape'), ' ')
			FROM agreement_token`).Scan(&stored)
		if err != nil || stored == "" {
			t.Fatalf("%q, %v", stored, err)
		}
		for _, secret := range []string{tokens.Access, tokens.Refresh, "CODE-A-1"} {
			if strings.Contains(stored, secret) {
				t.Errorf("%s is stored", secret)
			}
		}
	})
}

// TestManyAtOnce: many who present one code at once get one agreement's tokens.
func TestManyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		if err := o.prepare("A-1", "HK-WALLET"); err != nil {
			t.Fatal(err)
		}
		if err := o.code("A-1"); err != nil {
			t.Fatal(err)
		}
		got := make([]connectors.Tokens, 6)
		var group sync.WaitGroup
		for i := range got {
			group.Go(func() {
				if err := dbtest.Persistently(func() (err error) {
					got[i], err = o.apply(shop, "CODE-A-1", "")
					return err
				}); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		for _, tokens := range got {
			if tokens != got[0] {
				t.Errorf("%+v and %+v", tokens, got[0])
			}
		}
	})
}
