package iso20022

import (
	"time"

	"github.com/causeway-pay/causeway/money"
)

// transferHeader walks the GrpHdr of messages that move money. There is one
// transaction in each and it settles through the clearing system, which is the
// switch (rule C36: no accounts and reimbursement agents beside CLRG).
func (c *codec) transferHeader(id *string, created, expires *time.Time, instructing, instructed *Agent) {
	c.group("GrpHdr", required, true, func() {
		c.text("MsgId", id, 35, required)
		c.time("CreDtTm", created, required)
		if expires != nil {
			c.time("XpryDtTm", expires, optional)
		}
		c.constant("NbOfTxs", "1")
		c.group("SttlmInf", required, true, func() { c.constant("SttlmMtd", "CLRG") })
		c.agent("InstgAgt", instructing, optional)
		c.agent("InstdAgt", instructed, optional)
	})
}

// reportHeader walks the GrpHdr of messages about other messages.
func (c *codec) reportHeader(id *string, created *time.Time, instructing, instructed *Agent) {
	c.group("GrpHdr", required, true, func() {
		c.text("MsgId", id, 35, required)
		c.time("CreDtTm", created, required)
		c.agent("InstgAgt", instructing, optional)
		c.agent("InstdAgt", instructed, optional)
	})
}

// assignment walks the Assgnmt of investigations.
func (c *codec) assignment(id *string, created *time.Time, assigner, assignee *Agent) {
	c.group("Assgnmt", required, true, func() {
		c.text("Id", id, 35, required)
		c.group("Assgnr", required, true, func() { c.agent("Agt", assigner, required) })
		c.group("Assgne", required, true, func() { c.agent("Agt", assignee, required) })
		c.time("CreDtTm", created, required)
	})
}

// caseOf walks a case, which its creator opened: the one who asks for the
// cancellation.
func (c *codec) caseOf(name string, id *string, creator Agent) {
	c.group(name, optional, *id != "", func() {
		c.text("Id", id, 35, required)
		found := creator
		c.group("Cretr", required, true, func() { c.agent("Agt", &found, required) })
		if found != creator {
			c.fail("Cretr", "is not who asked for the cancellation")
		}
	})
}

// paymentID walks PmtId.
func (c *codec) paymentID(instruction, endToEnd, transaction *string, uetr *UETR, clearing *string) {
	c.group("PmtId", required, true, func() {
		c.text("InstrId", instruction, 35, optional)
		c.text("EndToEndId", endToEnd, 35, required)
		c.text("TxId", transaction, 35, optional)
		c.uetr("UETR", uetr, required)
		if clearing != nil {
			c.text("ClrSysRef", clearing, 35, optional)
		}
	})
}

// originalGroup walks OrgnlGrpInf: the message that this one is about.
func (c *codec) originalGroup(id, name *string) {
	c.group("OrgnlGrpInf", optional, *id != "" || *name != "", func() {
		c.text("OrgnlMsgId", id, 35, required)
		c.text("OrgnlMsgNmId", name, 35, required)
	})
}

// originalIDs walks the identifiers of the transaction that this message is
// about; instruction is nil where the message has no field for it.
func (c *codec) originalIDs(instruction, endToEnd, transaction *string, uetr *UETR) {
	if instruction != nil {
		c.text("OrgnlInstrId", instruction, 35, optional)
	}
	c.text("OrgnlEndToEndId", endToEnd, 35, optional)
	c.text("OrgnlTxId", transaction, 35, optional)
	c.uetr("OrgnlUETR", uetr, optional)
}

func (c *codec) agent(name string, agent *Agent, need need) {
	c.group(name, need, *agent != Agent{}, func() {
		c.group("FinInstnId", required, true, func() {
			c.bic("BICFI", &agent.BIC)
			c.group("Othr", optional, agent.OtherID != "", func() { c.text("Id", &agent.OtherID, 35, required) })
		})
		if *agent == (Agent{}) {
			c.fail("", "agent without identification")
		}
	})
}

// bic walks a BICFIDec2014Identifier: four letters or digits, a country of two
// letters, two and possibly three more letters or digits.
func (c *codec) bic(name string, value *string) {
	c.checked(name, value, optional, func(text string) string {
		if len(text) != 8 && len(text) != 11 || !only(text, upperOrDigit) || !countryCode(text[4:6]) {
			return "not a BIC"
		}
		return ""
	})
}

func countryCode(text string) bool {
	return len(text) == 2 && only(text, func(b byte) bool { return b >= 'A' && b <= 'Z' })
}

// party walks a PartyIdentification. kind is PrvtId for a person, OrgId for a
// merchant.
func (c *codec) party(name, kind string, party *Party) {
	c.group(name, required, true, func() {
		c.text("Nm", &party.Name, 140, optional)
		c.group("PstlAdr", optional, party.Town != "" || party.Country != "", func() {
			c.text("TwnNm", &party.Town, 140, optional)
			c.checked("Ctry", &party.Country, optional, func(text string) string {
				if !countryCode(text) {
					return "not a country code"
				}
				return ""
			})
		})
		c.group("Id", optional, party.OtherID != "", func() {
			c.group(kind, required, true, func() {
				c.group("Othr", required, true, func() { c.text("Id", &party.OtherID, 256, required) })
			})
		})
	})
}

