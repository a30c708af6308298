package node_test

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// front passes connections on while it is open, and ends and refuses all while
// it is not.
type front struct {
	url    string
	target string

	mu    sync.Mutex
	open  bool                  // guarded by mu
	wires map[net.Conn]struct{} // guarded by mu
}

func newFront(t *testing.T, database string) *front {
	t.Helper()
	target, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &front{target: target.Host, open: true, wires: map[net.Conn]struct{}{}}
	target.Host = listener.Addr().String()
	f.url = target.String()
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { f.pass(client) })
		}
	})
	t.Cleanup(func() { _ = listener.Close(); f.set(false); wg.Wait() })
	return f
}

func (f *front) pass(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", f.target)
	if err != nil {
		return
	}
	defer server.Close()
	if !f.add(client, server) {
		return
	}
	var wg sync.WaitGroup
	for _, pair := range [][2]net.Conn{{client, server}, {server, client}} {
		wg.Go(func() {
			_, _ = io.Copy(pair[0], pair[1])
			_ = pair[0].Close()
			_ = pair[1].Close()
		})
	}
	wg.Wait()
}

// add remembers connections, unless the front is closed.
func (f *front) add(connections ...net.Conn) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range connections {
		f.wires[c] = struct{}{}
	}
	return f.open
}

// set opens the front, or closes it and everything that passes it.
func (f *front) set(open bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open = open
	if open {
		return
	}
	for c := range f.wires {
		_ = c.Close()
	}
	f.wires = map[net.Conn]struct{}{}
}
