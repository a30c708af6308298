package wire_test

import (
	"encoding/json"
	"reflect"
	"regexp"
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

// TestNames: every field has a name in snake_case, and what is not known is
// absent, not null or a time before all times.
func TestNames(t *testing.T) {
	name := regexp.MustCompile(`^[a-z][a-z0-9_]*(,omitempty|,omitzero)?$`)
	for _, value := range []any{
		wire.Amount{}, wire.Problem{}, wire.Operator{}, wire.Payment{}, wire.PaymentFile{}, wire.Parties{}, wire.Return{},
		wire.Change{}, wire.Entry{}, wire.Decision{}, wire.Hit{}, wire.Message{}, wire.Participant{}, wire.Corridor{},
		wire.Position{}, wire.Window{}, wire.Net{}, wire.Balance{}, wire.DeadLetter{}, wire.Proposal{}, wire.AuditEntry{},
		wire.CapChange{}, wire.CorridorChange{}, wire.ResolveChange{}, wire.OperatorAddition{}, wire.OperatorRemoval{},
	} {
		kind := reflect.TypeOf(value)
		for i := range kind.NumField() {
			if tag := kind.Field(i).Tag.Get("json"); !name.MatchString(tag) {
				t.Errorf("%s.%s is called %q", kind.Name(), kind.Field(i).Name, tag)
			}
		}
	}
	encoded, err := json.Marshal(wire.Payment{CreatedAt: time.Unix(0, 0).UTC()})
	if err != nil {
		t.Fatal(err)
	}
	if regexp.MustCompile(`null|0001-|00000000-.*00000000-`).Match(encoded) {
		t.Errorf("an unknown value is shown: %s", encoded)
	}
}
