package engine_test

import (
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/engine"
)

// TestRecordOfOrders: a shown order, its scan, and the wallet's own word, which
// it may say twice.
func TestRecordOfOrders(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		shown := h.show("PR-1")
		created := []string{
			"acquirer IN scripted.pay = acquirer IN pacs.008", "acquirer IN pacs.008", "acquirer OUT pacs.002 PDNG",
			"acquirer OUT scripted.pay.answer = acquirer OUT pacs.002 PDNG",
		}
		h.recorded(shown.ID, created...)
		for range 2 {
			if _, err := h.scan("HK-WALLET", "U1", "Mei Lantern", shown.OrderCode); err != nil {
				t.Fatal(err)
			}
		}
		scanned := with(created, "wallet IN scripted.userInitiatedPay", "acquirer IN pacs.008", "wallet OUT pacs.008",
			"wallet OUT scripted.userInitiatedPay.answer = wallet OUT pacs.008")
		h.recorded(shown.ID, scanned...)
		for range 2 {
			if err := h.confirm(shown, connectors.Accepted); err != nil {
				t.Fatal(err)
			}
		}
		told := with(scanned, "wallet IN scripted.notifyPayment = wallet IN pacs.002 ACSC", "wallet IN pacs.002 ACSC",
			"wallet OUT scripted.notifyPayment.answer", "acquirer OUT pacs.002 ACSC")
		h.recorded(shown.ID, told...)
		if err := h.confirm(shown, connectors.Declined); err != nil {
			t.Fatal(err)
		}
		h.recorded(shown.ID, with(told, "wallet IN scripted.notifyPayment = wallet IN pacs.002 RJCT MS03",
			"wallet IN pacs.002 RJCT MS03", "wallet OUT scripted.notifyPayment.answer")...)
	})
}

// TestRecordOfNotifications: each try is on record with the status that it
// tells; the status report is the one that was on record already.
func TestRecordOfNotifications(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		to := &acquirer{refuse: 2}
		h.notifying(to, 10*time.Millisecond, 10*time.Millisecond)
		paid, err := h.pay("PR-1", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		h.eventually("the acquirer confirms", func() bool {
			file, err := engine.Open(t.Context(), h.pool, paid.ID)
			return err == nil && file.Notified
		})
		const told = "acquirer OUT notify = acquirer OUT pacs.002 ACSC"
		h.recorded(paid.ID, with(paidRecord, told, told, told, "acquirer IN notify.answer")...)
	})
}

// TestRecordOfTwoHubs: what two calls at once say is on record once.
func TestRecordOfTwoHubs(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		paid, err := h.pay("PR-1", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 8)
		for range cap(done) {
			go func() {
				_, err := h.Inquire(t.Context(), h.participant("JP-ACQUIRER"), connectors.Reference{
					RequestID: "PR-1", Words: words("inquiry"),
				})
				done <- err
			}()
		}
		for range cap(done) {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		h.recorded(paid.ID, with(paidRecord, "acquirer IN pacs.028", "acquirer IN scripted.inquiry = acquirer IN pacs.028",
			"acquirer OUT pacs.002 ACSC", "acquirer OUT scripted.inquiry.answer = acquirer OUT pacs.002 ACSC")...)
	})
}

// TestStrangersLeaveNothing: who asks about somebody else's payment is not in its
// record.
func TestStrangersLeaveNothing(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		paid, err := h.pay("PR-1", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		stranger := h.participant("SG-ACQUIRER")
		named := connectors.Reference{PaymentID: paid.ID, Words: words("inquiry")}
		if _, err := h.Inquire(t.Context(), stranger, named); reason.Of(err) != reason.NotFound {
			t.Error(err)
		}
		if _, err := h.Cancel(t.Context(), stranger, named); reason.Of(err) != reason.NotFound {
			t.Error(err)
		}
		_, err = h.Return(t.Context(), stranger, connectors.ReturnOrder{
			RequestID: "RF-1", Payment: named, Amount: jpy(5), Words: words("refund"),
		})
		if reason.Of(err) != reason.NotFound {
			t.Error(err)
		}
		h.recorded(paid.ID, paidRecord...)
		if _, err := engine.FindMessage(t.Context(), h.pool, paid.ID); reason.Of(err) != reason.NotFound {
			t.Errorf("a payment id names a message: %v", err)
		}
	})
}
