package bus_test

import (
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/bus"
)

// A broadcast reaches everyone who listens, the sender among them, and nobody
// who has stopped.
func TestBroadcast(t *testing.T) {
	server := open(t, bus.Options{Listen: "127.0.0.1:0"})
	client := open(t, bus.Options{URL: server.Address()})
	heard := make(chan string, 10)
	listen := func(b *bus.Bus, name string) (stop func()) {
		stop, err := b.Listen("news", func(data []byte) { heard <- name + " " + string(data) })
		if err != nil {
			t.Fatal(err)
		}
		return stop
	}
	stopServer, stopClient := listen(server, "server"), listen(client, "client")
	defer stopClient()
	expect := func(want ...string) {
		t.Helper()
		left := map[string]bool{}
		for _, text := range want {
			left[text] = true
		}
		for len(left) > 0 {
			select {
			case text := <-heard:
				if !left[text] {
					t.Errorf("heard %q", text)
				}
				delete(left, text)
			case <-time.After(time.Minute):
				t.Fatalf("not heard: %v", left)
			}
		}
	}
	if err := client.Broadcast("news", []byte("first")); err != nil {
		t.Fatal(err)
	}
	expect("server first", "client first")
	stopServer()
	stopServer()
	for _, text := range []string{"second", "third"} {
		if err := client.Broadcast("news", []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	expect("client second", "client third")
	client.Close()
	if client.Broadcast("news", nil) == nil {
		t.Error("a closed bus broadcasts")
	}
	if _, err := client.Listen("news", func([]byte) {}); err == nil {
		t.Error("a closed bus listens")
	}
}
