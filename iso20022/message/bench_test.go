package message_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/causeway-pay/causeway/iso20022/message"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// payment is a pacs.008.001.13 of 2.7 KB, read.
func payment(b *testing.B) *wire.Message {
	data, err := os.ReadFile(filepath.Join("..", "wire", "testdata", "payment.xml"))
	if err != nil {
		b.Fatal(err)
	}
	m, err := wire.Parse(data)
	if err != nil {
		b.Fatal(err)
	}
	return m
}

// BenchmarkOf makes the typed message of a payment that was read.
func BenchmarkOf(b *testing.B) {
	part := payment(b).Document()
	b.ReportAllocs()
	for b.Loop() {
		message.Of(part)
	}
}

// BenchmarkDecoder makes it in memory that is used again.
func BenchmarkDecoder(b *testing.B) {
	part := payment(b).Document()
	var d message.Decoder
	b.ReportAllocs()
	for b.Loop() {
		d.Of(part)
	}
}

// BenchmarkAppendXML writes a typed payment.
func BenchmarkAppendXML(b *testing.B) {
	typed := message.Of(payment(b).Document())
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if dst, err = message.AppendXML(dst[:0], typed); err != nil {
			b.Fatal(err)
		}
	}
}
