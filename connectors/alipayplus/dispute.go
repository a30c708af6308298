package alipayplus

import (
	"context"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/money"
)

// DisputeRequest is initiateRetrieval and initiateEscalation: a wallet asks the switch,
// the switch asks an acquirer. The documents name disputeRequestId, paymentRequestId,
// disputeOccurTime, reason and amount, and not how the last two are written.
type DisputeRequest struct {
	AcquirerID       string  `json:"acquirerId,omitempty"       aps:"64"`
	PspID            string  `json:"pspId,omitempty"            aps:"64"`
	DisputeRequestID string  `json:"disputeRequestId"           aps:"64,required"`
	PaymentRequestID string  `json:"paymentRequestId"           aps:"64,required"`
	OccurTime        string  `json:"disputeOccurTime,omitempty" aps:"40"`
	Reason           string  `json:"disputeReason"              aps:"256,required"`
	Amount           *Amount `json:"disputeAmount"              aps:",required"`
	// ResponseDueTime is until when the acquirer has to answer, an extension.
	ResponseDueTime string `json:"responseDueTime,omitempty" aps:"40"`
}

// DisputeResponse is responseRetrieval and responseEscalation: an acquirer answers, and
// the switch passes it on to the wallet.
type DisputeResponse struct {
	DisputeRequestID string  `json:"disputeRequestId"           aps:"64,required"`
	RefundType       string  `json:"refundType"                 aps:"32,required"`
	RefundAmount     *Amount `json:"refundAmount,omitempty"`
	Evidence         string  `json:"disputeEvidence,omitempty"  aps:"20000"`
}

// The values of refundType, which the documents name and do not list.
const (
	refundWhole   = "FULL_REFUND"
	refundPart    = "PARTIAL_REFUND"
	refundNothing = "NO_REFUND"
)

// disputePaths are the operations of each stage: to open, and to answer.
var disputePaths = map[connectors.DisputeStage][2]string{
	connectors.Retrieval:  {PathInitiateRetrieval, PathResponseRetrieval},
	connectors.Escalation: {PathInitiateEscalation, PathResponseEscalation},
}

// stageOf returns the stage whose operation has a path.
func stageOf(path string) connectors.DisputeStage {
	if path == PathInitiateEscalation || path == PathResponseEscalation {
		return connectors.Escalation
	}
	return connectors.Retrieval
}

// disputeOperations are open to wallets, which open disputes, and to acquirers, which
// answer them. A network that stands for payers opens them as a wallet does.
func disputeOperations(of connectors.Role) map[string]operation {
	opens := operation{role: connectors.RoleWallet, disputes: true, serve: (*Server).openDispute}
	answers := operation{role: connectors.RoleAcquirer, disputes: true, serve: (*Server).respondToDispute}
	all := map[string]operation{PathInitiateRetrieval: opens, PathInitiateEscalation: opens}
	if of == connectors.RoleAcquirer {
		all = map[string]operation{PathResponseRetrieval: answers, PathResponseEscalation: answers}
	}
	return all
}

func (s *Server) openDispute(ctx context.Context, call Call) (any, error) {
	var request DisputeRequest
	if err := Decode(call.Body, &request); err != nil {
		return nil, err
	}
	amount, err := request.Amount.read("disputeAmount")
	if err != nil {
		return nil, err
	}
	occurred, readable := parseBodyTime(request.OccurTime)
	if request.OccurTime != "" && !readable {
		return nil, illegal("disputeOccurTime", "not ISO 8601 with an offset")
	}
	if request.OccurTime == "" {
		occurred = s.config.Clock.Now()
	}
	err = s.disputes.OpenDispute(ctx, call.From, connectors.DisputeOrder{
		RequestID: request.DisputeRequestID, Stage: stageOf(call.Path), Amount: amount, Why: request.Reason,
		Payment: connectors.Reference{RequestID: request.PaymentRequestID}, OccurredAt: occurred,
		CheckedFields: checked("dispute", call.Path, request.PaymentRequestID, request.Amount.text()),
	})
	if err != nil {
		return nil, err
	}
	return received(), nil
}

func (s *Server) respondToDispute(ctx context.Context, call Call) (any, error) {
	var request DisputeResponse
	if err := Decode(call.Body, &request); err != nil {
		return nil, err
	}
	response, err := request.read(stageOf(call.Path))
	if err != nil {
		return nil, err
	}
	if err := s.disputes.RespondToDispute(ctx, call.From, response); err != nil {
		return nil, err
	}
	return received(), nil
}

func (r DisputeResponse) read(stage connectors.DisputeStage) (connectors.DisputeResponse, error) {
	response := connectors.DisputeResponse{
		RequestID: r.DisputeRequestID, Stage: stage, Evidence: r.Evidence, Whole: r.RefundType == refundWhole,
		CheckedFields: checked("response", string(stage), r.RefundType, r.RefundAmount.text()),
	}
	switch {
	case r.RefundType == refundPart && r.RefundAmount == nil:
		return response, illegal("refundAmount", "missing")
	case r.RefundType == refundPart:
		var err error
		response.Refund, err = r.RefundAmount.read("refundAmount")
		return response, err
	case r.RefundType != refundWhole && r.RefundType != refundNothing:
		return response, illegal("refundType", "not FULL_REFUND, PARTIAL_REFUND or NO_REFUND")
	default:
		return response, nil
	}
}

// Disputes is a [Client] as [connectors.DisputeAcquirer] and [connectors.DisputeWallet].
type Disputes struct{ client *Client }

var (
	_ connectors.DisputeAcquirer = Disputes{}
	_ connectors.DisputeWallet   = Disputes{}
)

// Disputes returns the client's calls about disputes. They are the same as a member of
// another network: who stands for merchants is told, who stands for payers is answered.
func (c *Client) Disputes() Disputes { return Disputes{c} }

// NotifyDispute implements [connectors.DisputeAcquirer].
func (d Disputes) NotifyDispute(
	ctx context.Context, to connectors.Participant, notice connectors.DisputeNotice,
) connectors.Answer {
	return d.client.notice(ctx, to, disputePaths[notice.Stage][0], DisputeRequest{
		AcquirerID: to.ID, DisputeRequestID: notice.RequestID, PaymentRequestID: notice.PaymentRequestID,
		OccurTime: formatTime(notice.OccurredAt), Reason: notice.Why, Amount: amountOf(notice.Amount),
		ResponseDueTime: formatTime(notice.AnswerBy),
	})
}

// NotifyDisputeResponse implements [connectors.DisputeWallet].
func (d Disputes) NotifyDisputeResponse(
	ctx context.Context, to connectors.Participant, notice connectors.DisputeNotice,
) connectors.Answer {
	return d.client.notice(ctx, to, disputePaths[notice.Stage][1], DisputeResponse{
		DisputeRequestID: notice.RequestID, RefundType: refundTypeOf(notice.Amount, notice.Refund),
		RefundAmount: positiveAmount(notice.Refund), Evidence: notice.Evidence,
	})
}

func refundTypeOf(disputed, refund money.Amount) string {
	switch {
	case refund.Minor == 0:
		return refundNothing
	case refund == disputed:
		return refundWhole
	default:
		return refundPart
	}
}

func positiveAmount(amount money.Amount) *Amount {
	if amount.Minor == 0 {
		return nil
	}
	return amountOf(amount)
}
