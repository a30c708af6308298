package record_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/telemetry"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/payment"
)

const (
	sakura  = "JP-SAKURA"
	harbour = "HK-HARBOUR"
)

// street is a stage with what happened on it.
type street struct {
	*stage.Stage
	t *testing.T
	// payments are the ids by request id.
	payments map[string]ids.ID
	operator *client.Client
	// bodies are the messages fetched so far.
	bodies map[ids.ID][]byte
}

// story is what became of one payment and what must be on record about it: the
// messages in ISO 20022, in any order, whatever else there is.
type story struct {
	requestID string
	state     payment.State
	want      []string
}

// stories are the steps of the mapping between the partners' protocol and ISO
// 20022, each with its messages.
func stories() []story {
	pay := []string{"acquirer IN pacs.008", "wallet OUT pacs.008"}
	paid := with(pay, "wallet IN pacs.002 ACSC", "acquirer OUT pacs.002 ACSC")
	unknown := with(pay, "acquirer OUT pacs.002 PDNG", "wallet OUT pacs.028")
	return []story{
		{"PAID", payment.Posted, with(paid, "acquirer IN pacs.028", "acquirer OUT pacs.002 ACSC")},
		{"POOR", payment.Declined, with(pay, "wallet IN pacs.002 RJCT AM04", "acquirer OUT pacs.002 RJCT AM04")},
		{"LISTED", payment.Rejected, []string{"acquirer IN pacs.008", "acquirer OUT pacs.002 RJCT RR04"}},
		{"DEBITED", payment.Posted, with(unknown, "wallet IN pacs.002 ACSC", "acquirer OUT pacs.002 ACSC")},
		{"LATER", payment.Posted, with(pay, "wallet IN pacs.002 PDNG", "acquirer OUT pacs.002 PDNG",
			"wallet IN pacs.002 ACSC", "acquirer OUT pacs.002 ACSC")},
		{"SILENT", payment.Cancelled, with(unknown, "wallet IN pacs.002 PDNG NARR", "acquirer IN camt.056",
			"wallet OUT camt.056", "wallet IN camt.029 CNCL", "acquirer OUT camt.029 CNCL", "acquirer OUT pacs.002 CANC")},
		{"SHOWN", payment.Posted, with(paid, "acquirer OUT pacs.002 PDNG")},
		{"VOID", payment.Cancelled, []string{"acquirer IN pacs.008", "acquirer OUT pacs.002 PDNG", "acquirer IN camt.056",
			"acquirer OUT camt.029 CNCL", "acquirer OUT pacs.002 CANC"}},
		{"REFUNDED", payment.Posted, with(paid, "acquirer IN pacs.004 CUST", "wallet OUT pacs.004 CUST",
			"wallet IN pacs.002 ACSC of return", "acquirer OUT pacs.002 ACSC of return",
			"acquirer OUT pacs.002 RJCT AM09 of return")},
		{"UNDONE", payment.Posted, with(paid, "acquirer IN camt.056", "wallet OUT camt.056", "wallet IN camt.029 CNCL",
			"acquirer IN pacs.004 FOCR", "wallet OUT pacs.004 FOCR", "acquirer OUT camt.029 CNCL")},
		{"SPENT", payment.Posted, with(paid, "acquirer IN pacs.004 CUST", "acquirer IN camt.056",
			"acquirer OUT camt.029 RJCR ARDT")},
	}
}

func with(some []string, more ...string) []string { return append(slices.Clone(some), more...) }

func TestRecord(t *testing.T) {
	s := &street{
		t: t, payments: map[string]ids.ID{}, bodies: map[ids.ID][]byte{},
		Stage: stagetest.Open(t, stage.Options{
			Customers: []sandbox.Customer{
				{ID: "later", Name: "Late Waystone", Balance: 1e9, Behaviour: sandbox.Later, DelayMillis: 1200},
			},
			// Long enough for wallets that answer on a busy machine: the stories are told to the word.
			Timing: stage.Timing{WalletPatience: 5 * time.Second, CodeWindow: 60 * time.Second, Inquiries: "1500ms"},
		}),
	}
	token, err := s.Token(s.Operators()[0])
	if err != nil {
		t.Fatal(err)
	}
	s.operator = &client.Client{BaseURL: s.OperatorsURL(), Token: telemetry.Personal(token)}
	s.happen()
	s.settle()
	for _, story := range stories() {
		t.Run(story.requestID, func(t *testing.T) { s.tells(t, story) })
	}
	t.Run("wire", s.equalsWire)
	t.Run("command", s.byCommand)
	t.Run("cut-off", s.cutOff)
	t.Run("rules", s.obeysRules)
}

