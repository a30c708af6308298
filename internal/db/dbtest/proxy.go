package dbtest

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/url"
	"regexp"
	"sync"
	"sync/atomic"
	"testing"
)

// Loss says which half of an exchange a [Proxy] loses.
type Loss int

const (
	// LoseRequest breaks the connection before the server sees the COMMIT.
	LoseRequest Loss = iota + 1
	// LoseAnswer lets the server commit and breaks the connection instead of
	// passing its answer on.
	LoseAnswer
)

// Proxy stands between a pool and its server and breaks connections at the
// worst moment.
type Proxy struct {
	url      string
	target   string
	listener net.Listener

	mu     sync.Mutex
	loss   Loss               // guarded by mu
	losses int                // guarded by mu
	wires  map[*wire]struct{} // guarded by mu
	done   sync.WaitGroup     // of the goroutines of all wires
}

// wire is one connection of a client through the proxy.
type wire struct {
	client, server net.Conn
	deaf           atomic.Bool // the next answer is lost
	// commit is what the client calls the COMMIT that it prepared, with the zero behind it.
	// The goroutine that forwards has it alone.
	commit []byte
}

// NewProxy starts a proxy in front of the database, until the test ends.
func NewProxy(t *testing.T, database string) *Proxy {
	t.Helper()
	target, err := url.Parse(database)
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	p := &Proxy{target: target.Host, listener: listener, wires: map[*wire]struct{}{}}
	target.Host = listener.Addr().String()
	p.url = target.String()
	p.done.Go(p.accept)
	t.Cleanup(p.Close)
	return p
}

// URL returns the connection string of the database through the proxy.
func (p *Proxy) URL() string { return p.url }

// BreakCommits makes the next COMMITs fail in the given way.
func (p *Proxy) BreakCommits(loss Loss, times int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.loss, p.losses = loss, times
}

// Cut breaks all connections that exist now.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for w := range p.wires {
		w.close()
	}
}

// Close breaks all connections and refuses new ones.
func (p *Proxy) Close() {
	_ = p.listener.Close()
	p.Cut()
	p.done.Wait()
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			_ = client.Close()
			continue
		}
		w := &wire{client: client, server: server}
		p.mu.Lock()
		p.wires[w] = struct{}{}
		p.mu.Unlock()
		p.done.Go(func() { p.forward(w) })
		p.done.Go(w.answer)
	}
}

// forward copies what the client sends, until it is time to break.
func (p *Proxy) forward(w *wire) {
	defer w.close()
	_ = relay(w.client, w.server, func(chunk []byte) error {
		if !w.commits(chunk) {
			return nil
		}
		switch p.nextLoss() {
		case LoseRequest:
			return errors.New("request lost")
		case LoseAnswer:
			w.deaf.Store(true)
		}
		return nil
	})
}

// prepared is a Parse message with COMMIT: its name is behind the letter and the length
// (PostgreSQL documentation, 55.7).
var prepared = regexp.MustCompile(`(?s)P\x00\x00\x00.([a-z0-9_]+\x00)commit\x00`)

// commits tells whether the client sends a COMMIT: as a text, or by the name under which
// it was prepared, which by itself commits nothing.
func (w *wire) commits(chunk []byte) bool {
	if found := prepared.FindSubmatch(chunk); found != nil {
		w.commit = bytes.Clone(found[1])
		return false
	}
	return bytes.Contains(chunk, []byte("commit\x00")) || w.commit != nil && bytes.Contains(chunk, w.commit)
}

func (p *Proxy) nextLoss() Loss {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.losses == 0 {
		return 0
	}
	p.losses--
	return p.loss
}

// answer copies what the server sends.
func (w *wire) answer() {
	defer w.close()
	_ = relay(w.server, w.client, func([]byte) error {
		if w.deaf.Load() {
			return errors.New("answer lost")
		}
		return nil
	})
}

func (w *wire) close() {
	_ = w.client.Close()
	_ = w.server.Close()
}

func relay(from io.Reader, to io.Writer, inspect func([]byte) error) error {
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return err
		}
		if err := inspect(buffer[:n]); err != nil {
			return err
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return err
		}
	}
}
