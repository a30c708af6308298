package rules

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/iso20022/wire"
)

func TestQuick2(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/data/iso-samples/*.xml")
	more, _ := filepath.Glob("../testdata/*.xml")
	files = append(files, more...)
	for _, name := range Profiles() {
		p, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			data, _ := os.ReadFile(f)
			m := new(wire.Reader).Read(data)
			n := len(m.Findings)
			got := Check(m, Options{Profile: p, At: time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC), Warn: func(f wire.Finding) { t.Log("   warn", f) }})
			t.Log(name, filepath.Base(f), n, len(got))
			for _, x := range got[n:] {
				if x.Layer == wire.Profile {
					t.Log("      ", x)
				}
			}
		}
	}
}
