package alipayplus

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"log/slog"
	"math"
	"mime"
	"net/http"
	"strings"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/internal/throttle"
)

// Defaults of a gate and of a caller; the package comment derives them.
const (
	DefaultFreshness    = 5 * time.Minute
	DefaultAnswerWithin = 10 * time.Second
	DefaultInFlight     = 2048
	BodyMost            = 64 << 10
)

// Directory knows the participants by the client id that they send.
type Directory interface {
	ByClient(clientID string) (connectors.Participant, bool)
}

// GateConfig configures a [Gate]. Directory, Verifier and Signer are required.
type GateConfig struct {
	Directory Directory
	// Verifier knows the partners' keys; the owner is the participant's id.
	Verifier keys.Verifier
	// Signer signs the answers.
	Signer keys.Signer
	// Clock is the machine's unless set.
	Clock clock.Clock
	// Freshness is how far Request-Time may be from our clock; 0 means
	// DefaultFreshness, a negative value any time.
	Freshness time.Duration
	// AnswerWithin is the time that an operation gets; 0 means
	// DefaultAnswerWithin.
	AnswerWithin time.Duration
	// InFlight bounds the requests that are served at once; 0 means
	// DefaultInFlight. What is above is answered 503 without being read.
	InFlight int
	// Share is what one partner gets of that unless its contract says otherwise; 0
	// means DefaultInbound.
	Share throttle.Limits
	// Strangers is how many requests that are not admitted are told why, all together; 0
	// means DefaultStrangers.
	Strangers throttle.Limits
	// Full reports whether a request for a path would find the hub at its capacity. It is
	// answered so before it is read, because a busy hub has no time for it; nil means
	// never.
	Full func(path string) bool
	// Operation is the name under which requests are traced and measured; empty means not
	// at all. Those that find the hub full are counted only.
	Operation string
	Logger    *slog.Logger
}

// DefaultInbound is one partner's share of a gate: a quarter of the places, so that
// three others are never in the way of a fourth, and a rate above what the hub can
// carry at all, so that it stops floods and not business.
func DefaultInbound() throttle.Limits {
	return throttle.Limits{PerSecond: 4000, Burst: 8000, AtOnce: DefaultInFlight / 4}
}

// DefaultStrangers is enough for partners that get their first requests wrong. Signing all
// of it takes a fifth of a processor; what is above is answered by a bare 503.
func DefaultStrangers() throttle.Limits {
	return throttle.Limits{PerSecond: 200, Burst: 1000, AtOnce: 64}
}

// toldPerSecond is how many times a second a partner beyond its share is told so in
// a signed answer, since an RSA signature costs more than all else about a refusal.
// Beyond it the answer is a bare 503.
const toldPerSecond = 50

