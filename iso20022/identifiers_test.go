package iso20022_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/iso20022"
)

func TestParseUETR(t *testing.T) {
	const good = "eb6305c9-1f7f-49de-aed0-16487c27b42d"
	u, err := iso20022.ParseUETR(good)
	if err != nil || u.String() != good || !u.Valid() || u.IsZero() {
		t.Errorf("%q became %s, %v", good, u, err)
	}
	bad := []string{
		"", "eb6305c9", strings.ToUpper(good), strings.ReplaceAll(good, "-", ""), "{" + good + "}", "urn:uuid:" + good,
		strings.Replace(good, "-49de-", "-79de-", 1), strings.Replace(good, "-aed0-", "-ced0-", 1),
		strings.Replace(good, "-49de-", "-4-de-", 1), strings.Replace(good, "-", "_", 1), good + "0", good[:35] + "g",
		" " + good[1:], "00000000-0000-0000-0000-000000000000",
	}
	for _, text := range bad {
		if u, err := iso20022.ParseUETR(text); !errors.Is(err, iso20022.ErrUETR) || !u.IsZero() {
			t.Errorf("%q became %s, %v", text, u, err)
		}
	}
}

// Every random UUID is a UETR, and both sides write it alike.
func TestUETRAgainstUUID(t *testing.T) {
	for range 1000 {
		id := uuid.New()
		u, err := iso20022.ParseUETR(id.String())
		if err != nil || u != iso20022.UETR(id) || u.String() != id.String() {
			t.Fatalf("%s became %s, %v", id, u, err)
		}
	}
	for _, id := range []uuid.UUID{uuid.Must(uuid.NewV7()), uuid.NewSHA1(uuid.New(), nil), uuid.Nil, uuid.Max} {
		if iso20022.UETR(id).Valid() {
			t.Errorf("%s is no UETR", id)
		}
	}
}

func TestIdentifier35(t *testing.T) {
	const digits = "0123456789abcdef"
	tests := map[string]string{
		"order-1":               "order-1",
		strings.Repeat("x", 35): strings.Repeat("x", 35),
		strings.Repeat("注", 35): strings.Repeat("注", 35),
		"":                      "e3b0c44298fc1c149afbf4c8996fb92427a",
		strings.Repeat("a", 64): "ffe054fe7ae0cb6dc65c3af9b61d5209f43",
	}
	for text, want := range tests {
		if got := iso20022.Identifier35(text); got != want {
			t.Errorf("Identifier35(%q) = %q, want %q", text, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		got := iso20022.Identifier35(text)
		if got != iso20022.Identifier35(text) || iso20022.Identifier35(got) != got {
			t.Fatalf("%q is not stable", text)
		}
		if got != text && (len(got) != 35 || strings.Trim(got, digits) != "") {
			t.Fatalf("%q became %q", text, got)
		}
		m := transfer()
		m.EndToEndID = got
		if _, err := m.AppendXML(nil); err != nil {
			t.Fatalf("%q is not legal: %v", got, err)
		}
	})
}

func TestMessageName(t *testing.T) {
	for _, k := range kinds {
		value := rapid.Custom(k.generate).Example(1)
		if got := iso20022.MessageName(value); got != k.name {
			t.Errorf("%T is named %q, want %q", value, got, k.name)
		}
	}
	if got := iso20022.MessageName(&iso20022.CreditTransfer{}); got != "pacs.008.001.13" {
		t.Errorf("a pointer is named %q", got)
	}
	if got := iso20022.MessageName(iso20022.Agent{}) + iso20022.MessageName(nil); got != "" {
		t.Errorf("other things are named %q", got)
	}
}

func TestStatusKnown(t *testing.T) {
	for _, s := range statuses {
		if !s.Known() {
			t.Errorf("%s is not known", s)
		}
	}
	for _, s := range []iso20022.Status{"", "rjct", "ACCC", "RJCT "} {
		if s.Known() {
			t.Errorf("%q is known", s)
		}
	}
}
