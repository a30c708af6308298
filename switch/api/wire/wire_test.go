package wire_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

func TestAmountAndBack(t *testing.T) {
	currencies := money.Currencies()
	rapid.Check(t, func(t *rapid.T) {
		a := money.New(rapid.Int64Range(-1e18+1, 1e18-1).Draw(t, "minor"), rapid.SampledFrom(currencies).Draw(t, "currency"))
		shown := wire.AmountOf(a)
		back, err := shown.Money()
		if err != nil || back != a {
			t.Fatalf("%v came back as %v, %v", a, back, err)
		}
		shown.Decimal = ""
		if back, err := shown.Money(); err != nil || back != a {
			t.Fatalf("%v without decimal came back as %v, %v", a, back, err)
		}
	})
}

func TestAmountsThatContradict(t *testing.T) {
	for _, a := range []wire.Amount{
		{}, {Currency: "JPY"}, {Minor: "1"}, {Currency: "JPY", Minor: "-"}, {Currency: "JPY", Minor: "--1"},
		{Currency: "JPY", Minor: "-0"}, {Currency: "JPY", Minor: "+1"}, {Currency: "JPY", Minor: "1e3"}, {Currency: "jpy", Minor: "1"},
		{Currency: "HKD", Minor: "100", Decimal: "100"}, {Currency: "HKD", Minor: "100", Decimal: "1"},
		{Currency: "HKD", Minor: "-100", Decimal: "1.00"}, {Currency: "JPY", Minor: "9223372036854775808"},
	} {
		if got, err := a.Money(); err == nil {
			t.Errorf("%+v is %v", a, got)
		}
	}
}

func TestAmountIf(t *testing.T) {
	if wire.AmountIf(money.Amount{}) != nil {
		t.Error("an amount without currency is shown")
	}
	if a := wire.AmountIf(money.New(0, "HKD")); a == nil || a.Decimal != "0.00" {
		t.Errorf("%+v", a)
	}
}

// TestNames: every field of every message has a name in snake_case of its own.
func TestNames(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	messages := 0
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || strings.HasSuffix(file, "_test.go") {
				return true
			}
			if kind, ok := spec.Type.(*ast.StructType); ok {
				messages++
				checkNames(t, spec.Name.Name, kind.Fields.List)
			}
			return true
		})
	}
	if messages < 60 {
		t.Errorf("only %d messages were found", messages)
	}
}

var jsonName = regexp.MustCompile(`^([a-z][a-z0-9_]*)(,omitempty|,omitzero|,string)?$`)

func checkNames(t *testing.T, message string, fields []*ast.Field) {
	t.Helper()
	seen := map[string]bool{}
	for _, field := range fields {
		if len(field.Names) == 0 {
			continue // what is embedded has its own names
		}
		if field.Tag == nil || len(field.Names) > 1 {
			t.Errorf("%s.%s has no name of its own", message, field.Names[0])
			continue
		}
		tag := reflect.StructTag(strings.Trim(field.Tag.Value, "`")).Get("json")
		named := jsonName.FindStringSubmatch(tag)
		if named == nil || seen[named[1]] {
			t.Errorf("%s.%s is called %q", message, field.Names[0], tag)
			continue
		}
		seen[named[1]] = true
		// A script would read a number of more than 53 bits as another one.
		kind, _ := field.Type.(*ast.Ident)
		if strings.HasSuffix(named[1], "_minor") && named[2] != ",string" && (kind == nil || kind.Name != "string") {
			t.Errorf("%s.%s is no text of digits", message, field.Names[0])
		}
	}
}

// TestUnknownIsAbsent: what is not known is absent, not null or a time before all times.
func TestUnknownIsAbsent(t *testing.T) {
	encoded, err := json.Marshal(wire.Payment{CreatedAt: time.Unix(0, 0).UTC()})
	if err != nil {
		t.Fatal(err)
	}
	if regexp.MustCompile(`null|0001-|00000000-.*00000000-`).Match(encoded) {
		t.Errorf("an unknown value is shown: %s", encoded)
	}
}
