package version_test

import (
	"bytes"
	"testing"

	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/version"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// FuzzConvert translates whatever is valid down and up again: what was not
// refused has lost nothing.
func FuzzConvert(f *testing.F) {
	whole := payment(f)
	f.Add(whole)
	down, err := version.Convert(parse(f, whole), schema.Lookup("pacs.008.001.08"), version.Options{Carry: true})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(down.XML)
	f.Fuzz(func(t *testing.T, data []byte) {
		m := new(wire.Reader).Read(data)
		if len(m.Findings) > 0 {
			return
		}
		for part := range m.Parts() {
			for _, target := range schema.Official().Versions(part.Definition.Family()) {
				there, err := version.Convert(part, target, version.Options{})
				if err != nil {
					continue
				}
				back, err := version.Convert(parse(t, there.XML), part.Definition, version.Options{})
				if err != nil || !bytes.Equal(back.XML, part.AppendXML(nil)) {
					t.Fatalf("%s as %s: %v\n%s\n%s", part.Definition.Name, target.Name, err, part.AppendXML(nil), back.XML)
				}
			}
		}
	})
}
