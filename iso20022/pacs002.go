package iso20022

// AppendXML appends the report as pacs.002.001.15. The error is an [*Error].
func (m StatusReport) AppendXML(dst []byte) ([]byte, error) { return appendMessage(dst, &m) }

// ParseStatusReport reads a pacs.002.001.15 about one transaction, with one of
// the statuses that the switch uses. The error is an [*Error].
func ParseStatusReport(data []byte) (StatusReport, error) {
	var m StatusReport
	if err := parseMessage(data, &m); err != nil {
		return StatusReport{}, err
	}
	return m, nil
}

func (m *StatusReport) name() string { return StatusReportName }
func (m *StatusReport) root() string { return "FIToFIPmtStsRpt" }

func (m *StatusReport) problem() string {
	if !m.Status.Known() {
		return "unknown status"
	}
	return reasonProblem(m.Status == Rejected, m.Reason, m.ReasonText)
}

func (m *StatusReport) walk(c *codec) {
	c.reportHeader(&m.MessageID, &m.CreatedAt, &m.InstructingAgent, &m.InstructedAgent)
	c.group("TxInfAndSts", required, true, func() {
		c.originalGroup(&m.OriginalMessageID, &m.OriginalMessageName)
		c.originalIDs(&m.OriginalInstruction, &m.OriginalEndToEndID, &m.OriginalTransaction, &m.OriginalUETR)
		c.code("TxSts", (*string)(&m.Status), required)
		c.reason("StsRsnInf", &m.Reason, &m.ReasonText)
		c.time("AccptncDtTm", &m.AcceptedAt, optional)
		c.text("ClrSysRef", &m.ClearingReference, 35, optional)
	})
}
