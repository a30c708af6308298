package wire

import (
	"os"
	"path/filepath"
	"testing"
)

func TestQuick(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/data/iso-samples/*.xml")
	for _, f := range files {
		data, _ := os.ReadFile(f)
		m := new(Reader).Read(data)
		names := ""
		for p := range m.Parts() {
			names += " " + p.Definition.Name
			out := p.AppendXML(nil)
			m2 := new(Reader).Read(out)
			var p2 Part
			for p2 = range m2.Parts() {
			}
			if string(p2.AppendXML(nil)) != string(out) || len(m2.Findings) > 0 && len(m.Findings) == 0 {
				t.Error("not stable", f, m2.Findings)
			}
		}
		t.Log(filepath.Base(f), names, len(m.Findings))
		for i, x := range m.Findings {
			if i < 3 {
				t.Log("      ", x)
			}
		}
	}
}

func BenchmarkRead(b *testing.B) {
	data, err := os.ReadFile("../../../shared/data/iso-samples/108-pacs.008.001.13-socrates8300-valid_pacs008.xml")
	if err != nil {
		b.Fatal(err)
	}
	var r Reader
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if m := r.Read(data); len(m.Findings) > 0 {
			b.Fatal(m.Findings)
		}
	}
}