func (s *street) pay(order sandbox.PayOrder, customer string) sandbox.PayOutcome {
	s.t.Helper()
	if customer != "" {
		codes, err := s.Control(harbour).Codes(s.t.Context(), sandbox.CodeOrder{Customer: customer})
		if err != nil || len(codes.Codes) != 1 {
			s.t.Fatalf("no code for %s: %+v, %v", customer, codes, err)
		}
		order.Code = codes.Codes[0].PaymentCode
	}
	order.Amount, order.Currency, order.MerchantName = "1500", "JPY", "Tea & Söhne <Ueno>"
	outcome, err := s.Control(sakura).Pay(s.t.Context(), order)
	if err != nil || outcome.Error != "" {
		s.t.Fatalf("%s: %+v, %v", order.RequestID, outcome, err)
	}
	if s.payments[order.RequestID], err = ids.Parse(outcome.Answer.PaymentID); err != nil {
		s.t.Fatalf("%s: %v", order.RequestID, err)
	}
	return outcome
}

// happen lets every story happen.
func (s *street) happen() {
	t, ctx, acquirer := s.t, s.t.Context(), s.Control(sakura)
	t.Helper()
	for requestID, customer := range map[string]string{
		"PAID": stage.Regular + "-0", "POOR": stage.Poor, "LISTED": stage.Listed, "SILENT": stage.Silent,
		"DEBITED": stage.SilentDebited, "LATER": "later", "REFUNDED": stage.Regular + "-1", "UNDONE": stage.Regular + "-2",
		"SPENT": stage.Regular + "-3",
	} {
		s.pay(sandbox.PayOrder{RequestID: requestID}, customer)
	}
	shown := s.pay(sandbox.PayOrder{RequestID: "SHOWN"}, "")
	s.pay(sandbox.PayOrder{RequestID: "VOID"}, "")
	_, err := s.Control(harbour).Scan(ctx, sandbox.ScanOrder{
		CodeValue: shown.Answer.OrderCodeForm.CodeDetails[0].CodeValue, Customer: stage.Regular + "-4", Confirm: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	refund := func(requestID, amount, code string) {
		t.Helper()
		got, err := acquirer.Refund(ctx, sandbox.RefundOrder{
			NamedPayment: sandbox.NamedPayment{RequestID: requestID}, Amount: amount, Currency: "JPY", Why: "one cup less",
		})
		if err != nil || got.Answer.Result.Code != code {
			t.Fatalf("refund of %s: %+v, %v", requestID, got, err)
		}
	}
	refund("REFUNDED", "500", "SUCCESS")
	refund("REFUNDED", "1001", "REFUND_AMOUNT_EXCEED")
	refund("SPENT", "1500", "SUCCESS")
	for requestID, code := range map[string]string{
		"UNDONE": "SUCCESS", "VOID": "SUCCESS", "SPENT": "REFUND_AMOUNT_EXCEED",
	} {
		got, err := acquirer.Cancel(ctx, sandbox.NamedPayment{RequestID: requestID})
		if err != nil || got.Answer.Result.Code != code {
			t.Fatalf("cancel of %s: %+v, %v", requestID, got, err)
		}
	}
	for range 3 {
		if _, err := acquirer.Inquire(ctx, sandbox.NamedPayment{RequestID: "PAID"}); err != nil {
			t.Fatal(err)
		}
	}
	s.awaitInquiry(s.payments["SILENT"])
	if got, err := acquirer.Cancel(ctx, sandbox.NamedPayment{RequestID: "SILENT"}); err != nil ||
		got.Answer.Result.Code != "SUCCESS" {
		t.Fatalf("cancel of SILENT: %+v, %v", got, err)
	}
}

// until polls until a condition holds.
func (s *street) until(what string, holds func(file engine.File) bool, id ids.ID) {
	s.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		var file engine.File
		stagetest.Read(s.t, s.Stage, func(reader db.Reader) (err error) {
			file, err = engine.Open(s.t.Context(), reader, id)
			return err
		})
		if holds(file) {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("not within a minute: %s, %s %s", what, file.Payment.RequestID, file.Payment.State)
		}
	}
}

func (s *street) awaitInquiry(id ids.ID) {
	s.t.Helper()
	s.until("an inquiry", func(file engine.File) bool {
		return slices.ContainsFunc(file.Messages, func(m engine.Message) bool {
			return m.Name == "alipayplus.inquiryPayment.answer" && m.Leg == "wallet"
		})
	}, id)
}

// settle waits until everything has ended and the acquirer has been told.
func (s *street) settle() {
	s.t.Helper()
	for _, story := range stories() {
		s.until("the end", func(file engine.File) bool {
			// What ended with the answer itself is not notified.
			return file.Payment.State == story.state && (file.Notified || story.state == payment.Rejected)
		}, s.payments[story.requestID])
	}
}

// fetch reads the body of a message by its id, as the API gives it.
func (s *street) fetch(t *testing.T, m wire.Message) []byte {
	t.Helper()
	if body, known := s.bodies[m.ID]; known {
		return body
	}
	body, err := s.operator.Message(t.Context(), hex.EncodeToString(m.ID[:]))
	if err != nil || len(body) != m.Bytes || len(body) == 0 {
		t.Fatalf("%s: %d bytes of %d, %v", m.Name, len(body), m.Bytes, err)
	}
	s.bodies[m.ID] = body
	return body
}

// tells checks that the record of a payment tells its story.
func (s *street) tells(t *testing.T, story story) {
	id := s.payments[story.requestID]
	list, err := s.operator.PaymentMessages(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	byUETR, err := s.operator.Messages(t.Context(), client.MessageFilter{UETR: id.String()})
	if err != nil || len(byUETR.Messages) != len(list.Messages) {
		t.Errorf("%d messages by UETR, %d by payment, %v", len(byUETR.Messages), len(list.Messages), err)
	}
	said, pairs := map[string]int{}, map[ids.ID]int{}
	for _, m := range list.Messages {
		body := s.fetch(t, m)
		pairs[m.PairID]++
		if strings.HasPrefix(m.Name, "alipayplus.") {
			continue
		}
		what, err := read(m.Name, body, id, m.ID)
		if err != nil {
			t.Errorf("%s: %v\n%s", m.Name, err, body)
		}
		said[m.Leg+" "+m.Direction+" "+what]++
	}
	for _, want := range story.want {
		if said[want]--; said[want] < 0 {
			t.Errorf("not on record: %s; there is %v", want, names(list))
		}
	}
	for _, m := range list.Messages {
		// The priced copy of an order and the money of a cancel are the hub's own.
		alone := m.ID == m.PairID && pairs[m.PairID] == 1
		if alone && !strings.HasPrefix(m.Name, "pacs.") {
			t.Errorf("%s %s of %s has no words of the partner beside it", m.Direction, m.Name, m.PartnerID)
		}
	}
}

func names(list wire.Messages) []string {
	var all []string
	for _, m := range list.Messages {
		all = append(all, fmt.Sprint(m.Leg, " ", m.Direction, " ", m.Name))
	}
	return all
}

// read parses a message, checks that it carries its id and the payment's UETR,
// and says what it says.
func read(name string, body []byte, paymentID, id ids.ID) (string, error) {
	var carried, uetr, says string
	var err error
	switch name {
	case iso20022.CreditTransferName:
		var m iso20022.CreditTransfer
		m, err = iso20022.ParseCreditTransfer(body)
		carried, uetr, says = m.MessageID, m.UETR.String(), "pacs.008"
		if err == nil && (m.Creditor.Name != "Tea & Söhne <Ueno>" || m.InstructedAmount.Decimal() != "1500") {
			err = fmt.Errorf("creditor %q, amount %s", m.Creditor.Name, m.InstructedAmount)
		}
	case iso20022.StatusReportName:
		var m iso20022.StatusReport
		m, err = iso20022.ParseStatusReport(body)
		carried, uetr = m.MessageID, m.OriginalUETR.String()
		says = strings.TrimSpace("pacs.002 " + string(m.Status) + " " + m.Reason)
		if m.OriginalMessageName == iso20022.PaymentReturnName {
			says += " of return"
		}
	case iso20022.PaymentReturnName:
		var m iso20022.PaymentReturn
		m, err = iso20022.ParsePaymentReturn(body)
		carried, uetr, says = m.MessageID, m.OriginalUETR.String(), "pacs.004 "+m.Reason
	case iso20022.StatusRequestName:
		var m iso20022.StatusRequest
		m, err = iso20022.ParseStatusRequest(body)
		carried, uetr, says = m.MessageID, m.OriginalUETR.String(), "pacs.028"
	case iso20022.CancellationRequestName:
		var m iso20022.CancellationRequest
		m, err = iso20022.ParseCancellationRequest(body)
		carried, uetr, says = m.AssignmentID, m.OriginalUETR.String(), "camt.056"
	case iso20022.CancellationAnswerName:
		var m iso20022.CancellationAnswer
		m, err = iso20022.ParseCancellationAnswer(body)
		carried, uetr = m.AssignmentID, m.OriginalUETR.String()
		says = strings.TrimSpace("camt.029 " + m.Confirmation + " " + m.Reason)
	default:
		return name, fmt.Errorf("unknown message")
	}
	if err == nil && (carried != hex.EncodeToString(id[:]) || uetr != paymentID.String()) {
		err = fmt.Errorf("carries id %s and UETR %s, want %s and %s", carried, uetr, id, paymentID)
	}
	return says, err
}

// equalsWire compares the partners' words on record with what the partners saw,
// in both ways.
func (s *street) equalsWire(t *testing.T) {
	for _, partner := range []string{sakura, harbour} {
		exchanges, err := s.Control(partner).Wire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		onWire := map[string]int{}
		for _, e := range exchanges {
			name := "alipayplus." + path.Base(e.Path)
			onWire[direction(e.Called, true)+name+"\n"+string(e.Request)]++
			onWire[direction(e.Called, false)+name+".answer\n"+string(e.Answer)]++
		}
		recorded := map[string]int{}
		for _, id := range s.payments {
			s.words(t, id, partner, func(m wire.Message, body []byte) {
				key := m.Direction + " " + m.Name + "\n" + string(body)
				recorded[key]++
				if onWire[key] == 0 {
					t.Errorf("%s never saw %s", partner, key)
				}
			})
		}
		if len(recorded) < 20 {
			t.Errorf("only %d messages of %s", len(recorded), partner)
		}
		for key := range onWire {
			if recorded[key] == 0 && !spared(key) {
				t.Errorf("not on record, but seen by %s: %s", partner, key)
			}
		}
	}
}

// direction is how the hub sees a request or answer, given who called.
func direction(partnerCalled, request bool) string {
	if partnerCalled == request {
		return "IN "
	}
	return "OUT "
}

// spared tells what was on the wire and is rightly not on record: codes, which
// are no payments; answers that never reached the hub, because its patience was
// over; answers of silent wallets.
func spared(key string) bool {
	_, body, _ := strings.Cut(key, "\n")
	return strings.Contains(key, "getPaymentCode") || body == "" ||
		strings.HasPrefix(key, "IN alipayplus.pay.answer") &&
			(strings.Contains(body, "UNKNOWN_EXCEPTION") || strings.Contains(body, stage.SilentDebited))
}

func (s *street) words(t *testing.T, id ids.ID, partner string, each func(m wire.Message, body []byte)) {
	t.Helper()
	list, err := s.operator.PaymentMessages(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list.Messages {
		if m.PartnerID == partner && strings.HasPrefix(m.Name, "alipayplus.") {
			each(m, s.fetch(t, m))
		}
	}
}

// byCommand reads messages as a person at a terminal does.
func (s *street) byCommand(t *testing.T) {
	operate := func(arguments ...string) []byte {
		t.Helper()
		return s.run(t, nil, append([]string{
			"operate", "--hub", s.OperatorsURL(), "--token-file", filepath.Join(s.Dir, "tokens", s.Operators()[0]),
		}, arguments...)...)
	}
	id := s.payments["REFUNDED"]
	shown := string(operate("messages", "--uetr", id.String()))
	list, err := s.operator.PaymentMessages(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list.Messages {
		if !strings.Contains(shown, m.ID.String()) {
			t.Errorf("%s is not listed:\n%s", m.Name, shown)
		}
	}
	for _, m := range list.Messages[:3] {
		if body := operate("message", m.ID.String()); !bytes.Equal(body, s.fetch(t, m)) {
			t.Errorf("%s printed as %q", m.Name, body)
		}
	}
	transfer := list.Messages[1]
	verdict := s.run(t, operate("message", transfer.ID.String()), "iso", "validate", "--profile", "switch", "-")
	if transfer.Name != iso20022.CreditTransferName || !strings.Contains(string(verdict), "pacs.008.001.13: valid") {
		t.Errorf("%s piped into validate: %s", transfer.Name, verdict)
	}
	found := operate("messages", "--message-id", hex.EncodeToString(transfer.ID[:]))
	if !strings.Contains(string(found), transfer.ID.String()) {
		t.Errorf("by message id: %s", found)
	}
}

// run runs the program with some input and returns what it prints.
func (s *street) run(t *testing.T, input []byte, arguments ...string) []byte {
	t.Helper()
	command := exec.CommandContext(t.Context(), filepath.Join(s.Dir, "switch"), arguments...)
	command.Stdin = bytes.NewReader(input)
	var out, complaint bytes.Buffer
	command.Stdout, command.Stderr = &out, &complaint
	if err := command.Run(); err != nil {
		t.Fatalf("%v: %v\n%s%s", arguments[0], err, out.String(), complaint.String())
	}
	return out.Bytes()
}

// obeysRules checks every message fetched so far against schema, standard and
// the hub's own market practice.
func (s *street) obeysRules(t *testing.T) {
	arguments := []string{"iso", "validate", "--profile", "switch"}
	kinds, place := map[string]bool{}, t.TempDir()
	for id, body := range s.bodies {
		if !bytes.HasPrefix(body, []byte("<?xml")) {
			continue
		}
		_, name, _ := bytes.Cut(body[:200], []byte("tech:xsd:"))
		kinds[string(name[:15])] = true
		file := filepath.Join(place, id.String()+".xml")
		if err := os.WriteFile(file, body, 0o600); err != nil {
			t.Fatal(err)
		}
		arguments = append(arguments, file)
	}
	if len(kinds) != 9 || len(arguments) < 80 {
		t.Errorf("%d files of kinds %v", len(arguments)-4, kinds)
	}
	s.run(t, nil, arguments...)
}

// cutOff closes the window and holds its messages against the books.
func (s *street) cutOff(t *testing.T) {
	closed, err := s.operator.CloseWindow(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, partner := range stage.Cast() {
		list, err := s.operator.Messages(t.Context(), client.MessageFilter{
			Window: closed.WindowID.String(), Participant: partner.ID,
		})
		if err != nil {
			t.Fatal(err)
		}
		var notified []iso20022.BookedEntry
		var statement iso20022.AccountStatement
		var instructed int64
		for _, m := range list.Messages {
			body := s.fetch(t, m)
			switch m.Name {
			case iso20022.InstitutionTransferName:
				transfer, err := iso20022.ParseInstitutionTransfer(body)
				if err != nil || transfer.MessageID != hex.EncodeToString(m.ID[:]) {
					t.Errorf("%s: %v", m.Name, err)
				}
				instructed = transfer.Amount.Minor
				if transfer.Debtor.OtherID == partner.ID {
					instructed = -instructed
				}
			case iso20022.NotificationName:
				notice, err := iso20022.ParseNotification(body)
				if err != nil || notice.MessageID != hex.EncodeToString(m.ID[:]) {
					t.Errorf("%s: %v", m.Name, err)
				}
				notified = append(notified, notice.Entries...)
			case iso20022.AccountStatementName:
				if statement, err = iso20022.ParseAccountStatement(body); err != nil ||
					statement.MessageID != hex.EncodeToString(m.ID[:]) {
					t.Errorf("%s: %v", m.Name, err)
				}
			}
		}
		s.adds(t, partner.ID, statement, notified, instructed)
	}
}

// adds checks that a participant's statement ends where its account in the
// ledger does, by the entries that it was notified of, and that what is
// instructed is the difference.
func (s *street) adds(
	t *testing.T, partner string, statement iso20022.AccountStatement, notified []iso20022.BookedEntry, instructed int64,
) {
	t.Helper()
	var balance int64
	stagetest.Read(t, s.Stage, func(reader db.Reader) error {
		balances, err := ledger.Balances(t.Context(), reader)
		for _, b := range balances {
			if b.Owner == partner {
				balance = b.Net().Minor
			}
		}
		return err
	})
	if statement.Closing.Amount.Minor != balance || statement.Opening.Amount.Minor != 0 ||
		len(statement.Entries) != len(notified) || instructed != balance {
		t.Errorf("%s: statement from %s to %s with %d entries, notified of %d, instructed %d, ledger %d", partner,
			statement.Opening.Amount, statement.Closing.Amount, len(statement.Entries), len(notified), instructed, balance)
	}
	for _, entry := range statement.Entries {
		if id := ids.ID(entry.UETR); !slices.Contains(s.ids(), id) {
			t.Errorf("%s: entry %s is of payment %s", partner, entry.Reference, id)
		}
	}
	if traded := partner == sakura || partner == harbour; traded != (len(notified) > 0) {
		t.Errorf("%s was notified of %d entries", partner, len(notified))
	}
}

func (s *street) ids() []ids.ID {
	var all []ids.ID
	for _, id := range s.payments {
		all = append(all, id)
	}
	return all
}
