package keeper

import (
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/compliance/lists"
)

// TestSame: files that make the version that is there are not read again, packed or
// not; any other are.
func TestSame(t *testing.T) {
	const rows = "id,name\n7,Viktor Blocksworth\n"
	list, err := lists.Read("OWN", lists.FormatSimple, strings.NewReader(rows))
	if err != nil {
		t.Fatal(err)
	}
	packed, err := pack([]byte(rows))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		parts []part
		want  bool
	}{
		"as it was":   {[]part{{body: []byte(rows)}}, true},
		"packed":      {[]part{{body: packed}}, true},
		"a letter":    {[]part{{body: []byte(strings.ToUpper(rows))}}, false},
		"twice":       {[]part{{body: []byte(rows)}, {body: []byte(rows)}}, false},
		"cut off":     {[]part{{body: packed[:len(packed)-9]}}, false},
		"no gzip":     {[]part{{body: packed[:4]}}, false},
		"empty":       {[]part{{}}, false},
		"not a thing": {nil, false},
	} {
		if got := same(list, c.parts); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
