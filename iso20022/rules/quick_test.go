package rules

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/causeway-pay/causeway/iso20022/wire"
)

func TestQuick(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/data/iso-samples/*.xml")
	for _, f := range files {
		data, _ := os.ReadFile(f)
		m := new(wire.Reader).Read(data)
		n := len(m.Findings)
		got := Check(m, Options{Warn: func(f wire.Finding) { t.Log("   warn", f) }})
		t.Log(filepath.Base(f), n, len(got))
		for _, x := range got[n:] {
			t.Log("      ", x)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	data, err := os.ReadFile("../../../shared/data/iso-samples/108-pacs.008.001.13-socrates8300-valid_pacs008.xml")
	if err != nil {
		b.Fatal(err)
	}
	b.Log(len(data))
	m := new(wire.Reader).Read(data)
	b.ReportAllocs()
	for b.Loop() {
		if f := Check(m, Options{}); len(f) > 0 {
			b.Fatal(f)
		}
	}
}
