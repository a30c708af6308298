package iso20022

// AppendXML appends the notification as camt.054.001.13. The error is an
// [*Error].
func (m Notification) AppendXML(dst []byte) ([]byte, error) { return appendMessage(dst, &m) }

// ParseNotification reads a camt.054.001.13 about one account. The error is an
// [*Error].
func ParseNotification(data []byte) (Notification, error) {
	var m Notification
	if err := parseMessage(data, &m); err != nil {
		return Notification{}, err
	}
	return m, nil
}

func (m *Notification) name() string { return NotificationName }
func (m *Notification) root() string { return "BkToCstmrDbtCdtNtfctn" }

func (m *Notification) problem() string {
	for i := range m.Entries {
		if m.Entries[i].Amount.Currency != m.Currency {
			return "entry in another currency than the account"
		}
	}
	return ""
}

func (m *Notification) walk(c *codec) {
	c.group("GrpHdr", required, true, func() {
		c.text("MsgId", &m.MessageID, 35, required)
		c.time("CreDtTm", &m.CreatedAt, required)
	})
	c.group("Ntfctn", required, true, func() {
		c.text("Id", &m.NotificationID, 35, required)
		c.group("FrToDt", optional, !m.From.IsZero() || !m.To.IsZero(), func() {
			c.time("FrDtTm", &m.From, required)
			c.time("ToDtTm", &m.To, required)
		})
		c.group("Acct", required, true, func() {
			c.accountID(&m.AccountID, required)
			c.currency("Ccy", &m.Currency)
			c.owner(&m.Owner)
		})
		m.walkEntries(c)
	})
}

func (m *Notification) walkEntries(c *codec) {
	if !c.reading {
		for i := range m.Entries {
			m.Entries[i].walk(c)
		}
		return
	}
	for c.failure == nil && c.open.next.Exists() {
		var entry BookedEntry
		entry.walk(c)
		m.Entries = append(m.Entries, entry)
	}
}

// owner walks an agent in the place of a party.
func (c *codec) owner(agent *Agent) {
	c.group("Ownr", optional, *agent != Agent{}, func() {
		c.group("Id", required, true, func() {
			c.group("OrgId", required, true, func() {
				c.bic("AnyBIC", &agent.BIC)
				c.group("Othr", optional, agent.OtherID != "", func() { c.text("Id", &agent.OtherID, 35, required) })
			})
		})
		if *agent == (Agent{}) {
			c.fail("", "agent without identification")
		}
	})
}

func (e *BookedEntry) walk(c *codec) {
	c.group("Ntry", required, true, func() {
		c.text("NtryRef", &e.Reference, 35, optional)
		c.amount("Amt", &e.Amount, required)
		e.walkDirection(c)
		c.group("Sts", required, true, func() { c.constant("Cd", "BOOK") })
		c.group("BookgDt", optional, !e.BookedAt.IsZero(), func() { c.time("DtTm", &e.BookedAt, required) })
		c.group("ValDt", optional, !e.ValueAt.IsZero(), func() { c.date("Dt", &e.ValueAt, required) })
		e.walkTransactionCode(c)
		present := e.EndToEndID != "" || !e.UETR.IsZero()
		c.group("NtryDtls", optional, present, func() {
			c.group("TxDtls", required, true, func() {
				c.group("Refs", required, true, func() {
					c.text("EndToEndId", &e.EndToEndID, 35, optional)
					c.uetr("UETR", &e.UETR, optional)
				})
			})
		})
		c.text("AddtlNtryInf", &e.Text, 500, optional)
	})
}

func (e *BookedEntry) walkDirection(c *codec) {
	indicator := "DBIT"
	if e.Credit {
		indicator = "CRDT"
	}
	c.checked("CdtDbtInd", &indicator, required, func(text string) string {
		if text != "CRDT" && text != "DBIT" {
			return "neither CRDT nor DBIT"
		}
		return ""
	})
	if c.reading {
		e.Credit = indicator == "CRDT"
	}
}

// walkTransactionCode walks the bank transaction code, which follows from the
// direction: payments, received or issued credit transfers, other.
func (e *BookedEntry) walkTransactionCode(c *codec) {
	family := "ICDT"
	if e.Credit {
		family = "RCDT"
	}
	c.group("BkTxCd", required, true, func() {
		c.group("Domn", required, true, func() {
			c.constant("Cd", "PMNT")
			c.group("Fmly", required, true, func() {
				c.constant("Cd", family)
				c.constant("SubFmlyCd", "OTHR")
			})
		})
	})
}
