package iso20022

// AppendXML appends the return as pacs.004.001.14. The error is an [*Error].
// Without a settlement date the day of CreatedAt is written, and read back.
func (m PaymentReturn) AppendXML(dst []byte) ([]byte, error) {
	if m.SettlementDate.IsZero() {
		m.SettlementDate = day(m.CreatedAt)
	}
	return appendMessage(dst, &m)
}

// ParsePaymentReturn reads a pacs.004.001.14 with one transaction. The error is
// an [*Error].
func ParsePaymentReturn(data []byte) (PaymentReturn, error) {
	var m PaymentReturn
	if err := parseMessage(data, &m); err != nil {
		return PaymentReturn{}, err
	}
	return m, nil
}

func (m *PaymentReturn) name() string { return PaymentReturnName }
func (m *PaymentReturn) root() string { return "PmtRtr" }

func (m *PaymentReturn) problem() string {
	if p := reasonProblem(true, m.Reason, ""); p != "" {
		return p
	}
	return exchangeProblem(m.InstructedAmount, m.ReturnedAmount, m.Rate)
}

func (m *PaymentReturn) walk(c *codec) {
	c.transferHeader(&m.MessageID, &m.CreatedAt, nil, &m.InstructingAgent, &m.InstructedAgent)
	c.group("TxInf", required, true, func() {
		c.text("RtrId", &m.ReturnID, 35, required)
		c.originalGroup(&m.OriginalMessageID, &m.OriginalMessageName)
		c.originalIDs(nil, &m.OriginalEndToEndID, &m.OriginalTransaction, &m.OriginalUETR)
		c.amount("OrgnlIntrBkSttlmAmt", &m.OriginalAmount, optional)
		c.amount("RtrdIntrBkSttlmAmt", &m.ReturnedAmount, required)
		c.date("IntrBkSttlmDt", &m.SettlementDate, required)
		c.amount("RtrdInstdAmt", &m.InstructedAmount, optional)
		m.walkRate(c)
		c.reason("RtrRsnInf", &m.Reason, nil)
	})
}

func (m *PaymentReturn) walkRate(c *codec) {
	var agreed *AgreedRate
	if m.Rate != nil {
		agreed = &AgreedRate{Rate: *m.Rate}
	}
	c.exchange(m.InstructedAmount.Currency, m.ReturnedAmount.Currency, &agreed, false)
	if c.reading && agreed != nil {
		m.Rate = &agreed.Rate
	}
}
