package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// hubOwner names the switch's keys in a partner's own world.
const hubOwner = "hub"

// holdMost bounds how long a partner holds a connection that nobody gives up.
const holdMost = 2 * time.Minute

// stopWithin bounds how long a stop waits for requests in work.
const stopWithin = 2 * time.Second

// partner is what both roles have: a way to the switch and a clock.
type partner struct {
	config Config
	// url is the base address of the partner's side.
	url     string
	caller  *alipayplus.Caller
	clock   clock.Clock
	wire    wire
	notices notices
	// background counts what outlives a request, so that a stop waits for it.
	background sync.WaitGroup
	// stopping ends when the partner is told to stop.
	stopping context.Context
}

// role is one of the two roles.
type role interface {
	// serve answers the switch.
	serve(ctx context.Context, call alipayplus.Call) any
	// control offers the role's control interface.
	control(mux *http.ServeMux)
	// pages puts what people see in a browser before the protocol.
	pages(protocol http.Handler) http.Handler
}

// Sandbox is a running partner.
type Sandbox struct {
	partner *partner
	servers []*http.Server
	side    net.Listener
	steer   net.Listener
	failed  chan error
	stop    context.CancelFunc
}

// Start starts a partner, which serves until the context ends. It returns when
// both of its servers listen.
func Start(ctx context.Context, config Config) (*Sandbox, error) {
	config, err := config.check()
	if err != nil {
		return nil, err
	}
	signer, err := config.signer(ctx)
	if err != nil {
		return nil, err
	}
	verifier := keys.NewPublished(config.hubKeys())
	stopping, stop := context.WithCancel(ctx)
	p := &partner{
		config: config, clock: clock.System{}, stopping: stopping,
		caller: alipayplus.NewCaller(alipayplus.CallerConfig{
			Signer: signer, Verifier: verifier, CallWithin: 15 * time.Second,
		}),
	}
	s := &Sandbox{partner: p, stop: stop, failed: make(chan error, 2)}
	if err := s.listen(config); err != nil {
		stop()
		return nil, err
	}
	// A home that fails is a directory that is gone; the keys stay what they were.
	p.background.Go(func() { signer.Run(stopping, func(error) {}) })
	p.url = s.URL()
	acts := p.role()
	gate := alipayplus.NewGate(alipayplus.GateConfig{
		Directory: hubOnly{config.ClientID}, Verifier: verifier, Signer: signer, AnswerWithin: holdMost,
	}, acts.serve)
	mux := http.NewServeMux()
	acts.control(mux)
	p.noticeControl(mux)
	mux.Handle("GET /control/wire", show(func() any { return p.wire.list() }))
	s.serve(s.side, acts.pages(p.tap(rememberHangUp(gate))))
	// No page of another site may steer a partner through its visitor's browser.
	s.serve(s.steer, http.NewCrossOriginProtection().Handler(mux))
	return s, nil
}

func (p *partner) role() role {
	if p.config.Role == RoleWallet {
		return &wallet{partner: p, book: newBook(money.Currency(p.config.Currency), p.config.Customers)}
	}
	return &acquirer{partner: p, orders: newOrders(), refuse: p.config.RefuseNotifications}
}

func (s *Sandbox) listen(config Config) error {
	var err error
	if s.side, err = net.Listen("tcp", config.Listen); err != nil {
		return fmt.Errorf("sandbox: listen: %w", err)
	}
	if s.steer, err = net.Listen("tcp", config.Control); err != nil {
		return errors.Join(fmt.Errorf("sandbox: control: %w", err), s.side.Close())
	}
	return nil
}

func (s *Sandbox) serve(listener net.Listener, handler http.Handler) {
	server := alipayplus.NewHTTPServer(handler)
	server.ReadTimeout, server.WriteTimeout = holdMost, 2*holdMost
	s.servers = append(s.servers, server)
	go func() { s.failed <- server.Serve(listener) }()
}

// URL is the base address of the partner's side of the protocol.
func (s *Sandbox) URL() string { return "http://" + s.side.Addr().String() }

// ControlURL is the base address of the control interface.
func (s *Sandbox) ControlURL() string { return "http://" + s.steer.Addr().String() }

// Control returns a client of the control interface.
func (s *Sandbox) Control() *Control { return &Control{Base: s.ControlURL()} }

// Wait waits until the partner's context ends, or a server fails, and then
// until everything has stopped.
func (s *Sandbox) Wait() error {
	var err error
	select {
	case <-s.partner.stopping.Done():
	case err = <-s.failed:
	}
	s.stop()
	// Held connections end with the partner's context, so that a shutdown waits
	// for work, and for connections that were opened but never used.
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	for _, server := range s.servers {
		_ = server.Shutdown(ctx) // what is left is cut off
		err = errors.Join(err, server.Close())
	}
	s.partner.background.Wait()
	s.partner.caller.Close()
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	return nil
}

// hubOnly is the directory of a partner: the switch alone, which sends the
// partner's own client id.
type hubOnly struct{ clientID string }

// ByClient implements [alipayplus.Directory].
func (h hubOnly) ByClient(clientID string) (connectors.Participant, bool) {
	return connectors.Participant{ID: hubOwner, ClientID: clientID}, clientID == h.clientID
}

type hangUpKey struct{}

// rememberHangUp keeps the end of a request reachable behind the gate, which
// hides it from whoever answers.
func rememberHangUp(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), hangUpKey{}, r.Context().Done())))
	})
}

// hold waits until the caller has given up.
func (p *partner) hold(ctx context.Context) {
	hangUp, _ := ctx.Value(hangUpKey{}).(<-chan struct{})
	select {
	case <-hangUp:
	case <-ctx.Done():
	case <-p.stopping.Done():
	}
}

// rest waits for a delay, or until the partner stops.
func (p *partner) rest(millis int) {
	timer := time.NewTimer(time.Duration(millis) * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-p.stopping.Done():
	}
}

// call sends a message to the switch and decodes its genuine answer.
func (p *partner) call(ctx context.Context, path string, message, answer any) error {
	body, err := alipayplus.Encode(message)
	if err != nil {
		return err
	}
	received, err := p.exchange(ctx, path, body)
	if err != nil {
		return err
	}
	return alipayplus.Decode(received, answer)
}

// exchange sends bytes to the switch and returns its genuine answer.
func (p *partner) exchange(ctx context.Context, path string, body []byte) ([]byte, error) {
	peer := alipayplus.Peer{
		Owner: hubOwner, ClientID: p.config.ClientID, URL: strings.TrimSuffix(p.config.HubURL, "/") + path,
	}
	at := p.clock.Now()
	received, err := p.caller.Call(ctx, peer, body)
	p.wire.note(Exchange{Path: path, At: at, Called: true, Request: body, Answer: received})
	return received, err
}

// refuse answers the switch with the kind of an error.
func refuse(err error) alipayplus.Answer {
	return alipayplus.Answer{Result: alipayplus.ResultOf(reason.Of(err))}
}
