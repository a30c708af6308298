package alipayplus

import (
	"context"
	"maps"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

// memberOperations is what networks may ask of the switch as their member: those that
// stand for merchants ask it as a wallet, those that stand for payers as an acquirer.
func memberOperations() map[string]operation {
	open := map[string]operation{
		PathPay:            {role: connectors.RoleAcquirer, starts: true, serve: (*Server).memberPay},
		PathInquiryPayment: {role: connectors.RoleAcquirer, serve: (*Server).memberInquiry},
		PathCancelPayment:  {role: connectors.RoleAcquirer, serve: (*Server).memberCancel},
		PathRefund:         {role: connectors.RoleAcquirer, serve: (*Server).memberRefund},
		PathNotifyPayment:  {role: connectors.RoleWallet, serve: (*Server).memberNotified},
		PathAuthNotify:     {role: connectors.RoleWallet, agrees: true, serve: (*Server).authNotify},
		PathUserInitiatedPay: {
			role: connectors.RoleWallet, starts: true, serve: (*Server).memberScanned,
		},
	}
	maps.Copy(open, disputeOperations(connectors.RoleWallet))
	maps.Copy(open, disputeOperations(connectors.RoleAcquirer))
	maps.Copy(open, customsOperations())
	return open
}

// memberPay is asked of the switch as a wallet: the payer is the customer that the
// switch named to the network, or is found on the page that the switch answers with.
func (s *Server) memberPay(ctx context.Context, call Call) (any, error) {
	var request PayRequest
	if err := Decode(call.Body, &request); err != nil {
		return nil, err
	}
	order, err := request.readAsWallet(call)
	if err != nil {
		return nil, err
	}
	payment, err := s.hub.Pay(ctx, call.From, order)
	if err != nil {
		return nil, err
	}
	return memberPayAnswer(payment), nil
}

// readAsWallet turns a network's pay into an order. What is paid, to the network, is
// payToAmount; the merchant's own amount is in its order.
func (r PayRequest) readAsWallet(call Call) (connectors.Order, error) {
	if r.PaymentMethod.Type != methodType {
		return connectors.Order{}, reason.New(reason.Unsupported, "alipayplus.member.pay", "")
	}
	mode, err := r.PaymentFactor.mode()
	if err != nil {
		return connectors.Order{}, err
	}
	if mode != connectors.PaymentCode && !mode.Redirects() {
		return connectors.Order{}, reason.New(reason.Unsupported, "alipayplus.member.pay", "")
	}
	if r.PayToAmount == nil {
		return connectors.Order{}, illegal("payToAmount", "missing")
	}
	if _, err := r.PaymentAmount.read("paymentAmount"); err != nil {
		return connectors.Order{}, err
	}
	if mode == connectors.PaymentCode && r.PaymentMethod.CustomerID == "" {
		return connectors.Order{}, illegal("paymentMethod.customerId", "missing")
	}
	wanted := *r.PaymentAmount
	r.PaymentAmount, r.PaymentNotifyURL, r.SettlementStrategy = r.PayToAmount, "", nil
	order, err := r.order(mode, call.From,
		call.words(func(o connectors.Outcome) (any, error) { return memberPayAnswer(o.Payment), nil }))
	order.CustomerID = r.PaymentMethod.CustomerID
	order.CheckedFields = checked("pay", wanted.text(), r.PayToAmount.text(), r.PaymentMethod.Type,
		r.PaymentMethod.CustomerID, string(mode))
	return order, err
}

func memberPayAnswer(payment connectors.Payment) WalletAnswer {
	kind := outcome(payment.Status, payment.Reason)
	answer := WalletAnswer{
		Answer: Answer{ResultOf(kind)}, PaymentID: idText(payment.ID), CustomerID: payment.PayerReference,
	}
	switch {
	case kind == reason.None:
		answer.PaymentTime = formatTime(payment.CompletedAt)
	case kind == reason.InProcess && payment.Mode.Redirects():
		answer.PaymentURL, answer.NormalURL = payment.OrderCode, payment.OrderCode
	}
	return answer
}

func (s *Server) memberInquiry(ctx context.Context, call Call) (any, error) {
	var request InquiryRequest
	if err := Decode(call.Body, &request); err != nil {
		return nil, err
	}
	named, err := reference("", request.PaymentRequestID)
	if err != nil {
		return nil, err
	}
	named.Words = call.words(func(o connectors.Outcome) (any, error) { return memberInquiryAnswer(o.Payment), nil })
	payment, err := s.hub.Inquire(ctx, call.From, named)
	if err != nil {
		return nil, err
	}
	return memberInquiryAnswer(payment), nil
}

func memberInquiryAnswer(payment connectors.Payment) InquiryAnswer {
	of := memberPayAnswer(payment)
	return InquiryAnswer{
		Answer: Answer{ResultOf(reason.None)}, PaymentResult: &of.Result, PaymentRequestID: payment.RequestID,
		PaymentID: of.PaymentID, PaymentTime: of.PaymentTime, CustomerID: of.CustomerID,
		PaymentAmount: merchantAmount(payment.Transfer.Supplementary),
		PayToAmount:   optionalAmount(payment.Transfer.InstructedAmount),
	}
}

func (s *Server) memberCancel(ctx context.Context, call Call) (any, error) {
	var request CancelRequest
	if err := Decode(call.Body, &request); err != nil {
		return nil, err
	}
	named, err := reference("", request.PaymentRequestID)
	if err != nil {
		return nil, err
	}
	named.Words = call.words(func(o connectors.Outcome) (any, error) { return memberCancelAnswer(o.Payment), nil })
	payment, err := s.hub.Cancel(ctx, call.From, named)
	if err != nil {
		return nil, err
	}
	return memberCancelAnswer(payment), nil
}

func memberCancelAnswer(payment connectors.Payment) Answer { return cancelAnswer(payment).Answer }

// memberRefund gives back what the network pays for it, refundFromAmount.
func (s *Server) memberRefund(ctx context.Context, call Call) (any, error) {
	var request RefundRequest
	if err := Decode(call.Body, &request); err != nil {
		return nil, err
	}
	named, err := reference("", request.PaymentRequestID)
	if err != nil {
		return nil, err
	}
	if request.RefundFromAmount == nil {
		return nil, illegal("refundFromAmount", "missing")
	}
	amount, err := request.RefundFromAmount.read("refundFromAmount")
	if err != nil {
		return nil, err
	}
	answered := func(refund connectors.Return) RefundAnswer { return memberRefundAnswer(refund, request.RefundAmount) }
	refund, err := s.hub.Return(ctx, call.From, connectors.ReturnOrder{
		RequestID: request.RefundRequestID, Payment: named, Amount: amount, Why: request.RefundReason,
		Words: call.words(func(o connectors.Outcome) (any, error) { return answered(o.Return), nil }),
		CheckedFields: checked("refund", request.RefundAmount.text(), request.RefundFromAmount.text(),
			request.PaymentRequestID),
	})
	if err != nil {
		return nil, err
	}
	return answered(refund), nil
}

func memberRefundAnswer(refund connectors.Return, asked *Amount) RefundAnswer {
	kind := outcome(refund.Status, refund.Reason)
	answer := RefundAnswer{Answer: Answer{ResultOf(kind)}, RefundID: idText(refund.ID), RefundAmount: asked}
	if kind == reason.None {
		answer.RefundTime = formatTime(refund.CompletedAt)
	}
	return answer
}

// memberNotified takes a network's word about a payment that the switch asked it for
// as an acquirer. What the network says that it owes must be what the hub reserved.
func (s *Server) memberNotified(ctx context.Context, call Call) (any, error) {
	var request NotifyRequest
	if err := Decode(call.Body, &request); err != nil {
		return nil, err
	}
	confirmation := connectors.Confirmation{
		Payment: connectors.Reference{RequestID: request.PaymentRequestID},
		CheckedFields: checked("notifyPayment", request.PaymentResult.Status, request.PaymentResult.Code,
			request.PaymentID, request.CustomerID, request.PaymentAmount.text(), request.SettlementAmount.text()),
		WalletPaymentID: request.PaymentID, PayerReference: request.CustomerID,
		Words: call.words(func(connectors.Outcome) (any, error) { return received(), nil }),
	}
	err := decide(&confirmation, *request.PaymentResult, request.PaymentTime)
	if err == nil {
		confirmation.SettlementAmount, err = request.owed(confirmation.Decision)
	}
	if err != nil {
		return nil, err
	}
	if err := s.hub.Confirm(ctx, call.From, confirmation); err != nil {
		return nil, err
	}
	return received(), nil
}

// owed is what a network owes for a payment that succeeded: the settlement amount, or
// where there is none because nothing was converted the payment's own.
func (r NotifyRequest) owed(decision connectors.Decision) (money.Amount, error) {
	amount := r.SettlementAmount
	if amount == nil {
		amount = r.PaymentAmount
	}
	switch {
	case amount != nil:
		return amount.read("settlementAmount")
	case decision == connectors.Accepted:
		return money.Amount{}, illegal("settlementAmount", "missing")
	default:
		return money.Amount{}, nil
	}
}

// memberScanned is asked of the switch as the acquirer whose order is behind a code.
func (s *Server) memberScanned(ctx context.Context, call Call) (any, error) {
	var request OrderRequest
	if err := Decode(call.Body, &request); err != nil {
		return nil, err
	}
	if request.CustomerID == "" {
		return nil, illegal("customerId", "missing")
	}
	typed, err := ScanRequest{PaymentAmount: request.PaymentAmount}.typed()
	if err != nil {
		return nil, err
	}
	payment, err := s.hub.Scanned(ctx, call.From, connectors.Scan{
		CodeValue: request.CodeValue, PayerReference: request.CustomerID, Amount: typed,
		Words: call.words(func(o connectors.Outcome) (any, error) { return s.memberOrder(o.Payment) }),
	})
	if err != nil {
		return nil, err
	}
	return s.memberOrder(payment)
}

// memberOrder is the order of a payment as an acquirer gives it. A payment that is
// done is given again: a network may ask for it whenever it has lost the answer.
func (s *Server) memberOrder(payment connectors.Payment) (OrderAnswer, error) {
	if payment.Status == iso20022.Cancelled || payment.Status == iso20022.Rejected {
		return OrderAnswer{}, reason.New(outcome(payment.Status, payment.Reason), "alipayplus.member.scan", "")
	}
	order, err := orderFor(payment.Transfer)
	if err != nil {
		return OrderAnswer{}, err
	}
	return OrderAnswer{
		Answer: Answer{ResultOf(reason.None)}, CodeType: codeTypeOrder,
		PaymentRequestID: uetrText(payment.Transfer.UETR), Order: order,
		PaymentAmount:      optionalAmount(payment.Transfer.SettlementAmount),
		PaymentFactor:      FactorOf(connectors.OrderCode),
		PaymentNotifyURL:   notifyAddress(s.publicURL),
		PaymentExpiryTime:  formatTime(payment.Transfer.ExpiresAt),
		PaymentRedirectURL: payment.RedirectURL,
	}, nil
}
