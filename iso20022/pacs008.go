package iso20022

// AppendXML appends the transfer as pacs.008.001.13. The error is an [*Error].
// Without a settlement date the day of CreatedAt is written, and read back.
func (m CreditTransfer) AppendXML(dst []byte) ([]byte, error) {
	if m.SettlementDate.IsZero() {
		m.SettlementDate = day(m.CreatedAt)
	}
	return appendMessage(dst, &m)
}

// ParseCreditTransfer reads a pacs.008.001.13 with one transaction and only the
// elements that [CreditTransfer] has a field for. The error is an [*Error].
func ParseCreditTransfer(data []byte) (CreditTransfer, error) {
	var m CreditTransfer
	if err := parseMessage(data, &m); err != nil {
		return CreditTransfer{}, err
	}
	return m, nil
}

func (m *CreditTransfer) name() string { return CreditTransferName }
func (m *CreditTransfer) root() string { return "FIToFICstmrCdtTrf" }

func (m *CreditTransfer) problem() string {
	if m.Rate == nil {
		return exchangeProblem(m.InstructedAmount, m.SettlementAmount, nil)
	}
	return exchangeProblem(m.InstructedAmount, m.SettlementAmount, &m.Rate.Rate)
}

func (m *CreditTransfer) walk(c *codec) {
	c.transferHeader(&m.MessageID, &m.CreatedAt, &m.ExpiresAt, &m.InstructingAgent, &m.InstructedAgent)
	c.group("CdtTrfTxInf", required, true, func() {
		c.paymentID(&m.InstructionID, &m.EndToEndID, &m.TransactionID, &m.UETR, &m.ClearingReference)
		m.walkType(c)
		c.amount("IntrBkSttlmAmt", &m.SettlementAmount, required)
		c.date("IntrBkSttlmDt", &m.SettlementDate, required)
		c.amount("InstdAmt", &m.InstructedAmount, required)
		c.exchange(m.InstructedAmount.Currency, m.SettlementAmount.Currency, &m.Rate, true)
		// Charges follow the service level: the rules of the switch.
		c.constant("ChrgBr", "SLEV")
		c.party("Dbtr", "PrvtId", &m.Debtor)
		c.account("DbtrAcct", &m.DebtorAccount)
		c.agent("DbtrAgt", &m.DebtorAgent, required)
		c.agent("CdtrAgt", &m.CreditorAgent, required)
		c.party("Cdtr", "OrgId", &m.Creditor)
		c.account("CdtrAcct", &m.CreditorAccount)
		c.remittance(&m.Remittance)
		c.supplementary(&m.Supplementary)
	})
}

func (m *CreditTransfer) walkType(c *codec) {
	present := m.LocalInstrument != "" || m.MerchantCategory != ""
	c.group("PmtTpInf", optional, present, func() {
		c.group("LclInstrm", optional, m.LocalInstrument != "", func() {
			c.text("Prtry", &m.LocalInstrument, 35, required)
		})
		c.group("CtgyPurp", optional, m.MerchantCategory != "", func() {
			c.text("Prtry", &m.MerchantCategory, 35, required)
		})
	})
}
