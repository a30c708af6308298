package payment_test

import (
	"testing"

	"github.com/causeway-pay/causeway/switch/payment"
)

// BenchmarkStep is a payment that is paid: the whole of what the state machine does
// for it.
func BenchmarkStep(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		scanned := payment.Step(payment.Created, payment.PayerScanned)
		if payment.Step(scanned.Next, payment.WalletAccepted).Next != payment.Posted {
			b.Fatal("not posted")
		}
	}
}
