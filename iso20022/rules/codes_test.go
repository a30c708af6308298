package rules

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/iso20022/schema"
)

func TestExternal(t *testing.T) {
	sets := External()
	if !sets.Edition.Equal(time.Date(2023, 5, 31, 0, 0, 0, 0, time.UTC)) || len(sets.sets) < 20 {
		t.Fatalf("%d sets of %s", len(sets.sets), sets.Edition)
	}
	if reasons := sets.Set("ExternalStatusReason1Code"); len(reasons) != 270 || !slices.Contains(reasons, "NARR") {
		t.Errorf("%d reasons: %q", len(reasons), reasons)
	}
	if sets.Set("ExternalNothing1Code") != nil {
		t.Error("an unknown set has codes")
	}
	for _, tt := range []struct {
		set, code string
		has       bool
	}{
		{"ExternalReturnReason1Code", "FOCR", true}, {"ExternalReturnReason1Code", "QQQQ", false},
		{"ExternalReturnReason1Code", "", false}, {"ExternalNothing1Code", "QQQQ", true},
	} {
		if got := sets.Has(tt.set, []byte(tt.code)); got != tt.has {
			t.Errorf("%s has %q: %v", tt.set, tt.code, got)
		}
	}
	used := map[string]bool{}
	for _, m := range schema.Official().Messages() {
		eachElement(m.Root.Type, map[*schema.Type]bool{}, func(e *schema.Element) { used[e.Type.Name] = true })
	}
	for name, codes := range sets.sets {
		if !used[name] {
			t.Errorf("no message uses %s", name)
		}
		for i, code := range codes {
			if code == "" || i > 0 && codes[i-1] == code {
				t.Errorf("%s: code %q is empty or double", name, code)
			}
		}
	}
}

func TestParseCodes(t *testing.T) {
	good := "# remark\nedition 2026-01-01\nOne A B\n\nTwo C\n"
	if sets, err := parseCodes(good); err != nil || len(sets.Set("One")) != 2 || len(sets.Set("Two")) != 1 {
		t.Fatalf("%v, %v", sets, err)
	}
	for old, new := range map[string]string{
		"edition 2026-01-01": "", "2026-01-01": "2026", "One A B": "One B A", "Two C": "Two", "Two": "One",
	} {
		if sets, err := parseCodes(strings.Replace(good, old, new, 1)); !errors.Is(err, errCodes) {
			t.Errorf("%q for %q: %v, %v", new, old, sets, err)
		}
	}
}
