package iso20022_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

var (
	hub      = iso20022.Agent{OtherID: "CAUSEWAY"}
	wallet   = iso20022.Agent{OtherID: "HK-WALLET"}
	acquirer = iso20022.Agent{BIC: "CWAYJPJT", OtherID: "JP-ACQUIRER"}
	someDay  = time.Date(2026, 4, 14, 0, 0, 0, 0, time.UTC)
)

// goldenValues are the messages of one payment, its refund and its settlement.
// Each stands in testdata as it is written.
func goldenValues() map[string]any {
	return map[string]any{
		"pacs.008.001.13": transfer(),
		"pacs.002.001.15": iso20022.StatusReport{
			MessageID: "M-2", CreatedAt: someTime.Add(time.Second), InstructingAgent: wallet, InstructedAgent: hub,
			OriginalMessageID: "M-1", OriginalMessageName: "pacs.008.001.13", OriginalInstruction: "I-1",
			OriginalEndToEndID: "E-1", OriginalTransaction: "T-1", OriginalUETR: someUETR,
			Status: iso20022.Rejected, Reason: "AM04", ReasonText: "balance < amount", AcceptedAt: someTime,
			ClearingReference: "R-1",
		},
		"pacs.004.001.14": iso20022.PaymentReturn{
			MessageID: "M-3", CreatedAt: someTime, InstructingAgent: hub, InstructedAgent: wallet, ReturnID: "RT-1",
			OriginalMessageID: "M-1", OriginalMessageName: "pacs.008.001.13", OriginalEndToEndID: "E-1",
			OriginalTransaction: "T-1", OriginalUETR: someUETR, OriginalAmount: money.New(7422, "HKD"),
			ReturnedAmount: money.New(2474, "HKD"), InstructedAmount: money.New(500, "JPY"),
			Rate:           &money.Rate{Base: "HKD", Quote: "JPY", Mantissa: 20210123, Scale: 6},
			SettlementDate: someDay, Reason: "CUST",
		},
		"pacs.028.001.06": iso20022.StatusRequest{
			MessageID: "M-4", CreatedAt: someTime, InstructingAgent: hub, InstructedAgent: wallet,
			OriginalMessageID: "M-1", OriginalMessageName: "pacs.008.001.13", OriginalInstruction: "I-1",
			OriginalEndToEndID: "E-1", OriginalTransaction: "T-1", OriginalUETR: someUETR,
		},
		"camt.056.001.11": iso20022.CancellationRequest{
			AssignmentID: "A-1", CreatedAt: someTime, Assigner: hub, Assignee: wallet, CaseID: "C-1",
			OriginalMessageID: "M-1", OriginalMessageName: "pacs.008.001.13", OriginalEndToEndID: "E-1",
			OriginalTransaction: "T-1", OriginalUETR: someUETR, OriginalAmount: money.New(7422, "HKD"),
			OriginalDate: someDay, Reason: "TECH",
		},
		"camt.029.001.13": iso20022.CancellationAnswer{
			AssignmentID: "A-2", CreatedAt: someTime, Assigner: wallet, Assignee: hub, CaseID: "C-1",
			Confirmation: iso20022.CancellationRefused, OriginalMessageID: "M-1",
			OriginalMessageName: "pacs.008.001.13", OriginalEndToEndID: "E-1", OriginalTransaction: "T-1",
			OriginalUETR: someUETR, Reason: "NOOR",
		},
		"pacs.009.001.12": iso20022.InstitutionTransfer{
			MessageID: "M-5", CreatedAt: someTime, InstructingAgent: hub, InstructedAgent: acquirer,
			InstructionID: "I-5", EndToEndID: "W-20260413", TransactionID: "T-5", UETR: someUETR,
			Amount: money.New(1234567, "JPY"), SettlementDate: someDay, Debtor: wallet, Creditor: acquirer,
			Remittance: "Window W-20260413",
		},
		"camt.054.001.13": iso20022.Notification{
			MessageID: "M-6", CreatedAt: someTime, NotificationID: "N-1", AccountID: "HK-WALLET.HKD", Currency: "HKD",
			Owner: wallet, From: someTime.Add(-time.Hour), To: someTime,
			Entries: []iso20022.BookedEntry{
				{Reference: "B-1", Amount: money.New(7422, "HKD"), BookedAt: someTime, ValueAt: someDay,
					EndToEndID: "E-1", UETR: someUETR, Text: "payment"},
				{Reference: "B-2", Amount: money.New(2474, "HKD"), Credit: true, BookedAt: someTime, ValueAt: someDay,
					EndToEndID: "E-1", Text: "refund"},
			},
		},
		"camt.053.001.13": goldenStatement(),
	}
}

