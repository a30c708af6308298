package reason_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/internal/reason"
)

func TestTableIsComplete(t *testing.T) {
	iso, aps := regexp.MustCompile(`^[A-Z0-9]{4}$`), regexp.MustCompile(`^[A-Z_]+$`)
	names := map[string]bool{}
	for _, kind := range reason.Kinds() {
		codes := kind.Codes()
		if names[codes.Name] || codes.Name == "" || codes.Text == "" {
			t.Errorf("kind %d has name %q and text %q", kind, codes.Name, codes.Text)
		}
		names[codes.Name] = true
		if !iso.MatchString(codes.ISO) || !aps.MatchString(codes.APS) || codes.HTTP < 200 || codes.HTTP > 599 {
			t.Errorf("%s: %+v", kind, codes)
		}
		if parsed, ok := reason.Parse(codes.Name); !ok || parsed != kind {
			t.Errorf("Parse(%q) = %s, %v", codes.Name, parsed, ok)
		}
	}
	if _, ok := reason.Parse("Whatever"); ok {
		t.Error("a name that is not in the table was parsed")
	}
}

// TestFromAPS: every code comes back as a kind with the same code, and what
// several kinds share as the general one.
func TestFromAPS(t *testing.T) {
	shared := map[string]bool{}
	seen := map[string]bool{}
	for _, kind := range reason.Kinds() {
		code := kind.Codes().APS
		if got := reason.FromAPS(code); got.Codes().APS != code {
			t.Errorf("FromAPS(%s) = %s with code %s", code, got, got.Codes().APS)
		}
		shared[code] = seen[code]
		seen[code] = true
	}
	want := map[string]reason.Kind{
		"PROCESS_FAIL": reason.Failed, "UNAVAILABLE_PAYMENT_METHOD": reason.MethodUnavailable,
		"PARAM_ILLEGAL": reason.InvalidRequest, "SOMETHING_NEW": reason.Failed,
		"USER_BALANCE_NOT_ENOUGH": reason.InsufficientFunds,
	}
	for code, kind := range want {
		if got := reason.FromAPS(code); got != kind {
			t.Errorf("FromAPS(%s) = %s, want %s", code, got, kind)
		}
	}
}

func TestFinal(t *testing.T) {
	open := map[reason.Kind]bool{reason.InProcess: true, reason.Busy: true, reason.Unknown: true}
	for _, kind := range reason.Kinds() {
		if kind.Final() == open[kind] {
			t.Errorf("%s final: %v", kind, kind.Final())
		}
	}
}

func TestErrors(t *testing.T) {
	cause := errors.New("connection reset")
	err := fmt.Errorf("outer: %w", reason.Wrap(reason.Busy, "engine.Pay", cause))
	if reason.Of(err) != reason.Busy || !errors.Is(err, cause) {
		t.Errorf("got %s from %v", reason.Of(err), err)
	}
	if want := "outer: engine.Pay: more requests than may be served at once; try later: connection reset"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
	if got := reason.New(reason.NotFound, "engine.find", "by code").
		Error(); got != "engine.find: the caller has no such payment: by code" {
		t.Errorf("got %q", got)
	}
	if reason.Of(nil) != reason.None || reason.Of(cause) != reason.Unknown || reason.Wrap(reason.Busy, "x", nil) != nil {
		t.Error("nil and foreign errors")
	}
	if got := reason.Kind(250).Codes().Name; got != "Unknown" {
		t.Errorf("a kind out of range is %s", got)
	}
}

var update = flag.Bool("update", false, "write docs/errors.md anew")

// TestCatalogue: the published catalogue of errors is the table.
func TestCatalogue(t *testing.T) {
	var page strings.Builder
	page.WriteString("# Error catalogue\n\nEvery reason for which the switch refuses or postpones something. `U` means " +
		"that the outcome is open: ask again.\n\n| reason | meaning | Alipay+ style code | | ISO 20022 | HTTP |\n" +
		"|---|---|---|---|---|---|\n")
	for _, kind := range reason.Kinds() {
		codes, status := kind.Codes(), "F"
		if !kind.Final() {
			status = "U"
		}
		fmt.Fprintf(
			&page,
			"| %s | %s | %s | %s | %s | %d |\n",
			codes.Name,
			codes.Text,
			codes.APS,
			status,
			codes.ISO,
			codes.HTTP,
		)
	}
	path := filepath.Join("..", "..", "docs", "errors.md")
	if *update {
		if err := os.WriteFile(path, []byte(page.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	published, err := os.ReadFile(path)
	if err != nil || string(published) != page.String() {
		t.Errorf("docs/errors.md is not the table (%v): go test ./internal/reason -update", err)
	}
}
