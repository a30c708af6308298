package alipayplus

import (
	"context"
	"log/slog"
	"maps"
	"net/http"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
)

// DefaultReplayShare is how many getPaymentCode requests of one wallet are
// remembered; it allows 100 a second over the ten minutes that they are kept.
const DefaultReplayShare = 65_536

// ServerConfig configures a [Server].
type ServerConfig struct {
	Gate GateConfig
	Hub  connectors.Hub
	// Full reports whether all places for payments in flight are taken; nil means never.
	Full func() bool
	// Agreements closes auto debit if it is nil.
	Agreements connectors.Agreements
	// Merchants closes the registration of merchants if it is nil.
	Merchants connectors.Merchants
	// Disputes closes disputes if it is nil.
	Disputes connectors.Disputes
	// Customs closes declarations to customs if it is nil.
	Customs connectors.Customs
	// PublicURL is the base address under which wallets reach this server; it
	// makes the paymentNotifyUrl given to them. Empty leaves that out.
	PublicURL string
	// ReplayShare is how many requests per client the replay guard remembers; 0
	// means DefaultReplayShare.
	ReplayShare int
}

// Server offers the hub to acquirers and wallets. It serves HTTP.
type Server struct {
	handler    http.Handler
	hub        connectors.Hub
	agreements connectors.Agreements
	merchants  connectors.Merchants
	disputes   connectors.Disputes
	customs    connectors.Customs
	publicURL  string
	config     GateConfig
	replays    *replayGuard
	open       map[string]operation
	// member is what is open to networks of which the switch is a member.
	member map[string]operation
}

// operation is one offer of the server.
type operation struct {
	role connectors.Role
	// starts marks what a suspended participant may not do.
	starts bool
	// places marks what takes a place among the payments in flight.
	places bool
	// once marks what has no idempotency key, so that a repetition of the same
	// signed bytes is refused.
	once bool
	// agrees marks what is about agreements.
	agrees bool
	// registers marks what is about the registration of merchants.
	registers bool
	// disputes marks what is about disputes.
	disputes bool
	// customs marks what is about declarations to customs.
	customs bool
	serve   func(*Server, context.Context, Call) (any, error)
}

// Paths of the operations; partners serve theirs under the same ones.
const (
	PathPay                = "/aps/api/v1/payments/pay"
	PathInquiryPayment     = "/aps/api/v1/payments/inquiryPayment"
	PathCancelPayment      = "/aps/api/v1/payments/cancelPayment"
	PathRefund             = "/aps/api/v1/payments/refund"
	PathNotifyPayment      = "/aps/api/v1/payments/notifyPayment"
	PathGetPaymentCode     = "/aps/api/v1/codes/getPaymentCode"
	PathUserInitiatedPay   = "/aps/api/v1/payments/userInitiatedPay"
	PathConsultPayment     = "/aps/api/v1/payments/consultPayment"
	PathNotifyPush         = "/aps/api/v1/payments/notifyPushPayment"
	PathPush               = "/aps/api/v1/payments/pushPayment"
	PathInquiryPush        = "/aps/api/v1/payments/inquiryPushPayment"
	PathPrepare            = "/aps/api/v1/authorizations/prepare"
	PathApplyToken         = "/aps/api/v1/authorizations/applyToken"
	PathCancelToken        = "/aps/api/v1/authorizations/cancelToken"
	PathConsultUnbinding   = "/aps/api/v1/authorizations/consultUnbinding"
	PathAuthNotify         = "/aps/api/v1/authorizations/authNotify"
	PathIdentifyCode       = "/aps/api/v1/codes/identifyCode"
	PathRegistration       = "/aps/api/v1/merchants/registration"
	PathRegistrationStatus = "/aps/api/v1/merchants/inquiryRegistrationStatus"
	PathInitiateRetrieval  = "/aps/api/v1/disputes/initiateRetrieval"
	PathInitiateEscalation = "/aps/api/v1/disputes/initiateEscalation"
	PathResponseRetrieval  = "/aps/api/v1/disputes/responseRetrieval"
	PathResponseEscalation = "/aps/api/v1/disputes/responseEscalation"
	PathDeclare            = "/aps/api/v1/customs/declare"
	PathDeclarations       = "/aps/api/v1/customs/inquireDeclarationRequests"
	// PathDeclarationsInquiry is how the documentation spells it as well.
	PathDeclarationsInquiry = "/aps/api/v1/customs/inquiryDeclarationRequests"
	PathRegistrationNotice  = "/aps/api/v1/merchants/notifyRegistrationStatus"
	PathExchangeRate        = "/aps/api/v1/payments/inquiryForeignExchangeQuote"
	// PathExchangeRateShort is how the documentation spells it as well.
	PathExchangeRateShort = "/aps/v1/payments/inquiryForeignExchangeQuote"
)

