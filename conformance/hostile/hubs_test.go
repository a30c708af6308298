package hostile_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/internal/bus"
	"github.com/causeway-pay/causeway/internal/ports"
	"github.com/causeway-pay/causeway/switch/node"
)

// TestTwoHubs sends what must happen once to two hubs of one database at the same time:
// what one process knows by itself must not be what holds.
func TestTwoHubs(t *testing.T) {
	broker, err := bus.Open(t.Context(), bus.Options{
		Dir: t.TempDir(), Listen: "127.0.0.1:0", Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	s := stagetest.Open(t, stage.Options{
		Hub:    map[string]any{"bus": map[string]any{"url": broker.Address()}},
		Timing: stage.Timing{WalletPatience: 2 * time.Second, CodeWindow: 4 * time.Second},
	})
	w := &world{caller: newCaller(t, s), second: secondHub(t, s)}
	for _, part := range []struct {
		name string
		test func(*world, *testing.T)
	}{
		{"repeated", (*world).repeated}, {"cap", (*world).caps}, {"refund", (*world).refunds},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(w, t) })
	}
	stagetest.Invariants(t, s)
}

// secondHub runs another hub with the configuration of the stage's, in this process, and
// returns where partners reach it.
func secondHub(t *testing.T, s *stage.Stage) string {
	t.Helper()
	config, err := node.Load(s.HubConfig())
	if err != nil {
		t.Fatal(err)
	}
	for _, listen := range []*string{&config.Partners.Listen, &config.Operators.Listen} {
		if *listen, err = ports.Address(); err != nil {
			t.Fatal(err)
		}
	}
	hub, err := node.Complete(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := hub.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); wg.Wait(); hub.Close() })
	stagetest.Eventually(t, "the second hub is ready", func() bool {
		response, err := http.Get("http://" + config.Operators.Listen + "/readyz")
		if err != nil {
			return false
		}
		defer response.Body.Close()
		_, _ = io.Copy(io.Discard, response.Body)
		return response.StatusCode == http.StatusOK
	})
	return config.Partners.Listen
}
