package sandbox

import (
	"sync"
	"time"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

// The merchants' customs codes that script what a wallet does with a declaration; any
// other is taken.
const (
	// CustomsRefused is refused with RISK_REJECT.
	CustomsRefused = "REFUSED"
	// CustomsSilent gets no answer the first time, and is taken when it comes again.
	CustomsSilent = "SILENT"
	// CustomsMute never gets an answer.
	CustomsMute = "MUTE"
)

// customsCode is what customs know every sandbox wallet by.
const customsCode = "SANDBOX-CUSTOMS"

// declaration is one in the wallet's book. Of the buyer nothing is kept but what the
// check has said.
type declaration struct {
	request alipayplus.DeclareRequest
	answer  alipayplus.DeclareAnswer
	at      time.Time
}

// declarations are what a wallet has told customs. It is safe for concurrent use.
type declarations struct {
	mu  sync.Mutex
	all map[string]declaration
}

// once returns the declaration with a request id, made by make if there is none.
func (d *declarations) once(requestID string, make func() declaration) (one declaration, made bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if one, known := d.all[requestID]; known {
		return one, false
	}
	if d.all == nil {
		d.all = map[string]declaration{}
	}
	one = make()
	d.all[requestID] = one
	return one, true
}

func (d *declarations) find(requestID string) (declaration, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	one, known := d.all[requestID]
	return one, known
}

// declare takes a declaration of a payment that was made. silent says that the switch is
// to get no answer.
func (w *wallet) declare(body []byte) (answer alipayplus.DeclareAnswer, silent bool, err error) {
	const op = "sandbox.declare"
	var request alipayplus.DeclareRequest
	if err := alipayplus.Decode(body, &request); err != nil {
		return answer, false, err
	}
	paid, known := w.book.find(request.PaymentRequestID)
	switch {
	case !known || paid.state != statePaid:
		return answer, false, reason.New(reason.NotFound, op, "")
	case request.Merchant.Code == CustomsRefused:
		return answer, false, reason.New(reason.RiskRejected, op, "")
	}
	one, made := w.declarations.once(request.RequestID, func() declaration { return w.declaration(request, paid) })
	silent = request.Merchant.Code == CustomsMute || made && request.Merchant.Code == CustomsSilent
	return one.answer, silent, nil
}

func (w *wallet) declaration(request alipayplus.DeclareRequest, paid entry) declaration {
	answer := alipayplus.DeclareAnswer{
		Answer:       alipayplus.Answer{Result: alipayplus.ResultOf(reason.None)},
		PspPaymentID: paid.paymentID, PspDeclarationID: ids.New().String(), PspCustomsCode: customsCode,
		ClearingChannel: "SANDBOX", ClearingTransactionID: paid.paymentID, PspOrderAmount: request.Amount,
	}
	if buyer := request.Buyer; buyer != nil {
		answer.IdentityCheckResult = "CHECK_NOT_PASSED"
		payer, err := w.book.customer(paid.customer)
		if err == nil && buyer.HolderName.Full == payer.Name {
			answer.IdentityCheckResult = "CHECK_PASSED"
		}
	}
	request.Buyer = nil
	return declaration{request: request, answer: answer, at: w.clock.Now()}
}

// inquireDeclarations says how far declarations are: customs have said yes to each.
func (w *wallet) inquireDeclarations(body []byte) (any, error) {
	var request alipayplus.DeclarationsRequest
	if err := alipayplus.Decode(body, &request); err != nil {
		return nil, err
	}
	answer := alipayplus.DeclarationsAnswer{Answer: alipayplus.Answer{Result: alipayplus.ResultOf(reason.None)}}
	for _, id := range request.RequestIDs {
		one, known := w.declarations.find(id)
		if !known {
			answer.NotFound = append(answer.NotFound, id)
			continue
		}
		at := one.at.Format(time.RFC3339)
		answer.Records = append(answer.Records, alipayplus.DeclarationRecord{
			RequestID: id, PspDeclarationID: one.answer.PspDeclarationID, PspPaymentID: one.answer.PspPaymentID,
			Customs: one.request.Customs, Merchant: one.request.Merchant, Amount: one.request.Amount,
			IsSplit: one.request.IsSplit, ReferenceOrderID: one.request.ReferenceOrderID, Status: "SUCCESS",
			ModifiedTime: at, CustomsResultCode: "2", CustomsResultText: "released", ResultReturnedTime: at,
		})
	}
	return answer, nil
}