func operations() map[string]operation {
	open := map[string]operation{
		PathPay:              {role: connectors.RoleAcquirer, starts: true, places: true, serve: (*Server).pay},
		PathInquiryPayment:   {role: connectors.RoleAcquirer, serve: (*Server).inquiryPayment},
		PathCancelPayment:    {role: connectors.RoleAcquirer, serve: (*Server).cancelPayment},
		PathRefund:           {role: connectors.RoleAcquirer, places: true, serve: (*Server).refund},
		PathGetPaymentCode:   {role: connectors.RoleWallet, starts: true, once: true, serve: (*Server).getPaymentCode},
		PathUserInitiatedPay: {role: connectors.RoleWallet, starts: true, places: true, serve: (*Server).userInitiatedPay},
		PathNotifyPayment:    {role: connectors.RoleWallet, serve: (*Server).notifyPayment},
		PathConsultPayment:   {role: connectors.RoleAcquirer, serve: (*Server).consultPayment},
		PathNotifyPush:       {role: connectors.RoleAcquirer, serve: (*Server).notifyPushPayment},
		PathIdentifyCode:     {role: connectors.RoleWallet, serve: (*Server).identifyCode},
		PathPrepare:          {role: connectors.RoleAcquirer, starts: true, agrees: true, serve: (*Server).prepare},
		PathApplyToken:       {role: connectors.RoleAcquirer, starts: true, agrees: true, serve: (*Server).applyToken},
		PathCancelToken:      {role: connectors.RoleAcquirer, agrees: true, serve: (*Server).cancelToken},
		PathAuthNotify:       {role: connectors.RoleWallet, agrees: true, serve: (*Server).authNotify},
		PathExchangeRate:     {role: connectors.RoleWallet, once: true, serve: (*Server).inquiryForeignExchangeQuote},
		PathRegistration: {
			role: connectors.RoleAcquirer, starts: true, registers: true, serve: (*Server).registration,
		},
		PathRegistrationStatus: {
			role: connectors.RoleAcquirer, registers: true, serve: (*Server).inquiryRegistrationStatus,
		},
		PathExchangeRateShort: {
			role: connectors.RoleWallet, once: true, serve: (*Server).inquiryForeignExchangeQuote,
		},
	}
	maps.Copy(open, disputeOperations(connectors.RoleWallet))
	maps.Copy(open, disputeOperations(connectors.RoleAcquirer))
	maps.Copy(open, customsOperations())
	return open
}

// NewServer returns a server.
func NewServer(config ServerConfig) *Server {
	if config.ReplayShare == 0 {
		config.ReplayShare = DefaultReplayShare
	}
	gate := config.Gate.withDefaults()
	s := &Server{
		hub: config.Hub, agreements: config.Agreements,
		merchants: config.Merchants, disputes: config.Disputes, customs: config.Customs,
		publicURL: config.PublicURL, config: gate,
		replays: newReplayGuard(max(gate.Freshness, DefaultFreshness), config.ReplayShare),
		open:    operations(), member: memberOperations(),
	}
	if config.Full != nil {
		gate.Full = func(path string) bool { return s.open[path].places && config.Full() }
	}
	gate.Operation = "alipayplus"
	s.handler = NewGate(gate, s.serve)
	return s
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

func (s *Server) serve(ctx context.Context, call Call) any {
	answer, err := s.dispatch(ctx, call)
	if err == nil {
		return answer
	}
	kind := reason.Of(err)
	level, attributes := slog.LevelInfo, []slog.Attr{
		slog.String("participant", call.From.ID), slog.String("path", s.known(call.Path)),
		slog.String("reason", kind.String()),
	}
	if kind == reason.Unknown {
		level, attributes = slog.LevelError, append(attributes, slog.String("error", err.Error()))
	}
	s.config.Logger.LogAttrs(ctx, level, "request refused", attributes...)
	return refusal(err)
}

// known returns a path that is in the protocol and nothing else: what a caller
// made up is not written down.
func (s *Server) known(path string) string {
	if _, open := s.open[path]; open {
		return path
	}
	return ""
}

func (s *Server) dispatch(ctx context.Context, call Call) (any, error) {
	const op = "alipayplus.dispatch"
	operation, open := s.operation(call)
	switch {
	case !open:
		return nil, reason.New(reason.UnknownInterface, op, "")
	case operation.agrees && s.agreements == nil, operation.registers && s.merchants == nil,
		operation.disputes && s.disputes == nil, operation.customs && s.customs == nil:
		return nil, reason.New(reason.Unsupported, op, "")
	case operation.role != call.From.Role:
		return nil, reason.New(reason.AccessDenied, op, "")
	case operation.starts && call.From.Suspended:
		return nil, reason.New(reason.InvalidContract, op, "")
	}
	if operation.once {
		if err := s.refuseReplay(call); err != nil {
			return nil, err
		}
	}
	return operation.serve(s, ctx, call)
}

// operation finds what a call asks for. Networks call their members by the same paths
// in other words.
func (s *Server) operation(call Call) (operation, bool) {
	open := s.open
	if call.From.Network() {
		open = s.member
	}
	found, isOpen := open[call.Path]
	return found, isOpen
}

func (s *Server) refuseReplay(call Call) error {
	switch s.replays.admit(call.From.ClientID, call.Digest, s.config.Clock.Now()) {
	case replaySeen:
		return reason.New(reason.AccessDenied, "alipayplus.replay", "")
	case replayFull:
		return reason.New(reason.Busy, "alipayplus.replay", "")
	default:
		return nil
	}
}
