package rotation_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/keys/vault"
	"github.com/causeway-pay/causeway/internal/keys/vaulttest"
	"github.com/causeway-pay/causeway/switch/route"
)

// hubPolicy is minutes and days in production. Partners of the test take a new key
// at once, and no message is under way for a second.
var hubPolicy = keys.Policy{Announce: time.Second, Refresh: 250 * time.Millisecond}

// partnerAnnounce leaves the hub time to notice a partner's new key in its
// database, which it does every two seconds.
const partnerAnnounce = 4 * time.Second

func setting(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	value, err := strconv.Atoi(text)
	if err != nil || value < 1 {
		t.Fatalf("%s: want a number, got %q", name, text)
	}
	return value
}

// paymentRate is how many payments are begun a second. Each takes six signatures, half of
// them the hub's. The partners' keys are P-256, since they sign on the same two cores that
// the hub, its Vault, the database and the load have: an RSA signature costs 0.8 ms there.
const paymentRate = 200

func TestRotationsWithKeysInFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("a whole stage is not short")
	}
	directory := filepath.Join(t.TempDir(), "hub")
	rotateUnderLoad(t, keys.NewFiles(directory, "CAUSEWAY", keys.P256), keys.P256, map[string]any{
		"keys": map[string]any{"dir": directory, "announce": "1s", "refresh": "250ms"},
	})
}

func TestRotationsWithKeysInVault(t *testing.T) {
	server := vaulttest.Start(t)
	client, err := vault.Open(t.Context(), vault.Config{Address: server.Address, TokenFile: server.TokenFile})
	if err != nil {
		t.Fatal(err)
	}
	rotateUnderLoad(t, vault.NewTransit(client, "transit", "hub", keys.RSA2048), keys.P256, map[string]any{
		"keys":  map[string]any{"transit": "hub", "announce": "1s", "refresh": "250ms"},
		"vault": map[string]any{"address": server.Address, "token_file": server.TokenFile},
	})
}

// world is the stage with what the rotations need.
type world struct {
	*stage.Stage
	algorithm keys.Algorithm // of the partners' keys
	published string         // the hub's public keys, as partners have them
	load      *load
}

// rotateUnderLoad exchanges the hub's keys, which are in home, and the partners', which are
// of an algorithm.
func rotateUnderLoad(t *testing.T, home keys.Home, algorithm keys.Algorithm, hub map[string]any) {
	rotations := setting(t, "CAUSEWAY_TEST_ROTATIONS", 5)
	rate := setting(t, "CAUSEWAY_TEST_ROTATION_RATE", paymentRate)
	w := &world{algorithm: algorithm, published: t.TempDir()}
	ring := openRing(t, "CAUSEWAY", home, hubPolicy)
	w.handOut(t, ring)
	w.Stage = stagetest.Open(t, stage.Options{Hub: hub, HubKeys: w.published, Announce: partnerAnnounce, Keys: algorithm})
	w.load = startLoad(t, w.Stage, rate)
	ctx, cancel := context.WithCancel(t.Context())
	var partners sync.WaitGroup
	exchanged := make([]int, len(stage.Cast()))
	for i, p := range stage.Cast() {
		partners.Go(func() { exchanged[i] = w.rotatePartner(t, ctx, p.ID) })
	}
	for range rotations {
		w.rotateHub(t, ring)
	}
	w.load.pause(2 * hubPolicy.Announce) // so that the last version is signed with too
	cancel()
	partners.Wait()
	w.load.stop()
	t.Logf("%d versions of the hub's key, partners' keys exchanged %v times, %s",
		len(ring.List()), exchanged, w.load.summary())
	w.judge(t, rotations)
}

