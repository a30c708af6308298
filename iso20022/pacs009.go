package iso20022

// AppendXML appends the transfer as pacs.009.001.12. The error is an [*Error].
// Without a settlement date the day of CreatedAt is written, and read back.
func (m InstitutionTransfer) AppendXML(dst []byte) ([]byte, error) {
	if m.SettlementDate.IsZero() {
		m.SettlementDate = day(m.CreatedAt)
	}
	return appendMessage(dst, &m)
}

// ParseInstitutionTransfer reads a pacs.009.001.12 (core) with one transaction.
// The error is an [*Error].
func ParseInstitutionTransfer(data []byte) (InstitutionTransfer, error) {
	var m InstitutionTransfer
	if err := parseMessage(data, &m); err != nil {
		return InstitutionTransfer{}, err
	}
	return m, nil
}

func (m *InstitutionTransfer) name() string { return InstitutionTransferName }
func (m *InstitutionTransfer) root() string { return "FICdtTrf" }

func (m *InstitutionTransfer) problem() string { return "" }

func (m *InstitutionTransfer) walk(c *codec) {
	c.transferHeader(&m.MessageID, &m.CreatedAt, nil, &m.InstructingAgent, &m.InstructedAgent)
	c.group("CdtTrfTxInf", required, true, func() {
		c.paymentID(&m.InstructionID, &m.EndToEndID, &m.TransactionID, &m.UETR, nil)
		c.amount("IntrBkSttlmAmt", &m.Amount, required)
		c.date("IntrBkSttlmDt", &m.SettlementDate, required)
		c.agent("Dbtr", &m.Debtor, required)
		c.agent("Cdtr", &m.Creditor, required)
		c.remittance(&m.Remittance)
	})
}