func (c *codec) account(name string, account *Account) {
	c.group(name, optional, !account.IsZero(), func() {
		c.accountID(&account.ID, optional)
		c.group("Prxy", optional, account.ProxyType != "" || account.ProxyID != "", func() {
			c.group("Tp", optional, account.ProxyType != "", func() { c.code("Cd", &account.ProxyType, required) })
			c.text("Id", &account.ProxyID, 2048, required)
		})
	})
}

func (c *codec) accountID(id *string, need need) {
	c.group("Id", need, *id != "", func() {
		c.group("Othr", required, true, func() { c.text("Id", id, 34, required) })
	})
}

// reason walks the part that the reason blocks have in common.
func (c *codec) reason(name string, code, text *string) {
	present := *code != "" || text != nil && *text != ""
	c.group(name, optional, present, func() {
		c.group("Rsn", optional, *code != "", func() { c.code("Cd", code, required) })
		if text != nil {
			c.text("AddtlInf", text, 105, optional)
		}
	})
}

// remittance walks RmtInf with one unstructured text.
func (c *codec) remittance(text *string) {
	c.group("RmtInf", optional, *text != "", func() { c.text("Ustrd", text, 140, required) })
}

// supplementary walks SplmtryData, in which bytes of any kind travel.
func (c *codec) supplementary(data *[]byte) {
	c.group("SplmtryData", optional, len(*data) > 0, func() {
		c.group("Envlp", required, true, func() {
			if c.reading {
				*data = c.readSupplementary()
			}
			if len(*data) == 0 || len(*data) > SupplementaryMax {
				c.fail("", "empty or larger than 128 KiB")
			} else if !c.reading {
				c.writeSupplementary(*data)
			}
		})
	})
}

// exchange walks XchgRate and AgrdRate, which stand together where the two
// currencies differ (rules C15 to C17). The agreed rate is what counts;
// XchgRate is the same as one unit of instructed in the currency of settled, to
// the digits that its type has.
func (c *codec) exchange(instructed, settled money.Currency, agreed **AgreedRate, quoted bool) {
	var informal string
	if !c.reading && *agreed != nil {
		if informal = informalRate(instructed, settled, (*agreed).Rate); informal == "" {
			c.fail("XchgRate", "does not fit 11 digits")
		}
	}
	c.leaf("XchgRate", &informal, nil, optional)
	c.group("AgrdRate", optional, *agreed != nil, func() {
		if c.reading {
			*agreed = &AgreedRate{}
		}
		c.agreedRate(*agreed, quoted)
	})
	if !c.reading || c.failure != nil || informal == "" && *agreed == nil {
		return
	}
	if *agreed == nil || !sameRate(informal, informalRate(instructed, settled, (*agreed).Rate)) {
		c.fail("XchgRate", "does not follow from AgrdRate")
	}
}

func (c *codec) agreedRate(agreed *AgreedRate, quoted bool) {
	rate := &agreed.Rate
	text := rate.Decimal()
	c.currency("UnitCcy", &rate.Base)
	c.currency("QtdCcy", &rate.Quote)
	c.checked("PreAgrdXchgRate", &text, required, func(text string) string {
		parsed, err := money.ParseRate(rate.Base, rate.Quote, text)
		if limited, limitErr := parsed.Round(11, 10, money.Down); err != nil || limitErr != nil || limited != parsed {
			return "not a positive rate of 11 digits, 10 of them after the point"
		}
		if c.reading {
			*rate = parsed
		}
		return ""
	})
	if quoted {
		c.time("QtnDtTm", &agreed.QuotedAt, optional)
		c.uetr("QtId", &agreed.QuoteID, optional)
	}
}

// informalRate writes 1 from in to, limited to BaseOneRate; "" if that cannot
// be done.
func informalRate(from, to money.Currency, rate money.Rate) string {
	ratio := rate.Ratio()
	if rate.Base == to {
		ratio = ratio.Inverse()
	}
	limited, err := ratio.Rate(11, 10, money.HalfEven)
	if err != nil || limited.Base != from || limited.Quote != to {
		return ""
	}
	return limited.Decimal()
}

func sameRate(a, b string) bool {
	// The pair does not matter to the comparison.
	x, errX := money.ParseRate("EUR", "EUR", a)
	y, errY := money.ParseRate("EUR", "EUR", b)
	return errX == nil && errY == nil && x == y
}

// exchangeProblem says how two amounts and the rate between them contradict one
// another.
func exchangeProblem(instructed, settled money.Amount, rate *money.Rate) string {
	if instructed.Currency == settled.Currency || instructed == (money.Amount{}) {
		if rate != nil {
			return "exchange rate without two currencies"
		}
		return ""
	}
	if rate == nil {
		return "exchange rate missing"
	}
	pair := [2]money.Currency{rate.Base, rate.Quote}
	if pair != [2]money.Currency{instructed.Currency, settled.Currency} &&
		pair != [2]money.Currency{settled.Currency, instructed.Currency} {
		return "exchange rate of other currencies"
	}
	return ""
}
