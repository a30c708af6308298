package bus_test

import (
	"testing"

	"github.com/causeway-pay/causeway/internal/bus"
)

// The broker clears the directory of a dropped stream after it has answered, and
// may take the one of its successor with it.
func TestStreamIsMadeAgainWhileItsDirectoryIsCleared(t *testing.T) {
	b := open(t, bus.Options{})
	for range 500 {
		ensure(t, b, payments())
		if err := b.DropStream(t.Context(), "PAYMENTS"); err != nil {
			t.Fatal(err)
		}
	}
}