func (c GateConfig) withDefaults() GateConfig {
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	if c.Freshness == 0 {
		c.Freshness = DefaultFreshness
	}
	if c.AnswerWithin == 0 {
		c.AnswerWithin = DefaultAnswerWithin
	}
	if c.InFlight == 0 {
		c.InFlight = DefaultInFlight
	}
	if c.Share == (throttle.Limits{}) {
		c.Share = DefaultInbound()
	}
	if c.Strangers == (throttle.Limits{}) {
		c.Strangers = DefaultStrangers()
	}
	if c.Full == nil {
		c.Full = func(string) bool { return false }
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// Call is one request that was read completely and whose signature fits.
type Call struct {
	From connectors.Participant
	// Path is the path of the request, without a query.
	Path string
	// Body is the message exactly as received.
	Body []byte
	// Digest identifies the signed bytes.
	Digest [sha256.Size]byte
}

// Gate is the envelope of a server: it authenticates requests over their raw
// bytes and signs the answers. It serves HTTP.
type Gate struct {
	config      GateConfig
	serve       func(context.Context, Call) any
	slots       chan struct{}
	shares      *throttle.Throttle
	told        *throttle.Throttle
	strangers   *throttle.Throttle
	reading     *throttle.Throttle
	busyAnswers busyAnswers
	// full counts the requests that found the hub full.
	full metric.Int64Counter
	// open serves what does not.
	open http.Handler
}

// NewGate returns a gate that passes authenticated calls on. What serve returns
// is encoded as the answer's body. The context that serve gets ends when the
// answer is due, not when the partner hangs up: what was begun is finished.
func NewGate(config GateConfig, serve func(context.Context, Call) any) *Gate {
	config = config.withDefaults()
	g := &Gate{
		config: config, serve: serve, slots: make(chan struct{}, config.InFlight),
		shares: throttle.New(config.Clock, config.Share),
		told: throttle.New(config.Clock, throttle.Limits{
			PerSecond: toldPerSecond, Burst: toldPerSecond, AtOnce: toldPerSecond,
		}),
		strangers: throttle.New(config.Clock, config.Strangers),
		reading: throttle.New(config.Clock, throttle.Limits{
			PerSecond: math.MaxInt32, Burst: math.MaxInt32, AtOnce: max(1, int64(config.InFlight/4)),
		}),
	}
	// A counter that cannot be made counts nothing.
	g.full, _ = otel.Meter("github.com/causeway-pay/causeway/connectors/alipayplus").Int64Counter(
		"causeway.requests.full", metric.WithUnit("{request}"),
		metric.WithDescription("requests of partners that found the hub full"))
	g.open = http.HandlerFunc(g.take)
	if config.Operation != "" {
		g.open = otelhttp.NewHandler(g.open, config.Operation)
	}
	return g
}

// ServeHTTP implements [http.Handler].
func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !g.turnAway(w, r) {
		g.open.ServeHTTP(w, r)
	}
}

// take serves a request for which there is room.
func (g *Gate) take(w http.ResponseWriter, r *http.Request) {
	select {
	case g.slots <- struct{}{}:
		defer func() { <-g.slots }()
	default:
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), g.config.AnswerWithin)
	defer cancel()
	target := r.URL.EscapedPath()
	if claimed, known := g.claimed(r); known && g.shares.Full(claimed.ID) {
		g.refuseBusy(ctx, w, r, target, claimed.ID)
		return
	}
	call, verified, err := g.admit(ctx, r)
	if errors.Is(err, errUnread) {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if err != nil {
		g.refuseStranger(ctx, w, r, target, call.From.ID, err)
		return
	}
	leave, err := g.shares.Enter(call.From.ID, call.From.Inbound)
	if err != nil {
		g.refuseBusy(ctx, w, r, verified, call.From.ID)
		return
	}
	defer leave()
	g.answer(ctx, w, r, verified, g.serve(ctx, call))
}

// claimed is who a request says that it is from.
func (g *Gate) claimed(r *http.Request) (connectors.Participant, bool) {
	return g.config.Directory.ByClient(onlyHeader(r.Header, headerClientID))
}

// refuseStranger tells why a request was not admitted, as long as there are not too many
// of them. They use up nobody's share, so only this bounds what they cost.
func (g *Gate) refuseStranger(
	ctx context.Context, w http.ResponseWriter, r *http.Request, target, claimed string, why error,
) {
	leave, err := g.strangers.Enter("", throttle.Limits{})
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	defer leave()
	g.config.Logger.LogAttrs(ctx, slog.LevelWarn, "request not admitted",
		slog.String("participant", claimed), slog.String("reason", reason.Of(why).String()))
	g.answer(ctx, w, r, target, refusal(why))
}

// refuseBusy tells a partner that it is beyond its share. Only its own authentic
// requests can have used that up, so nobody is told so because of another.
func (g *Gate) refuseBusy(ctx context.Context, w http.ResponseWriter, r *http.Request, target, partner string) {
	leave, err := g.told.Enter(partner, throttle.Limits{})
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	defer leave()
	g.config.Logger.LogAttrs(ctx, slog.LevelWarn, "request beyond the partner's share",
		slog.String("participant", partner))
	g.answer(ctx, w, r, target, refusal(reason.New(reason.Busy, "alipayplus.gate", "")))
}

// admit authenticates a request and returns, beside the call, the target that
// was signed.
func (g *Gate) admit(ctx context.Context, r *http.Request) (call Call, target string, err error) {
	const op = "alipayplus.admit"
	if r.Method != http.MethodPost {
		return call, "", reason.New(reason.UnsupportedMethod, op, "")
	}
	clientID := onlyHeader(r.Header, headerClientID)
	from, known := g.config.Directory.ByClient(clientID)
	if clientID == "" || !known {
		return call, "", reason.New(reason.UnknownClient, op, "")
	}
	call.From, call.Path = from, r.URL.Path
	header := onlyHeader(r.Header, headerSignature)
	signature, err := ParseSignature(header)
	if err != nil {
		return call, "", err
	}
	requestTime, err := g.requestTime(r.Header)
	if err != nil {
		return call, "", err
	}
	if call.Body, err = g.readBody(r, from); err != nil {
		return call, "", err
	}
	for _, target = range targets(r) {
		signed := SigningString(r.Method, target, clientID, requestTime, call.Body)
		err = g.config.Verifier.Verify(ctx, from.ID, signature.KeyVersion, signed, signature.Value)
		if err == nil {
			call.Digest = sha256.Sum256(signed)
			return call, target, jsonOnly(r.Header)
		}
	}
	return call, "", err
}

// targets are the spellings of the request target that a partner may have
// signed: with the query of a notification address, or without it.
func targets(r *http.Request) []string {
	path := r.URL.EscapedPath()
	if r.URL.RawQuery == "" {
		return []string{path}
	}
	return []string{path + "?" + r.URL.RawQuery, path}
}

func (g *Gate) requestTime(header http.Header) (string, error) {
	text := onlyHeader(header, headerRequestTime)
	at, readable := parseHeaderTime(text)
	if !readable {
		return "", illegal(headerRequestTime, "not a time")
	}
	if g.config.Freshness > 0 && !fresh(at, g.config.Clock.Now(), g.config.Freshness) {
		return "", illegal(headerRequestTime, "too far from the time here")
	}
	return text, nil
}

// onlyHeader returns a header that was given exactly once; two values of one
// header would mean that two readers could see two requests.
func onlyHeader(header http.Header, name string) string {
	values := header.Values(name)
	if len(values) != 1 || len(values[0]) > headerLengthMost {
		return ""
	}
	return values[0]
}

// jsonOnly looks at the first Content-Type, because a published SDK sends two.
// None at all is fine.
func jsonOnly(header http.Header) error {
	text := header.Get("Content-Type")
	if text == "" {
		return nil
	}
	media, parameters, err := mime.ParseMediaType(text)
	charset := parameters["charset"]
	if err != nil || media != "application/json" || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return reason.New(reason.UnsupportedMedia, "alipayplus.admit", "")
	}
	return nil
}

