package wire_test

import (
	_ "embed"
	"testing"

	"github.com/causeway-pay/causeway/iso20022/wire"
)

//go:embed testdata/payment.xml
var payment []byte

// BenchmarkRead reads and checks a pacs.008.001.13 of 2.8 KB.
func BenchmarkRead(b *testing.B) {
	var r wire.Reader
	b.SetBytes(int64(len(payment)))
	b.ReportAllocs()
	for b.Loop() {
		if m := r.Read(payment); len(m.Findings) > 0 {
			b.Fatal(m.Err())
		}
	}
}
