package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/route"
)

// operationFetch is the claim to a code of an acquirer's own.
const operationFetch = "fetch"

// fetchOrder asks the owner of a scanned code for its order and makes it a
// payment that waits for its payer. A code stands for one payment for ever,
// however often and by whomever it is scanned; a static one for one payment of each
// payer at a time.
func (e *Engine) fetchOrder(ctx context.Context, from connectors.Participant, scan connectors.Scan) (Record, error) {
	const op = "engine.fetchOrder"
	owner, mode, err := e.Directory().CodeOwner(scan.CodeValue)
	switch {
	case err != nil:
		return Record{}, err
	case !mode.Fetched():
		return Record{}, reason.New(reason.InvalidCode, op, "the code is to be opened, not scanned")
	case owner.Suspended:
		return Record{}, reason.New(reason.InvalidContract, op, owner.ID+" is suspended")
	}
	connector, ok := e.Acquirers[owner.Connector]
	if !ok {
		return Record{}, reason.New(reason.Unsupported, op, "no connector "+owner.Connector)
	}
	static := route.StaticScan{Code: scan.CodeValue, WalletID: from.ID, PayerReference: scan.PayerReference}
	if earlier, open, err := e.openByScan(ctx, e.Pool, static, scan.Amount); err != nil || open {
		return earlier, err
	}
	printed := route.ReadPrinted(scan.CodeValue)
	wanted, err := printed.Wanted(scan.Amount)
	if err != nil {
		return Record{}, err
	}
	calling, cancel := context.WithTimeout(ctx, e.options.WalletPatience)
	defer cancel()
	order, answer := connector.Order(calling, owner.Participant, connectors.OrderRequest{
		CodeValue: scan.CodeValue, Mode: mode, WalletID: from.ID, PayerReference: scan.PayerReference,
		Amount: scan.Amount,
	})
	if answer.Decision != connectors.Accepted {
		return Record{}, notFetched(answer)
	}
	if err := printed.Check(wanted, order.Transfer.InstructedAmount); err != nil {
		return Record{}, err
	}
	record, err := e.newRecord(owner.Participant, order)
	if err != nil {
		return Record{}, err
	}
	if ends := order.Transfer.ExpiresAt; !ends.IsZero() && !ends.After(record.CreatedAt) {
		return Record{}, reason.New(reason.ExpiredCode, op, "")
	}
	by := newCaller(owner.Participant, order.Words)
	by.question = answer
	if order.Template || printed.Static {
		record.Detail.StaticCode = scan.CodeValue
		return e.keepFetched(ctx, record, order, static, by)
	}
	record.OrderCode = scan.CodeValue
	return e.keepFetched(ctx, record, order, route.StaticScan{}, by)
}

// notFetched is what a payer is told when an acquirer gives no order: a refusal
// only where the acquirer refused.
func notFetched(answer connectors.Answer) error {
	const op = "engine.fetchOrder"
	refused := answer.Decision == connectors.Declined || answer.Decision == connectors.Absent
	if refused && answer.Reason != reason.None && answer.Reason.Final() {
		return reason.New(answer.Reason, op, "")
	}
	return reason.New(reason.Unknown, op, "the acquirer gave no order")
}

// keepFetched stores a fetched order, or finds the one that was first: of the code, or
// where it is static of the payer's scan.
func (e *Engine) keepFetched(
	ctx context.Context, record Record, order connectors.Order, static route.StaticScan, by *caller,
) (Record, error) {
	code := record.OrderCode
	e.begin(&record, reason.None, compliance.Decision{})
	first, holder := &start{begun: record, order: order, by: by, when: moment{at: record.CreatedAt}}, ids.Nil
	if err := e.prepare(first); err != nil {
		return Record{}, err
	}
	err := e.commit(ctx, "engine.fetchOrder", func(ctx context.Context, tx db.Tx) error {
		first.record, holder = first.begun, first.begun.ID
		var err error
		if holder, err = e.claimFetched(ctx, tx, record, order, code, static); err != nil || holder != record.ID {
			return err
		}
		s := &sheet{}
		if err := e.storeAll(ctx, tx, s, []*start{first}); err != nil {
			return err
		}
		return s.write(ctx, tx)
	})
	if err != nil || holder == record.ID {
		return first.record, err
	}
	return findRecord(ctx, e.Pool, selectPayment, holder)
}

// claimFetched claims the code and the acquirer's request id for a payment, or returns
// the payment that has the code.
func (e *Engine) claimFetched(
	ctx context.Context, tx db.Tx, record Record, order connectors.Order, code string, static route.StaticScan,
) (ids.ID, error) {
	of := claim{ParticipantID: record.AcquirerID, Region: record.Region, SubjectID: record.ID, At: record.CreatedAt}
	fetched, paid := of, of
	sum := sha256.Sum256([]byte(code))
	fetched.Operation, fetched.RequestID = operationFetch, hex.EncodeToString(sum[:])
	paid.Operation, paid.RequestID, paid.Checked = operationPay, order.RequestID, order.CheckedFields
	if code == "" {
		if holder, err := e.claimStatic(ctx, tx, static, record); err != nil || holder != record.ID {
			return holder, err
		}
	} else if made, err := makeClaim(ctx, tx, fetched); err != nil || !made {
		if err != nil {
			return ids.Nil, err
		}
		return findClaim(ctx, tx, fetched)
	}
	made, err := makeClaim(ctx, tx, paid)
	if err == nil && !made { // the acquirer has another payment of this request id
		err = reason.New(reason.Inconsistent, "engine.fetchOrder", "")
	}
	return record.ID, err
}
