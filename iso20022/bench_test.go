package iso20022_test

import (
	"testing"

	"github.com/causeway-pay/causeway/iso20022"
)

// BenchmarkAppendCreditTransfer writes the canonical pacs.008 of a payment.
func BenchmarkAppendCreditTransfer(b *testing.B) {
	message := transfer()
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if dst, err = message.AppendXML(dst[:0]); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(dst)))
}

// BenchmarkParseCreditTransfer reads and validates it.
func BenchmarkParseCreditTransfer(b *testing.B) {
	data, err := transfer().AppendXML(nil)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := iso20022.ParseCreditTransfer(data); err != nil {
			b.Fatal(err)
		}
	}
}
