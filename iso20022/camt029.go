package iso20022

// The confirmations of a [CancellationAnswer]
// (ExternalInvestigationExecutionConfirmation1Code).
const (
	// CancellationDone (CNCL): the payment is cancelled.
	CancellationDone = "CNCL"
	// CancellationPending (PDCR): not yet decided.
	CancellationPending = "PDCR"
	// CancellationRefused (RJCR): the payment stands.
	CancellationRefused = "RJCR"
)

// AppendXML appends the answer as camt.029.001.13. The error is an [*Error].
func (m CancellationAnswer) AppendXML(dst []byte) ([]byte, error) { return appendMessage(dst, &m) }

// ParseCancellationAnswer reads a camt.029.001.13 about one transaction. The
// error is an [*Error].
func ParseCancellationAnswer(data []byte) (CancellationAnswer, error) {
	var m CancellationAnswer
	if err := parseMessage(data, &m); err != nil {
		return CancellationAnswer{}, err
	}
	return m, nil
}

func (m *CancellationAnswer) name() string { return CancellationAnswerName }
func (m *CancellationAnswer) root() string { return "RsltnOfInvstgtn" }

func (m *CancellationAnswer) problem() string {
	if p := m.confirmationProblem(); p != "" {
		return p
	}
	return reasonProblem(m.Confirmation == CancellationRefused, m.Reason, "")
}

func (m *CancellationAnswer) confirmationProblem() string {
	if m.transactionStatus() == "" {
		return "unknown confirmation"
	}
	return ""
}

// transactionStatus is what the confirmation says of the one transaction
// (CancellationIndividualStatus1Code).
func (m *CancellationAnswer) transactionStatus() string {
	switch m.Confirmation {
	case CancellationDone:
		return "ACCR"
	case CancellationPending, CancellationRefused:
		return m.Confirmation
	default:
		return ""
	}
}

func (m *CancellationAnswer) walk(c *codec) {
	c.assignment(&m.AssignmentID, &m.CreatedAt, &m.Assigner, &m.Assignee)
	c.caseOf("RslvdCase", &m.CaseID, m.Assignee)
	c.group("Sts", required, true, func() {
		c.checked("Conf", &m.Confirmation, required, func(string) string { return m.confirmationProblem() })
	})
	c.group("CxlDtls", required, true, func() {
		c.group("TxInfAndSts", required, true, func() {
			c.originalGroup(&m.OriginalMessageID, &m.OriginalMessageName)
			c.originalIDs(nil, &m.OriginalEndToEndID, &m.OriginalTransaction, &m.OriginalUETR)
			c.constant("TxCxlSts", m.transactionStatus())
			c.reason("CxlStsRsnInf", &m.Reason, nil)
		})
	})
}
