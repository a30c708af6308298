package iso20022_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

// accountStatement draws a page whose entries lead from its opening balance to
// its closing one.
func accountStatement(t *rapid.T) iso20022.AccountStatement {
	notified := notification(t)
	const most = 1e17
	m := iso20022.AccountStatement{
		MessageID: notified.MessageID, CreatedAt: notified.CreatedAt, StatementID: notified.NotificationID,
		Page: rapid.Int64Range(1, 99999).Draw(t, "page"), LastPage: rapid.Bool().Draw(t, "last page"),
		Sequence: rapid.Int64Range(1, 1e18-1).Draw(t, "sequence"), From: instant(t, "from"), To: instant(t, "to"),
		AccountID: notified.AccountID, Currency: notified.Currency, Owner: notified.Owner, Entries: notified.Entries,
		Opening: balance(t, "opening", money.New(rapid.Int64Range(-most, most).Draw(t, "opening"), notified.Currency)),
	}
	sum := m.Opening.Amount
	for i := range m.Entries {
		m.Entries[i].Amount.Minor %= most
		if m.Entries[i].Credit {
			sum.Minor += m.Entries[i].Amount.Minor
		} else {
			sum.Minor -= m.Entries[i].Amount.Minor
		}
	}
	m.Closing = balance(t, "closing", sum)
	return m
}

func balance(t *rapid.T, label string, amount money.Amount) iso20022.Balance {
	return iso20022.Balance{Amount: amount, At: instant(t, label+" at"), Interim: rapid.Bool().Draw(t, label+" interim")}
}

func goldenStatement() iso20022.AccountStatement {
	entries := goldenEntries()
	return iso20022.AccountStatement{
		MessageID: "M-7", CreatedAt: someTime, StatementID: "S-1", Page: 2, LastPage: true, Sequence: 7,
		From: someTime.Add(-time.Hour), To: someTime, AccountID: "HK-WALLET.HKD", Currency: "HKD", Owner: wallet,
		Opening: iso20022.Balance{Amount: money.New(1000, "HKD"), At: someTime.Add(-time.Hour), Interim: true},
		Closing: iso20022.Balance{Amount: money.New(-3948, "HKD"), At: someTime},
		Entries: entries,
	}
}

// goldenEntries are a payment and the refund of a third of it.
func goldenEntries() []iso20022.BookedEntry {
	return []iso20022.BookedEntry{
		{Reference: "B-1", Amount: money.New(7422, "HKD"), BookedAt: someTime, ValueAt: someDay, EndToEndID: "E-1",
			UETR: someUETR, Text: "payment"},
		{Reference: "B-2", Amount: money.New(2474, "HKD"), Credit: true, BookedAt: someTime, ValueAt: someDay,
			EndToEndID: "E-1", Text: "refund"},
	}
}

// A statement that does not add up is neither written nor accepted, whatever it
// is that is wrong by one.
func TestStatementsAddUp(t *testing.T) {
	genuine := golden(t, iso20022.AccountStatementName)
	cases := map[string]struct {
		change  func(m *iso20022.AccountStatement)
		old     string
		altered string
		problem string
	}{
		"opening": {
			func(m *iso20022.AccountStatement) { m.Opening.Amount.Minor++ }, ">10.00<", ">10.01<", "do not add up",
		},
		"closing": {
			func(m *iso20022.AccountStatement) { m.Closing.Amount.Minor-- }, ">39.48<", ">39.49<", "do not add up",
		},
		"sign": {
			func(m *iso20022.AccountStatement) { m.Closing.Amount.Minor *= -1 },
			">39.48</Amt><CdtDbtInd>DBIT<", ">39.48</Amt><CdtDbtInd>CRDT<", "do not add up",
		},
		"direction": {
			func(m *iso20022.AccountStatement) { m.Entries[1].Credit = false },
			">24.74</Amt><CdtDbtInd>CRDT<", ">24.74</Amt><CdtDbtInd>DBIT<", "",
		},
		"currency of a balance": {
			func(m *iso20022.AccountStatement) { m.Opening.Amount.Currency = "USD" },
			`"HKD">10.00<`, `"USD">10.00<`, "balance in another currency",
		},
		"currency of an entry": {
			func(m *iso20022.AccountStatement) { m.Entries[0].Amount.Currency = "USD" },
			`"HKD">74.22<`, `"USD">74.22<`, "entry in another currency",
		},
	}
	for name, c := range cases {
		m := goldenStatement()
		c.change(&m)
		_, err := m.AppendXML(nil)
		var refusal *iso20022.Error
		if !errors.As(err, &refusal) || !strings.Contains(refusal.Problem, c.problem) {
			t.Errorf("%s: written: %v", name, err)
		}
		if strings.Count(genuine, c.old) != 1 {
			t.Fatalf("%s: %q is not once in the genuine one", name, c.old)
		}
		if _, err := iso20022.ParseAccountStatement([]byte(strings.Replace(genuine, c.old, c.altered, 1))); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// Sums beyond 64 bits are refused and do not come round.
func TestStatementBeyondEveryBalance(t *testing.T) {
	most := money.New(1e18-1, "JPY")
	for _, credit := range []bool{true, false} {
		m := goldenStatement()
		m.Currency, m.Entries = "JPY", nil
		m.Opening.Amount, m.Closing.Amount = money.New(0, "JPY"), money.New(0, "JPY")
		for range 20 {
			m.Entries = append(m.Entries, iso20022.BookedEntry{Amount: most, Credit: credit})
		}
		if _, err := m.AppendXML(nil); err == nil || !strings.Contains(err.Error(), "beyond every balance") {
			t.Errorf("credit %v: %v", credit, err)
		}
	}
}

// Pages and numbers are numbers from 1, in one spelling; codes are those of
// their places, and there is one time of creation.
func TestStatementIsExact(t *testing.T) {
	genuine := golden(t, iso20022.AccountStatementName)
	for _, c := range []struct{ old, altered string }{
		{"<PgNb>2<", "<PgNb>0<"}, {"<PgNb>2<", "<PgNb>02<"}, {"<PgNb>2<", "<PgNb>100000<"}, {"<PgNb>2<", "<PgNb>+2<"},
		{"<ElctrncSeqNb>7<", "<ElctrncSeqNb>7.0<"}, {"<ElctrncSeqNb>7<", "<ElctrncSeqNb>-7<"},
		{"<LastPgInd>true<", "<LastPgInd>yes<"}, {"<Cd>INTM<", "<Cd>ITAV<"}, {"<Cd>OPBD<", "<Cd>CLBD<"},
		{"<Cd>CLBD<", "<Cd>CLAV<"}, {"2026-04-13T02:30:00.5Z</CreDtTm><FrTo", "2026-04-13T02:30:00.6Z</CreDtTm><FrTo"},
	} {
		altered := strings.Replace(genuine, c.old, c.altered, 1)
		if altered == genuine {
			t.Fatalf("%s is not there", c.old)
		}
		if m, err := iso20022.ParseAccountStatement([]byte(altered)); err == nil {
			t.Errorf("%s accepted: %+v", c.altered, m)
		}
	}
	m := goldenStatement()
	m.Page = 0
	if _, err := m.AppendXML(nil); err == nil {
		t.Error("page 0 was written")
	}
}