func openRing(t *testing.T, owner string, home keys.Home, policy keys.Policy) *keys.Ring {
	t.Helper()
	ring, err := keys.Open(t.Context(), owner, home, clock.System{}, policy, true)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

// rotateHub exchanges the hub's key once, as its operators do: make, hand out,
// and withdraw what is over.
func (w *world) rotateHub(t *testing.T, ring *keys.Ring) {
	t.Helper()
	if err := ring.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.handOut(t, ring)
	w.load.pause(2*hubPolicy.Announce + 100*time.Millisecond)
}

// handOut gives partners the two active versions, and takes all others away.
func (w *world) handOut(t *testing.T, ring *keys.Ring) {
	t.Helper()
	for _, listed := range ring.List() {
		name := filepath.Join(w.published, fmt.Sprintf("hub.%d.pub", listed.Number))
		var err error
		if listed.State == keys.Retired {
			err = os.Remove(name)
		} else if err = os.WriteFile(name+".new", []byte(listed.Public), 0o600); err == nil {
			err = os.Rename(name+".new", name) // a partner reads the whole key, or the one before
		}
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
}

// rotatePartner exchanges a partner's key again and again: the partner makes it,
// and the hub takes it on.
func (w *world) rotatePartner(t *testing.T, ctx context.Context, partner string) (times int) {
	policy := keys.Policy{Announce: partnerAnnounce, Refresh: time.Second}
	ring := openRing(t, partner, keys.NewFiles(w.Keys(), partner, w.algorithm), policy)
	for ctx.Err() == nil {
		if err := ring.Rotate(t.Context()); err != nil {
			t.Error(err)
			return times
		}
		if err := w.takeOn(t.Context(), partner, ring); err != nil {
			t.Error(err)
			return times
		}
		times++
		select {
		case <-ctx.Done():
		case <-time.After(2*partnerAnnounce + 100*time.Millisecond):
		}
	}
	return times
}

func (w *world) takeOn(ctx context.Context, partner string, ring *keys.Ring) error {
	return w.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		directory, err := route.Load(ctx, tx)
		if err != nil {
			return err
		}
		p, _ := directory.Participant(partner)
		p.Keys = map[int]string{}
		for _, listed := range ring.List() {
			if listed.State != keys.Retired {
				p.Keys[listed.Number] = listed.Public
			}
		}
		return route.SaveParticipant(ctx, tx, p)
	})
}

// judge holds what happened against what may.
func (w *world) judge(t *testing.T, rotations int) {
	t.Helper()
	for problem, times := range w.load.problems() {
		t.Errorf("%d times: %s", times, problem)
	}
	log, err := os.ReadFile(w.HubLog())
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(log)) {
		for _, word := range []string{"InvalidSignature", "UnknownKey", "answer not signed"} {
			if strings.Contains(line, word) {
				t.Error(line)
			}
		}
	}
	w.judgeWires(t)
	states := map[string]bool{}
	for _, state := range stagetest.Texts(t, w.Stage, `SELECT DISTINCT state FROM payment`) {
		states[state] = true
	}
	if len(states) != 1 || !states["POSTED"] {
		t.Errorf("payments are %v, want all POSTED", states)
	}
	if least := rotations + 1; w.load.versions() < least {
		t.Errorf("the hub signed with %d versions, want at least %d", w.load.versions(), least)
	}
	stagetest.Invariants(t, w.Stage)
}

// judgeWires looks at the last messages between the hub and each partner.
func (w *world) judgeWires(t *testing.T) {
	t.Helper()
	for _, p := range stage.Cast() {
		exchanges, err := w.Control(p.ID).Wire(t.Context())
		if err != nil || len(exchanges) == 0 {
			t.Errorf("%s: %d exchanges, %v", p.ID, len(exchanges), err)
		}
		for _, exchange := range exchanges {
			for _, code := range []string{"INVALID_SIGNATURE", "KEY_NOT_FOUND"} {
				if strings.Contains(string(exchange.Answer), code) {
					t.Errorf("%s %s: %s", p.ID, exchange.Path, exchange.Answer)
				}
			}
		}
	}
}