// errUnread means that too many bodies of one partner are being read.
var errUnread = errors.New("alipayplus: too many requests are being read")

// readBody reads a body in one of the places of the partner that a request claims to be
// from. Whether it is cannot be known before it is read, and a body that does not come
// holds its place until the connection's time is over: without a share a stranger could
// hold them all.
func (g *Gate) readBody(r *http.Request, claimed connectors.Participant) ([]byte, error) {
	leave, err := g.reading.Enter(claimed.ID, throttle.Limits{})
	if err != nil {
		return nil, errUnread
	}
	defer leave()
	body, err := readMost(r.Body, r.ContentLength)
	if err != nil {
		return nil, illegal("body", "cut off")
	}
	if len(body) > BodyMost {
		return nil, illegal("body", "larger than 64 KiB")
	}
	return body, nil
}

// bodyUsual is what a body gets before any of it has come: most messages fit, and who
// announces more and sends nothing holds no more.
const bodyUsual = 4 << 10

// readMost reads a body to its end, or until it is larger than one may be. announced is the
// length that its header tells, if it does.
func readMost(from io.Reader, announced int64) ([]byte, error) {
	var body bytes.Buffer
	// With room for the read that finds nothing more, see [bytes.Buffer.ReadFrom].
	body.Grow(int(min(max(announced, 0), bodyUsual)) + bytes.MinRead)
	_, err := body.ReadFrom(io.LimitReader(from, BodyMost+1))
	return body.Bytes(), err
}

// answer signs and writes.
func (g *Gate) answer(ctx context.Context, w http.ResponseWriter, r *http.Request, target string, message any) {
	answer, err := g.signed(ctx, g.addressee(r, target), g.config.Clock.Now(), message)
	g.write(ctx, w, answer, err)
}

// signed signs an answer.
func (g *Gate) signed(ctx context.Context, to addressee, at time.Time, message any) (signedAnswer, error) {
	answer := signedAnswer{addressee: to, at: formatTime(at)}
	var err error
	if answer.body, err = Encode(message); err != nil {
		return answer, err
	}
	signed := SigningString(to.method, to.target, to.clientID, answer.at, answer.body)
	value, version, err := g.config.Signer.Sign(ctx, signed)
	answer.signature = FormatSignature(Signature{KeyVersion: version, Value: value})
	return answer, err
}

// write writes an answer. One that could not be signed is not given: the partner reads the
// status as an unknown outcome.
func (g *Gate) write(ctx context.Context, w http.ResponseWriter, answer signedAnswer, err error) {
	if err != nil {
		g.config.Logger.LogAttrs(ctx, slog.LevelError, "answer not signed", slog.String("error", err.Error()))
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header[answerClientID] = []string{answer.clientID}
	header[answerTime] = []string{answer.at}
	header[answerSignature] = []string{answer.signature}
	header.Set("Content-Type", contentType)
	_, _ = w.Write(answer.body) // a partner that hung up asks again
}

// NewHTTPServer returns a server with the limits that fit a gate: headers
// within 5 seconds and 16 KiB, a request within 10 seconds, an answer within
// DefaultAnswerWithin after that with time to spare, idle connections kept for
// two minutes, longer than the partners' SDKs keep theirs.
func NewHTTPServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
}
