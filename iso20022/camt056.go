package iso20022

// AppendXML appends the request as camt.056.001.11. The error is an [*Error].
func (m CancellationRequest) AppendXML(dst []byte) ([]byte, error) { return appendMessage(dst, &m) }

// ParseCancellationRequest reads a camt.056.001.11 about one transaction. The
// error is an [*Error].
func ParseCancellationRequest(data []byte) (CancellationRequest, error) {
	var m CancellationRequest
	if err := parseMessage(data, &m); err != nil {
		return CancellationRequest{}, err
	}
	return m, nil
}

func (m *CancellationRequest) name() string { return CancellationRequestName }
func (m *CancellationRequest) root() string { return "FIToFIPmtCxlReq" }

func (m *CancellationRequest) problem() string { return reasonProblem(true, m.Reason, "") }

func (m *CancellationRequest) walk(c *codec) {
	c.assignment(&m.AssignmentID, &m.CreatedAt, &m.Assigner, &m.Assignee)
	c.caseOf("Case", &m.CaseID, m.Assigner)
	c.group("CtrlData", required, true, func() { c.constant("NbOfTxs", "1") })
	c.group("Undrlyg", required, true, func() {
		c.group("TxInf", required, true, func() {
			c.originalGroup(&m.OriginalMessageID, &m.OriginalMessageName)
			c.originalIDs(nil, &m.OriginalEndToEndID, &m.OriginalTransaction, &m.OriginalUETR)
			c.amount("OrgnlIntrBkSttlmAmt", &m.OriginalAmount, optional)
			c.date("OrgnlIntrBkSttlmDt", &m.OriginalDate, optional)
			c.reason("CxlRsnInf", &m.Reason, nil)
		})
	})
}
