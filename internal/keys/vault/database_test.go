package vault

import (
	"errors"
	"fmt"
	"testing"

	"github.com/hashicorp/vault/api"
)

// TestOver: that a lease cannot be renewed any more is its end; that nobody could be asked,
// or may not ask, is a failure.
func TestOver(t *testing.T) {
	for err, want := range map[error]bool{
		&api.ResponseError{StatusCode: 400, Errors: []string{"past the max TTL, cannot renew"}}: true,
		&api.ResponseError{StatusCode: 403}:                                                     false, &api.ResponseError{StatusCode: 503}: false,
		errors.New("connection refused"): false,
	} {
		if got := over(refused("renew", fmt.Errorf("renewing: %w", err))); got != want {
			t.Errorf("%v: %v", err, got)
		}
	}
}
