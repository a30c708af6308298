package reason_test

import (
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
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
	general := map[string]reason.Kind{
		"ACCESS_DENIED": reason.AccessDenied, "MERCHANT_KYB_NOT_QUALIFIED": reason.MerchantUnqualified,
		"ORDER_IS_CLOSED": reason.Closed, "ORDER_NOT_EXIST": reason.NotFound, "PARAM_ILLEGAL": reason.InvalidRequest,
		"PROCESS_FAIL": reason.Failed, "REPEAT_REQ_INCONSISTENT": reason.Inconsistent,
		"UNAVAILABLE_PAYMENT_METHOD": reason.MethodUnavailable, "USER_KYC_NOT_QUALIFIED": reason.PayerUnverified,
	}
	of := map[string][]reason.Kind{}
	for _, kind := range reason.Kinds() {
		of[kind.Codes().APS] = append(of[kind.Codes().APS], kind)
	}
	for code, kinds := range of {
		want, shared := general[code]
		if shared != (len(kinds) > 1) {
			t.Errorf("%s is that of %v: which one does it say?", code, kinds)
		}
		if !shared {
			want = kinds[0]
		}
		if got := reason.FromAPS(code); got != want || got.Codes().APS != code {
			t.Errorf("FromAPS(%s) = %s, want %s", code, got, want)
		}
	}
	for code, want := range map[string]reason.Kind{
		"SUCCESS": reason.None, "SOMETHING_NEW": reason.Failed, "": reason.Failed, "success": reason.Failed, "PROCESS_FAIL ": reason.Failed,
	} {
		if got := reason.FromAPS(code); got != want {
			t.Errorf("FromAPS(%q) = %s, want %s", code, got, want)
		}
	}
}

// TestCommentsAreTheCatalogue: the comment of each kind says what the table says, in the
// order of the table.
func TestCommentsAreTheCatalogue(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "kinds.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	ast.Inspect(file, func(n ast.Node) bool {
		if value, ok := n.(*ast.ValueSpec); ok && value.Doc != nil {
			said = append(said, strings.Join(strings.Fields(value.Doc.Text()), " "))
		}
		return true
	})
	kinds := reason.Kinds()
	if len(said) != len(kinds)+1 {
		t.Fatalf("%d comments of %d kinds", len(said), len(kinds))
	}
	for i, kind := range kinds {
		if want := kind.String() + ": " + kind.Codes().Text + "."; said[i+1] != want {
			t.Errorf("%q, the table says %q", said[i+1], want)
		}
	}
}

// TestOutermostKind: an error in another one is of the kind of the outer one, in a list of
// the first, and what is not of the table's is not made one by a name.
func TestOutermostKind(t *testing.T) {
	inner := reason.New(reason.CapExceeded, "position.Reserve", "")
	for want, err := range map[reason.Kind]error{
		reason.Busy:        reason.Wrap(reason.Busy, "engine.Pay", fmt.Errorf("within: %w", inner)),
		reason.CapExceeded: errors.Join(errors.New("first"), inner, reason.New(reason.Busy, "x", "")),
		reason.Unknown:     errors.New("CapExceeded: " + inner.Error()),
		reason.None:        nil,
	} {
		if got := reason.Of(err); got != want {
			t.Errorf("%v is of kind %s, want %s", err, got, want)
		}
	}
	if !errors.Is(reason.Wrap(reason.Busy, "engine.Pay", inner), inner) || errors.Unwrap(inner) != nil {
		t.Error("the cause is lost")
	}
	for _, name := range []string{"", "capexceeded", "CapExceeded ", "CAP_EXCEEDED"} {
		if kind, ok := reason.Parse(name); ok || kind != reason.None {
			t.Errorf("%q is %s", name, kind)
		}
	}
	if kind, ok := reason.Parse("None"); !ok || kind != reason.None {
		t.Error("None is not parsed")
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