func golden(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".xml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// The whole text of each message, so that a change of the writer is seen, and
// the value that it stands for, so that one of the reader is.
func TestGolden(t *testing.T) {
	values := goldenValues()
	for _, k := range kinds {
		want := golden(t, k.name)
		data, err := k.write(values[k.name], nil)
		if difference := cmp.Diff(want, string(data)); err != nil || difference != "" {
			t.Errorf("%s written differently: %v\n%s", k.name, err, difference)
		}
		value, err := k.parse([]byte(want))
		if difference := cmp.Diff(values[k.name], value); err != nil || difference != "" {
			t.Errorf("%s read differently: %v\n%s", k.name, err, difference)
		}
	}
}

var oneLeaf = regexp.MustCompile(`<([A-Za-z0-9]+)[^<>/]*>[^<]*</([A-Za-z0-9]+)>`)

// Every element counts: without it the message is refused or means something
// else, and twice it is refused, except entries, of which there may be many.
func TestEveryElementCounts(t *testing.T) {
	values := goldenValues()
	for _, k := range kinds {
		text := golden(t, k.name)
		leaves := oneLeaf.FindAllStringIndex(text, -1)
		if len(leaves) < 10 {
			t.Fatalf("%s has only %d leaves", k.name, len(leaves))
		}
		for _, leaf := range leaves {
			before, element, after := text[:leaf[0]], text[leaf[0]:leaf[1]], text[leaf[1]:]
			if value, err := k.parse([]byte(before + after)); err == nil && cmp.Equal(value, values[k.name]) {
				t.Errorf("%s means the same without %s", k.name, element)
			}
			if _, err := k.parse([]byte(before + element + element + after)); err == nil {
				t.Errorf("%s is accepted with %s twice", k.name, element)
			}
			if _, err := k.parse([]byte(before + strings.ReplaceAll(element, ">", ">\x0b") + after)); err == nil {
				t.Errorf("%s is accepted with a control character in %s", k.name, element)
			}
		}
	}
}

// Every prefix of a message is refused, and every byte that is lost is noticed
// or harmless: never a panic.
func TestCutMessages(t *testing.T) {
	for _, k := range kinds {
		text := strings.TrimSpace(golden(t, k.name))
		for i := range text {
			if _, err := k.parse([]byte(text[:i])); err == nil {
				t.Errorf("%s is accepted when cut at %d", k.name, i)
			}
		}
	}
}

// Messages of others, found in the wild, are refused or read in full; nothing
// of them is dropped silently.
func TestMessagesOfOthers(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "shared", "data", "iso-samples", "*.xml"))
	if err != nil || len(files) == 0 {
		t.Skip("no samples beside the repository")
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range kinds {
			value, err := k.parse(data)
			if err != nil {
				continue
			}
			again, err := k.write(value, nil)
			want, got := oneLeaf.FindAllString(string(data), -1), oneLeaf.FindAllString(string(again), -1)
			if err != nil || len(want) != len(got) {
				t.Errorf("%s: %d of %d leaves kept, %v", filepath.Base(file), len(got), len(want), err)
			}
		}
	}
}
