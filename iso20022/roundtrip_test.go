package iso20022_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/iso20022"
)

// What is written is read back as an equal value, and written again as the same
// bytes.
func TestRoundTrip(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				value := k.generate(t)
				data, err := k.write(value, []byte("before"))
				if err != nil {
					t.Fatalf("write: %v", err)
				}
				data, found := bytes.CutPrefix(data, []byte("before"))
				if !found {
					t.Fatal("what stood before was overwritten")
				}
				back, err := k.parse(data)
				if err != nil {
					t.Fatalf("parse: %v\n%s", err, data)
				}
				if difference := cmp.Diff(value, back); difference != "" {
					t.Fatalf("read back differently:\n%s\n%s", difference, data)
				}
				again, err := k.write(back, nil)
				if err != nil || !bytes.Equal(again, data) {
					t.Fatalf("written again: %v\n%s\n%s", err, data, again)
				}
			})
		})
	}
}

// A message of one kind is no message of another.
func TestKindsDoNotMix(t *testing.T) {
	for _, k := range kinds {
		data, err := k.write(rapid.Custom(k.generate).Example(1), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range kinds {
			if _, err := other.parse(data); (err == nil) != (k.name == other.name) {
				t.Errorf("%s read as %s: %v", k.name, other.name, err)
			}
		}
	}
}

func TestTimesKeepTheirOffset(t *testing.T) {
	m := transfer()
	m.CreatedAt = time.Date(2026, 7, 21, 10, 15, 30, 120_000_000, time.FixedZone("", 8*3600))
	data, err := m.AppendXML(nil)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), "<CreDtTm>2026-07-21T10:15:30.12+08:00</CreDtTm>") {
		t.Errorf("wrote %s", data)
	}
	back, err := iso20022.ParseCreditTransfer(data)
	if err != nil {
		t.Fatal(err)
	}
	if _, offset := back.CreatedAt.Zone(); offset != 8*3600 || !back.CreatedAt.Equal(m.CreatedAt) {
		t.Errorf("read back %s", back.CreatedAt)
	}
}

func TestSettlementDateFallsBackOnTheDayOfCreation(t *testing.T) {
	created := time.Date(2026, 7, 22, 1, 0, 0, 0, time.FixedZone("", 8*3600))
	want := time.Date(2026, 7, 22, 0, 0, 0, 0, time.UTC)
	for _, k := range kinds {
		value := rapid.Custom(k.generate).Example(2)
		var got time.Time
		switch m := value.(type) {
		case iso20022.CreditTransfer:
			m.CreatedAt, m.SettlementDate = created, time.Time{}
			got = through(t, k, m).(iso20022.CreditTransfer).SettlementDate
		case iso20022.PaymentReturn:
			m.CreatedAt, m.SettlementDate = created, time.Time{}
			got = through(t, k, m).(iso20022.PaymentReturn).SettlementDate
		case iso20022.InstitutionTransfer:
			m.CreatedAt, m.SettlementDate = created, time.Time{}
			got = through(t, k, m).(iso20022.InstitutionTransfer).SettlementDate
		default:
			continue
		}
		if !got.Equal(want) {
			t.Errorf("%s: settlement date %s", k.name, got)
		}
	}
}

func through(t *testing.T, k kind, value any) any {
	t.Helper()
	data, err := k.write(value, nil)
	if err != nil {
		t.Fatal(err)
	}
	back, err := k.parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return back
}
