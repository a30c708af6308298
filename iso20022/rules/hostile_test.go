package rules_test

import (
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/iso20022/rules"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// repeated makes a message of some size by repeating one of its elements.
func repeated(t testing.TB, message, element string, size int) string {
	t.Helper()
	start, end := strings.Index(message, "<"+element+">"), strings.Index(message, "</"+element+">")+len(element)+3
	if start < 0 || end < start {
		t.Fatalf("no %s", element)
	}
	one := message[start:end]
	return message[:start] + strings.Repeat(one, max(1, (size-len(message))/len(one))) + message[end:]
}

// TestHostileMessages: messages of the largest size in which everything is wrong
// are checked and answered at once, with as many findings as anybody would read.
// The time is what work that grows with the square of the size would never meet.
func TestHostileMessages(t *testing.T) {
	const size, longest = wire.SizeMax - 1<<16, 20 * time.Second
	profile := load(t, "cbpr+")
	for _, tt := range []struct{ name, edits, element string }{
		{"pacs.008.001.09", "<ChrgBr>SHAR => <ChrgBr>CRED", "CdtTrfTxInf"},
		{"pacs.008.001.09", "<ChrgBr>SHAR => <ChrgBr>HALF", "CdtTrfTxInf"},
		{"pacs.004.001.10", "<GrpRtr>false => <GrpRtr>true", "TxInf"},
		{"pacs.007.001.10", "<GrpRvsl>false => <GrpRvsl>true", "TxInf"},
		{"pacs.010.001.04", "<TxId>T-1</TxId> => ", "DrctDbtTxInf"},
		{"pacs.010.001.04", "<TxId>T-1</TxId> => ", "CdtInstr"},
		{"pacs.002.001.11", "<OrgnlGrpInfAndSts> => <OrgnlGrpInfAndSts><OrgnlMsgId>O-0</OrgnlMsgId>" +
			"<OrgnlMsgNmId>pacs.008.001.09</OrgnlMsgNmId></OrgnlGrpInfAndSts><OrgnlGrpInfAndSts>", "TxInfAndSts"},
		{"pacs.002.001.11", "<Rsn><Cd>AC01</Cd></Rsn> => <Rsn><Cd>NARR</Cd></Rsn>", "StsRsnInf"},
		{"pain.002.001.11", "<OrgnlMsgNmId>pain.001.001.10</OrgnlMsgNmId> +> <GrpSts>RCVD</GrpSts>" +
			" ;; P-1</OrgnlPmtInfId> +> <PmtInfSts>RCVD</PmtInfSts>", "OrgnlPmtInfAndSts"},
		{"pain.001.001.10", "<Amt><InstdAmt Ccy=\"HKD\">10.50 => <Amt><InstdAmt Ccy=\"HKD\">10.501", "CdtTrfTxInf"},
		{"camt.053.001.08", "<Ntry>\n<Amt Ccy=\"HKD\"> => <Ntry>\n<Amt Ccy=\"ABC\">", "Ntry"},
	} {
		message := repeated(t, edit(t, base(t, tt.name), tt.edits), tt.element, size)
		m := new(wire.Reader).Read([]byte(message))
		start := time.Now()
		warnings := 0
		o := rules.Options{Profile: profile, At: day(2026, 11, 25), Warn: func(wire.Finding) { warnings++ }}
		findings := rules.Check(m, o)
		answer, err := rules.Answer(m, findings, answering)
		if took := time.Since(start); took > longest {
			t.Errorf("%s of %s: took %v", tt.element, tt.name, took)
		}
		// The reader says of its own that it has given up.
		if len(findings) != max(wire.FindingsMax, len(m.Findings)) || warnings > wire.FindingsMax {
			t.Errorf("%s of %s: %d findings, %d warnings", tt.element, tt.name, len(findings), warnings)
		}
		if err != nil || len(answer) > 300<<10 {
			t.Errorf("%s of %s: an answer of %d bytes, %v", tt.element, tt.name, len(answer), err)
		}
	}
}
