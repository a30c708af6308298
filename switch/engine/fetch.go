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
)

// operationFetch is the claim to a code of an acquirer's own.
const operationFetch = "fetch"

// fetchOrder asks the owner of a scanned code for its order and makes it a
// payment that waits for its payer. A code stands for one payment for ever,
// however often and by whomever it is scanned.
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
	calling, cancel := context.WithTimeout(ctx, e.options.WalletPatience)
	defer cancel()
	order, answer := connector.Order(calling, owner.Participant, connectors.OrderRequest{
		CodeValue: scan.CodeValue, Mode: mode, WalletID: from.ID, PayerReference: scan.PayerReference,
	})
	if answer.Decision != connectors.Accepted {
		return Record{}, notFetched(answer)
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
	return e.keepFetched(ctx, record, order, scan.CodeValue, by)
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

// keepFetched stores a fetched order, or finds the one that was first.
func (e *Engine) keepFetched(
	ctx context.Context, record Record, order connectors.Order, code string, by *caller,
) (Record, error) {
	record.OrderCode = code
	e.begin(&record, reason.None, compliance.Decision{})
	sum := sha256.Sum256([]byte(code))
	claims := [...]claim{
		{Operation: operationFetch, RequestID: hex.EncodeToString(sum[:])},
		{Operation: operationPay, RequestID: order.RequestID, Checked: order.CheckedFields},
	}
	for i := range claims {
		c := &claims[i]
		c.ParticipantID, c.Region, c.SubjectID, c.At = record.AcquirerID, record.Region, record.ID, record.CreatedAt
	}
	first, holder := &start{begun: record, order: order, by: by, when: moment{at: record.CreatedAt}}, ids.Nil
	if err := e.prepare(first); err != nil {
		return Record{}, err
	}
	err := e.commit(ctx, "engine.fetchOrder", func(ctx context.Context, tx db.Tx) error {
		first.record, holder = first.begun, first.begun.ID
		for i, c := range claims {
			made, err := makeClaim(ctx, tx, c)
			switch {
			case err != nil:
				return err
			case made:
				continue
			case i > 0: // the acquirer has another payment of this request id
				return reason.New(reason.Inconsistent, "engine.fetchOrder", "")
			}
			holder, err = findClaim(ctx, tx, c)
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
