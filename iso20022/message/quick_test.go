package message

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/causeway-pay/causeway/iso20022/wire"
)

func TestQuick(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/data/iso-samples/*.xml")
	for _, f := range files {
		data, _ := os.ReadFile(f)
		m, err := wire.Parse(data)
		if err != nil {
			continue
		}
		for p := range m.Parts() {
			x := Of(p)
			if x == nil {
				continue
			}
			out, err := AppendXML(nil, x)
			if err != nil || !bytes.Equal(out, p.AppendXML(nil)) {
				t.Errorf("%s %v\n%s\n%s", f, err, out, p.AppendXML(nil))
			}
			t.Log(f)
		}
	}
}

func BenchmarkAll(b *testing.B) {
	data, _ := os.ReadFile("../../../shared/data/iso-samples/108-pacs.008.001.13-socrates8300-valid_pacs008.xml")
	var r wire.Reader
	var dst []byte
	for b.Loop() {
		m, err := r.Parse(data)
		if err != nil {
			b.Fatal(err)
		}
		x := Of(m.Document())
		dst, _ = AppendXML(dst[:0], x)
	}
}
