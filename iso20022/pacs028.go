package iso20022

// AppendXML appends the request as pacs.028.001.06. The error is an [*Error].
func (m StatusRequest) AppendXML(dst []byte) ([]byte, error) { return appendMessage(dst, &m) }

// ParseStatusRequest reads a pacs.028.001.06 about one transaction. The error is
// an [*Error].
func ParseStatusRequest(data []byte) (StatusRequest, error) {
	var m StatusRequest
	if err := parseMessage(data, &m); err != nil {
		return StatusRequest{}, err
	}
	return m, nil
}

func (m *StatusRequest) name() string { return StatusRequestName }
func (m *StatusRequest) root() string { return "FIToFIPmtStsReq" }

func (m *StatusRequest) problem() string { return "" }

func (m *StatusRequest) walk(c *codec) {
	c.reportHeader(&m.MessageID, &m.CreatedAt, &m.InstructingAgent, &m.InstructedAgent)
	c.group("TxInf", required, true, func() {
		c.originalGroup(&m.OriginalMessageID, &m.OriginalMessageName)
		c.originalIDs(&m.OriginalInstruction, &m.OriginalEndToEndID, &m.OriginalTransaction, &m.OriginalUETR)
	})
}
