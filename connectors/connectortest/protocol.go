package connectortest

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
)

// Verb names an operation of the contract, independent of any protocol.
type Verb string

// The verbs that partners call.
const (
	Pay        Verb = "pay"
	Inquire    Verb = "inquire"
	Cancel     Verb = "cancel"
	Return     Verb = "return"
	IssueCodes Verb = "issue codes"
	Scanned    Verb = "scanned"
	Confirm    Verb = "confirm"
	Price      Verb = "price"
	Identify   Verb = "identify"
	Consult    Verb = "consult"
	// ConfirmPush is an acquirer's own word about a push.
	ConfirmPush Verb = "confirm push"
)

// The verbs about agreements.
const (
	Prepare Verb = "prepare"
	Apply   Verb = "apply"
	Revoke  Verb = "revoke"
	Told    Verb = "told"
)

// The verbs about declarations to customs.
const (
	Declare      Verb = "declare"
	Declarations Verb = "declarations"
)

// The verbs that only the hub calls.
const (
	Order       Verb = "order"
	Push        Verb = "push"
	InquirePush Verb = "inquire push"
)

// asks reports whether a verb is about no payment, so that no words of it go on
// record.
func (v Verb) asks() bool {
	switch v {
	case IssueCodes, Price, Identify, Consult, Prepare, Apply, Revoke, Told, Declare, Declarations:
		return true
	default:
		return false
	}
}

// Subject is what a request is about.
type Subject struct {
	// Key is the request id: of the payment, or of the return.
	Key string
	// Payment is the request id of the payment that a return is about.
	Payment string
	// Minor is the amount in JPY.
	Minor int64
}

// Forgery is a way in which a request is not genuine.
type Forgery uint8

// The forgeries.
const (
	// OtherKey: signed with a key that is not the participant's.
	OtherKey Forgery = iota
	// OtherVersion: names a key version that is not active.
	OtherVersion
	// OtherClient: sent in the name of nobody.
	OtherClient
	// OldTime: signed properly, long ago.
	OldTime
	// NoSignature: not signed at all.
	NoSignature
)

// Verdict is how a scripted partner answers a call.
type Verdict uint8

// The verdicts.
const (
	// Yes and No are final answers, Open says that the payment is in process.
	Yes Verdict = iota
	No
	Open
	// NeverHeard says that the payment is not known.
	NeverHeard
	// Unsigned, Forged and Stale are a Yes that does not count.
	Unsigned
	Forged
	Stale
	// Garbled is a signed answer that cannot be read.
	Garbled
	// CutOff is a Yes that ends too early, Huge one that does not end.
	CutOff
	Huge
	// Late is a Yes that comes when nobody waits any more.
	Late
	// Contradictory is a signed answer that says yes and no.
	Contradictory
	// Elsewhere redirects to another address.
	Elsewhere
	// Broken is a signed Yes under an HTTP status of failure.
	Broken
	// HungUp closes the connection without an answer.
	HungUp
)

// Outcome is what an answer to a partner means.
type Outcome struct {
	// Genuine answers are signed by the switch.
	Genuine bool
	// Accepted is whether the request was taken: done or in process.
	Accepted bool
	// Code is the protocol's own code.
	Code string
}

// Protocol is what a connector supplies to be examined.
type Protocol struct {
	// Acquirer, Stranger (another acquirer) and Wallet are known to Serve.
	Acquirer, Stranger, Wallet connectors.Participant
	// Serve starts the connector before the hub, which is [connectors.Agreements] and
	// [connectors.Customs] too, and returns its host and port.
	Serve func(t *testing.T, hub connectors.Hub) string
	// Request returns a genuine request.
	Request func(t *testing.T, from connectors.Participant, verb Verb, about Subject) Request
	// Sign makes a request with another body genuine.
	Sign func(t *testing.T, from connectors.Participant, request Request) Request
	// Forge spoils a genuine request.
	Forge func(t *testing.T, from connectors.Participant, request Request, forgery Forgery) Request
	// Equivalent reports whether two requests differ in spelling only, so that
	// a mutation is none.
	Equivalent func(a, b Request) bool
	// Read reads an answer.
	Read func(t *testing.T, to Request, answer *http.Response, body []byte) Outcome

	// Connect returns the side that calls partners, which waits so long.
	Connect func(t *testing.T, within time.Duration) (connectors.Wallet, connectors.Acquirer)
	// ConnectAgreements returns the same side for agreements; nil if there are none.
	ConnectAgreements func(t *testing.T, within time.Duration) (
		connectors.AgreementWallet, connectors.AgreementAcquirer)
	// ConnectCustoms returns the same side for declarations; nil if there are none.
	ConnectCustoms func(t *testing.T, within time.Duration) connectors.CustomsWallet
	// Script answers a call as the participant would. It does not return before
	// the answer is written; for Late it waits until the caller is gone.
	Script func(t *testing.T, as connectors.Participant, verdict Verdict) http.HandlerFunc
	// Closed are the verbs that the participants do not have in this protocol; those that
	// only the hub calls are not examined either.
	Closed []Verb
	// BodyMost is the size of a body that is refused for its size alone.
	BodyMost int
}

// Run examines a connector.
func Run(t *testing.T, protocol Protocol) {
	t.Run("inbound", func(t *testing.T) { inbound(t, protocol) })
	t.Run("mutations", func(t *testing.T) { mutations(t, protocol) })
	t.Run("outbound", func(t *testing.T) { outbound(t, protocol) })
	if protocol.ConnectAgreements != nil {
		t.Run("agreements", func(t *testing.T) { agreements(t, protocol) })
	}
	if protocol.ConnectCustoms != nil {
		t.Run("customs", func(t *testing.T) { customs(t, protocol) })
	}
}

func (p Protocol) has(verb Verb) bool { return !slices.Contains(p.Closed, verb) }
