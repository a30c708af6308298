package engine_test

import (
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

func (m *model) remember(order connectors.Order, wallet string) *deal {
	d := &deal{order: order, wallet: wallet}
	m.deals = append(m.deals, d)
	return d
}

func (m *model) payByCode() {
	wallet := pick(m, "HK-WALLET", "HK-WALLET", "KR-WALLET")
	name := "Mei Lantern"
	if m.random.IntN(12) == 0 {
		name = "Viktor Blocksworth"
	}
	code := m.code(wallet, "U1", name)
	if m.random.IntN(12) == 0 && len(m.deals) > 0 {
		// A code that somebody has shown before; most are used, or have run out.
		other := m.deals[m.random.IntN(len(m.deals))]
		code = other.order.Transfer.DebtorAccount.ProxyID
		if name = "Mei Lantern"; code != "" {
			wallet = other.wallet
		}
	}
	d := m.remember(order(m.nextID("PR"), code, jpy(1+m.random.Int64N(20_000))), wallet)
	m.repeat(d)
	if name != "Mei Lantern" && d.told != iso20022.Rejected {
		m.t.Errorf("a listed payer was let through: %+v", d)
	}
}

func (m *model) showOrder() {
	request := order(m.nextID("PR"), "", jpy(1+m.random.Int64N(20_000)))
	request.Mode, request.Transfer.DebtorAccount = connectors.OrderCode, iso20022.Account{}
	d := m.remember(request, "")
	m.repeat(d)
}

// repeat sends a deal's request, for the first time or again.
func (m *model) repeat(d *deal) {
	answer, err := m.Pay(m.t.Context(), m.acquirer(), d.order)
	if err != nil {
		m.t.Errorf("%s: %v", d.order.RequestID, err)
		return
	}
	m.seen(d, answer)
}

// seen compares what an acquirer is told with what it was told before.
func (m *model) seen(d *deal, answer connectors.Payment) {
	m.t.Helper()
	if d.id != ids.Nil && d.id != answer.ID {
		m.t.Errorf("%s was payment %s and is now %s", d.order.RequestID, d.id, answer.ID)
	}
	d.id = answer.ID
	if d.shown == "" {
		d.shown = answer.OrderCode
	}
	if d.purse == nil {
		m.bank.mu.Lock()
		d.purse = m.bank.purses[answer.ID.String()]
		m.bank.mu.Unlock()
	}
	if answer.Transfer.InstructedAmount != d.order.Transfer.InstructedAmount || answer.Transfer.Debtor.Name != "" {
		m.t.Errorf("%s: the acquirer sees %+v", d.order.RequestID, answer.Transfer)
	}
	m.tell(d, answer.Status)
}

// tell takes note of a status: a final one stays, except that the acquirer can
// have a completed payment cancelled.
func (m *model) tell(d *deal, status iso20022.Status) {
	m.t.Helper()
	switch {
	case d.told == "" || d.told == status:
	case d.told == iso20022.Completed && status == iso20022.Cancelled && d.cancelAsked:
	default:
		m.t.Errorf("%s was %s and is now %s", d.order.RequestID, d.told, status)
	}
	switch status {
	case iso20022.Completed, iso20022.Cancelled, iso20022.Rejected:
		d.told = status
	}
}

func (m *model) scanOrder() {
	d := m.some(func(d *deal) bool { return d.shown != "" })
	if d != nil {
		m.scanDeal(d)
	}
}

func (m *model) scanDeal(d *deal) {
	wallet, payer := pick(m, "HK-WALLET", "HK-WALLET", "KR-WALLET"), pick(m, "U1", "U1", "U2")
	due, err := m.scan(wallet, payer, "Mei Lantern", d.shown)
	if d.payer != "" && d.payer != wallet+payer {
		if kind := reason.Of(err); kind != reason.Closed && kind != reason.Inconsistent {
			m.t.Errorf("%s is paid by %s, scanned by %s%s: %v", d.order.RequestID, d.payer, wallet, payer, err)
		}
		return
	}
	switch kind := reason.Of(err); {
	case err == nil:
		d.wallet, d.payer = wallet, wallet+payer
		m.bank.register(due.ID.String(), wallet, due.Transfer.SettlementAmount)
		m.seen(d, m.inquire(d))
	case kind == reason.ExpiredCode, kind == reason.Closed, kind == reason.CapExceeded, kind == reason.AmountTooSmall:
	default:
		m.t.Errorf("scan of %s: %v", d.order.RequestID, err)
	}
}

func (m *model) repeatOrder() {
	if d := m.some(func(*deal) bool { return true }); d != nil {
		m.repeat(d)
	}
}

func (m *model) changeOrder() {
	d := m.some(func(d *deal) bool { return d.id != ids.Nil })
	if d == nil {
		return
	}
	changed := d.order
	changed.Transfer.InstructedAmount.Minor++
	changed.CheckedFields = sha256.Sum256([]byte(fmt.Sprint(changed.Transfer.InstructedAmount)))
	if answer, err := m.Pay(m.t.Context(), m.acquirer(), changed); reason.Of(err) != reason.Inconsistent {
		m.t.Errorf("%s with another amount: %+v, %v", d.order.RequestID, answer, err)
	}
}

// notify is a wallet's own word about a payment.
func (m *model) notify(p *purse, decision connectors.Decision) {
	m.t.Helper()
	id, err := ids.Parse(p.id)
	if err != nil {
		m.t.Fatal(err)
	}
	err = m.Confirm(m.t.Context(), m.participant(p.walletID), connectors.Confirmation{
		Payment: connectors.Reference{RequestID: id.String()}, Decision: decision, WalletPaymentID: "W-" + p.id,
		SettlementAmount: p.owed, Words: said("notifyPayment", "{}"),
	})
	if err != nil {
		m.t.Errorf("notification about %s: %v", p.id, err)
	}
}

// confirmTruly: a payer pays a scanned order, or the wallet says once more what
// it did.
func (m *model) confirmTruly() {
	d := m.some(func(d *deal) bool { return d.purse != nil })
	if d == nil {
		return
	}
	m.bank.mu.Lock()
	p := d.purse
	if d.shown != "" && m.random.IntN(5) > 0 {
		p.debit()
	} else if d.shown != "" && !p.debited && m.random.IntN(2) == 0 {
		p.refused = true
	}
	debited, refused := p.debited && !p.cancelled, p.refused || p.cancelled
	m.bank.mu.Unlock()
	switch {
	case debited:
		m.notify(p, connectors.Accepted)
	case refused:
		m.notify(p, connectors.Declined)
	}
}

// contradict: a wallet takes back its yes, or its no, by which it owes the
// money.
func (m *model) contradict() {
	d := m.some(func(d *deal) bool { return d.purse != nil })
	if d == nil {
		return
	}
	m.bank.mu.Lock()
	p := d.purse
	decision := connectors.Declined
	if p.refused && !p.cancelled {
		p.refused, p.debited, decision = false, true, connectors.Accepted
	}
	said := p.asked > 0 || p.debited
	m.bank.mu.Unlock()
	if said {
		m.notify(p, decision)
	}
}

// arriveLate delivers a pay request that was on its way for long; most wallets
// then tell the hub.
func (m *model) arriveLate() {
	for _, p := range m.bank.all() {
		if m.bank.arrive(p) && m.random.IntN(3) > 0 {
			m.notify(p, connectors.Accepted)
		}
	}
}

func (m *model) inquire(d *deal) connectors.Payment {
	m.t.Helper()
	answer, err := m.Inquire(m.t.Context(), m.acquirer(), connectors.Reference{RequestID: d.order.RequestID})
	if err != nil {
		m.t.Fatalf("%s: %v", d.order.RequestID, err)
	}
	return answer
}

// look asks about a payment as everybody: its acquirer and its wallet see their
// own side, all others nothing.
func (m *model) look() {
	d := m.some(func(d *deal) bool { return d.id != ids.Nil })
	if d == nil {
		return
	}
	m.seen(d, m.inquire(d))
	reference := connectors.Reference{PaymentID: d.id}
	for _, id := range []string{"SG-ACQUIRER", "HK-WALLET", "KR-WALLET"} {
		seen, err := m.Inquire(m.t.Context(), m.participant(id), reference)
		switch {
		case id == d.wallet && d.purse != nil:
			if err != nil || seen.Transfer.SettlementAmount != d.purse.owed || seen.RequestID != d.id.String() || seen.NotifyURL != "" {
				m.t.Errorf("%s sees of %s: %+v, %v", id, d.order.RequestID, seen, err)
			}
		case id != d.wallet && reason.Of(err) != reason.NotFound:
			m.t.Errorf("%s sees of %s: %+v, %v", id, d.order.RequestID, seen, err)
		}
	}
}

func (m *model) cancelOne() {
	d := m.some(func(d *deal) bool { return d.id != ids.Nil })
	if d == nil {
		return
	}
	d.cancelAsked = true
	answer, err := m.Cancel(m.t.Context(), m.acquirer(), connectors.Reference{RequestID: d.order.RequestID})
	switch kind := reason.Of(err); {
	case err == nil:
		if answer.Status != iso20022.Cancelled && answer.Status != iso20022.Rejected {
			m.t.Errorf("%s cancelled is %s", d.order.RequestID, answer.Status)
		}
		m.seen(d, answer)
		m.seen(d, m.inquire(d))
	case d.told == iso20022.Cancelled || d.told == iso20022.Rejected:
		m.t.Errorf("%s is %s, a cancel says %v", d.order.RequestID, d.told, err)
	case kind == reason.InProcess, kind == reason.CancelTooLate:
	case kind == reason.RefundExceeds, kind == reason.AmountTooSmall:
		if len(d.refunds) == 0 {
			m.t.Errorf("cancel of %s: %v", d.order.RequestID, err)
		}
	default:
		m.t.Errorf("cancel of %s: %v", d.order.RequestID, err)
	}
}

func (m *model) refundOne() {
	d := m.some(func(d *deal) bool { return d.told == iso20022.Completed })
	if d == nil {
		return
	}
	whole := d.order.Transfer.InstructedAmount
	part := money.New(1+m.random.Int64N(whole.Minor), whole.Currency)
	if m.random.IntN(6) == 0 {
		part.Minor = whole.Minor + 1
	}
	r := &refund{order: connectors.ReturnOrder{
		RequestID: m.nextID("RF"), CheckedFields: sha256.Sum256([]byte(part.String())),
		Payment: connectors.Reference{RequestID: d.order.RequestID}, Amount: part, Words: said("refund", "{}"),
	}}
	var taken int64
	for _, other := range d.refunds {
		if other.told != iso20022.Rejected {
			taken += other.order.Amount.Minor
		}
	}
	made, err := m.Return(m.t.Context(), m.acquirer(), r.order)
	switch kind := reason.Of(err); {
	case err == nil:
		if part.Minor > whole.Minor {
			m.t.Errorf("%s: refunded %s of %s", d.order.RequestID, part, whole)
		}
		r.id, r.told = made.ID, made.Status
		d.refunds = append(d.refunds, r)
	case kind == reason.RefundExceeds && (part.Minor+taken > whole.Minor || d.cancelAsked):
	case kind == reason.AmountTooSmall:
	default:
		m.t.Errorf("refund of %s, %s of %s with %d taken: %v", d.order.RequestID, part, whole, taken, err)
	}
}

// refundAgain repeats a refund as it was, and with another amount.
func (m *model) refundAgain() {
	d := m.some(func(d *deal) bool { return len(d.refunds) > 0 })
	if d == nil {
		return
	}
	r := d.refunds[m.random.IntN(len(d.refunds))]
	again, err := m.Return(m.t.Context(), m.acquirer(), r.order)
	if err != nil || again.ID != r.id || r.told != iso20022.Pending && again.Status != r.told {
		m.t.Errorf("refund %s again: %s %s, was %s %s, %v", r.order.RequestID, again.ID, again.Status, r.id, r.told, err)
	}
	r.told = again.Status
	changed := r.order
	changed.Amount.Minor++
	changed.CheckedFields = sha256.Sum256([]byte(changed.Amount.String()))
	if _, err := m.Return(context.Background(), m.acquirer(), changed); reason.Of(err) != reason.Inconsistent {
		m.t.Errorf("refund %s with another amount: %v", r.order.RequestID, err)
	}
}
