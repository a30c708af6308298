package iso20022

import (
	"strconv"

	"github.com/causeway-pay/causeway/money"
)

// AppendXML appends the statement as camt.053.001.13. The error is an [*Error].
func (m AccountStatement) AppendXML(dst []byte) ([]byte, error) { return appendMessage(dst, &m) }

// ParseAccountStatement reads a camt.053.001.13 with one page of the statement
// of one account. The error is an [*Error].
func ParseAccountStatement(data []byte) (AccountStatement, error) {
	var m AccountStatement
	if err := parseMessage(data, &m); err != nil {
		return AccountStatement{}, err
	}
	return m, nil
}

func (m *AccountStatement) name() string { return AccountStatementName }
func (m *AccountStatement) root() string { return "BkToCstmrStmt" }

// problem holds a page to its arithmetic: what was there, and every entry, make
// what is there.
func (m *AccountStatement) problem() string {
	sum := m.Opening.Amount
	if sum.Currency != m.Currency || m.Closing.Amount.Currency != m.Currency {
		return "balance in another currency than the account"
	}
	for i := range m.Entries {
		change := m.Entries[i].Amount
		if change.Currency != m.Currency {
			return "entry in another currency than the account"
		}
		if !m.Entries[i].Credit {
			change.Minor = -change.Minor
		}
		after := sum.Minor + change.Minor
		if (after < sum.Minor) != (change.Minor < 0) {
			return "entries beyond every balance"
		}
		sum.Minor = after
	}
	if sum != m.Closing.Amount {
		return "balances and entries do not add up"
	}
	return ""
}

func (m *AccountStatement) walk(c *codec) {
	c.group("GrpHdr", required, true, func() {
		c.text("MsgId", &m.MessageID, 35, required)
		c.time("CreDtTm", &m.CreatedAt, required)
	})
	c.group("Stmt", required, true, func() {
		c.text("Id", &m.StatementID, 35, required)
		c.group("StmtPgntn", required, true, func() {
			c.count("PgNb", &m.Page, 99999)
			c.flag("LastPgInd", &m.LastPage)
		})
		c.count("ElctrncSeqNb", &m.Sequence, 1e18-1)
		created := m.CreatedAt
		if c.time("CreDtTm", &created, required); formatTime(created) != formatTime(m.CreatedAt) {
			c.fail("CreDtTm", "is not that of the message")
		}
		c.group("FrToDt", required, true, func() {
			c.time("FrDtTm", &m.From, required)
			c.time("ToDtTm", &m.To, required)
		})
		c.group("Acct", required, true, func() {
			c.accountID(&m.AccountID, required)
			c.currency("Ccy", &m.Currency)
			c.owner(&m.Owner)
		})
		m.Opening.walk(c, "OPBD")
		m.Closing.walk(c, "CLBD")
		entries := Notification{Entries: m.Entries}
		entries.walkEntries(c)
		m.Entries = entries.Entries
	})
}

// walk walks a balance. The code says whether it is the one before or after the
// entries; an interim one stands at the edge between two pages.
func (b *Balance) walk(c *codec, code string) {
	c.group("Bal", required, true, func() {
		c.group("Tp", required, true, func() {
			c.group("CdOrPrtry", required, true, func() { c.constant("Cd", code) })
			c.group("SubTp", optional, b.Interim, func() {
				c.constant("Cd", "INTM")
				b.Interim = true
			})
		})
		b.walkAmount(c)
		c.group("Dt", required, true, func() { c.time("DtTm", &b.At, required) })
	})
}

// walkAmount walks an amount whose sign is an indicator of its own: credit if
// the owner of the account is owed.
func (b *Balance) walkAmount(c *codec) {
	size, indicator := b.Amount, "CRDT"
	if size.Minor < 0 {
		size, indicator = money.New(-size.Minor, size.Currency), "DBIT"
	}
	c.amount("Amt", &size, required)
	c.checked("CdtDbtInd", &indicator, required, func(text string) string {
		if text != "CRDT" && text != "DBIT" {
			return "neither CRDT nor DBIT"
		}
		return ""
	})
	if c.reading {
		b.Amount = size
		if indicator == "DBIT" {
			b.Amount.Minor = -size.Minor
		}
	}
}

// count walks a number from 1 to a limit, written without leading zeros.
func (c *codec) count(name string, value *int64, limit int64) {
	text := strconv.FormatInt(*value, 10)
	c.checked(name, &text, required, func(text string) string {
		number, err := strconv.ParseInt(text, 10, 64)
		if err != nil || number < 1 || number > limit || strconv.FormatInt(number, 10) != text {
			return "not a number from 1 to its limit"
		}
		*value = number
		return ""
	})
}

// flag walks a boolean.
func (c *codec) flag(name string, value *bool) {
	text := strconv.FormatBool(*value)
	c.checked(name, &text, required, func(text string) string {
		if text != "true" && text != "false" {
			return "neither true nor false"
		}
		return ""
	})
	if c.reading {
		*value = text == "true"
	}
}
