package engine

import (
	"context"
	"log/slog"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/payment"
)

// wallet returns a record's wallet and the way to it.
func (e *Engine) wallet(id string) (connectors.Participant, connectors.Wallet, error) {
	participant, ok := e.Directory().Participant(id)
	if !ok {
		return connectors.Participant{}, nil, reason.New(reason.InvalidContract, "engine.wallet", "no participant "+id)
	}
	connector, ok := e.Wallets[participant.Connector]
	if !ok {
		return connectors.Participant{}, nil, reason.New(
			reason.Unsupported,
			"engine.wallet",
			"no connector "+participant.Connector,
		)
	}
	return participant.Participant, connector, nil
}

// debit is the call that asks a wallet for the money of a payment.
type debit func(ctx context.Context) connectors.Answer

// debit returns the call for a record, to be made once that is committed as it is here. The
// connector makes the request ready meanwhile, if it can.
func (e *Engine) debit(ctx context.Context, record Record, with means) (debit, error) {
	participant, connector, err := e.wallet(record.WalletID)
	if err != nil {
		return nil, err
	}
	view := e.leg(record, connectors.RoleWallet)
	view.Grant = with.grant
	if participant.Network() {
		view.PaymentCode = with.code
	}
	unready := func(ctx context.Context) connectors.Answer { return connector.Pay(ctx, participant, view) }
	preparer, can := connector.(connectors.Preparer)
	if !can {
		return unready, nil
	}
	ready := make(chan debit, 1)
	go func() {
		defer close(ready)
		defer func() { _ = recover() }() // whoever pays meets the same, where it is reported
		ready <- preparer.PreparePay(context.WithoutCancel(ctx), participant, view)
	}()
	return func(ctx context.Context) connectors.Answer {
		if send := <-ready; send != nil {
			return send(ctx)
		}
		return unready(ctx)
	}, nil
}

// askKnown asks the wallet of a payment that needs no means of the payer's.
func (e *Engine) askKnown(ctx context.Context, record Record, by *caller) (Record, error) {
	ask, err := e.debit(ctx, record, means{})
	if err != nil {
		return record, err
	}
	return e.askWallet(ctx, record, ask, by)
}

// askWallet sends the payment to its wallet and commits what it says. The call
// outlives the acquirer's patience: once sent, the answer is wanted. by is who waits
// for it, nil for nobody. Nothing keeps the means, so that after a crash the wallet is
// asked about the payment and never again for it.
func (e *Engine) askWallet(ctx context.Context, record Record, ask debit, by *caller) (Record, error) {
	calling, cancel := context.WithTimeout(context.WithoutCancel(ctx), e.options.WalletPatience)
	defer cancel()
	started := e.Clock.Now()
	answer := ask(calling)
	e.walletAnswered(ctx, "pay", record, started, answer)
	f := payFact(answer)
	f.says = []saying{paid(ids.New(), answer)}
	if by != nil {
		f.says = append(f.says, e.answered(by))
		f.tells = by.suffices && ctx.Err() == nil // later it has no answer but "in process"
	}
	return e.apply(ctx, record, f)
}

// means is what a payment is made with: the token of an agreement, or the code that the
// payer has shown.
type means struct {
	grant connectors.Grant
	code  string
}

func meansOf(order connectors.Order) means {
	return means{order.Grant, order.Transfer.DebtorAccount.ProxyID}
}

func payFact(answer connectors.Answer) fact {
	f := fact{
		reason: answer.Reason, walletPaymentID: answer.WalletPaymentID, walletURL: answer.PaymentURL,
		payerReference: answer.PayerReference, completedAt: answer.CompletedAt,
	}
	switch answer.Decision {
	case connectors.Accepted:
		f.event = payment.WalletAccepted
	case connectors.Declined:
		f.event = payment.WalletDeclined
	case connectors.Absent:
		f.event = payment.WalletAbsent
	default:
		f.event = payment.WalletUndecided
	}
	return f
}

// cancelFact reads the answer to a cancel call: only a yes says anything about
// the money, a refusal is asked again.
func cancelFact(answer connectors.Answer) fact {
	f := fact{event: payment.WalletUndecided, again: true}
	if answer.Decision == connectors.Accepted {
		f.event = payment.WalletCancelled
	}
	return f
}

// walletAnswered measures and logs what a wallet said.
func (e *Engine) walletAnswered(
	ctx context.Context,
	verb string,
	record Record,
	started time.Time,
	answer connectors.Answer,
) {
	e.metrics.called(ctx, verb, record.WalletID, answer, e.Clock.Now().Sub(started))
	level := slog.LevelDebug
	if answer.Err != nil {
		level = slog.LevelWarn
	}
	e.Logger.LogAttrs(ctx, level, "wallet answered",
		slog.String("verb", verb), slog.String("payment", record.ID.String()), slog.String("wallet", record.WalletID),
		slog.String("decision", answer.Decision.String()), slog.String("reason", answer.Reason.String()),
		slog.Any("problem", answer.Err))
}
