package instruct_test

import (
	"slices"
	"testing"

	"github.com/causeway-pay/causeway/iso20022"
)

// TestReferences: an obligation is known by what its instructions carry, also
// those after the first.
func TestReferences(t *testing.T) {
	each(t, func(t *testing.T, b books) {
		b.owe(map[string]int64{"A-1": 500, "B-2": -500})
		for _, o := range b.cutOff() {
			first, err := iso20022.ParseInstitutionTransfer(o.Instruction)
			if err != nil {
				t.Fatal(err)
			}
			references := o.References()
			if len(references) != 2 || !slices.Contains(references, first.EndToEndID) ||
				!slices.Contains(references, first.UETR.String()) {
				t.Errorf("%v, the instruction carries %s and %s", references, first.EndToEndID, first.UETR)
			}
			o.Attempt = 3
			if more := o.References(); len(more) != 6 || len(slices.Compact(slices.Sorted(slices.Values(more)))) != 6 {
				t.Errorf("after three instructions: %v", more)
			}
		}
	})
}
