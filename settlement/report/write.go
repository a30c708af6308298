package report

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022"
)

// agreement is the id of the settlement agreement in file names. Participants
// have one each as long as contracts are not versioned.
const agreement = "01"

// schemeDay is the zone of the scheme's days, UTC+8.
var schemeDay = time.FixedZone("UTC+8", 8*60*60)

// ErrDiffers means that the items of a report do not add up to the figure that
// is settled, so that the report must not be sent.
var ErrDiffers = errors.New("report: items do not add up to the net figure")

// Write writes the files of one statement below a directory, in the layout of
// the protocol's file server, and returns their paths. messages are the
// statement's own.
func Write(dir string, s Statement, items []Item, messages []Message) ([]string, error) {
	if err := s.check(items); err != nil {
		return nil, err
	}
	payments, refunds := sum(items)
	day := s.Window.ChangedAt.In(schemeDay).Format("20060102")
	clearing := filepath.Join(dir, "v1", "settlements", "clearing", s.ParticipantID, day)
	settled := filepath.Join(dir, "v1", "settlements", "settlement", s.ParticipantID, day)
	w := &writer{}
	w.csv(filepath.Join(clearing, s.table("transactionItems")), transactionRows(s, items, s.Net.Minor))
	w.csv(filepath.Join(clearing, s.table("feeItems")), feeRows(s, items))
	w.csv(filepath.Join(clearing, s.table("summary")), summaryRows(s, payments, refunds))
	w.csv(filepath.Join(settled, s.table("settlement")), settlementRows(s, payments, refunds, s.Net.Minor))
	for _, message := range messages {
		folder, kind := clearing, "camt.054"
		if message.Name == iso20022.AccountStatementName {
			folder, kind = settled, "camt.053"
		}
		w.file(filepath.Join(folder, s.part(kind, message.Part, "xml")), func(to io.Writer) error {
			_, err := to.Write(message.Body)
			return err
		})
	}
	return w.paths, w.err
}

func (s Statement) table(kind string) string { return s.part(kind, 0, "csv") }

func (s Statement) part(kind string, part int, ending string) string {
	return fmt.Sprintf("%s_%s_%s_%s_%s_%03d.%s", kind, s.ParticipantID, s.Currency, s.batch(), agreement, part, ending)
}

// digits6 writes a number with six digits at least.
func digits6(n int64) string { return fmt.Sprintf("%06d", n) }

func sum(items []Item) (payments, refunds totals) {
	for _, item := range items {
		if item.Kind == Payment {
			payments.add(item)
		} else {
			refunds.add(item)
		}
	}
	return payments, refunds
}

func transactionRows(s Statement, items []Item, net int64) [][]string {
	rows := [][]string{
		{"totalCount", "netAmountValue", "settlementCurrency", "direction"},
		{strconv.Itoa(len(items)), digits(net), string(s.Currency), direction(net)},
		{
			"clearingBatchId", "transactionType", "transactionId", "transactionRequestId", "originalTransactionId",
			"originalTransactionRequestId", "acquirerId", "pspId", "referenceMerchantId", "merchantMCC",
			"transactionTime", "transactionAmountValue", "transactionCurrency", "settlementAmountValue",
			"settlementCurrency", "direction", "quoteId", "quoteCurrencyPair", "quotePrice", "paymentMode",
		},
	}
	for _, i := range items {
		pair, price := "", ""
		if i.QuoteID != ids.Nil {
			pair, price = i.Rate.Pair(), i.Rate.Decimal()
		}
		rows = append(rows, []string{
			s.batch(), i.Kind, i.ID.String(), i.RequestID, optional(i.OriginalID), i.OriginalRequestID, i.AcquirerID,
			i.WalletID, i.MerchantID, i.MerchantCategory, i.CompletedAt.In(schemeDay).Format(time.RFC3339),
			digits(i.Amount.Minor), string(i.Amount.Currency), digits(i.Settlement.Minor),
			string(i.Settlement.Currency), direction(i.net()), optional(i.QuoteID), pair, price, i.Mode,
		})
	}
	return rows
}

func feeRows(s Statement, items []Item) [][]string {
	rows := [][]string{{
		"clearingBatchId", "transactionId", "transactionRequestId", "feeType", "feeAmountValue", "feeCurrency", "direction",
	}}
	for _, i := range items {
		if i.Fee.Minor == 0 {
			continue
		}
		rows = append(rows, []string{
			s.batch(), i.ID.String(), i.RequestID, "SERVICE", digits(i.Fee.Minor), string(i.Fee.Currency),
			direction(-i.Fee.Minor),
		})
	}
	return rows
}

func summaryRows(s Statement, payments, refunds totals) [][]string {
	day := s.Window.ChangedAt.In(schemeDay).Format(time.DateOnly)
	rows := [][]string{{
		"clearingBatchId", "clearingDate", "transactionType", "totalCount", "totalAmountValue", "feeAmountValue",
		"settlementCurrency", "direction", "netAmountValue",
	}}
	for _, line := range []struct {
		kind string
		totals
	}{{Payment, payments}, {Refund, refunds}} {
		net := line.net - line.fee
		rows = append(rows, []string{
			s.batch(), day, line.kind, strconv.FormatInt(line.count, 10), digits(line.settlement), digits(line.fee),
			string(s.Currency), direction(net), digits(net),
		})
	}
	return rows
}

func settlementRows(s Statement, payments, refunds totals, net int64) [][]string {
	return [][]string{
		{"settlementBatchId", "valueDate", "settlementCurrency", "netAmountValue", "direction"},
		{s.batch(), s.ValueDate.Format(time.DateOnly), string(s.Currency), digits(net), direction(net)},
		{
			"clearingBatchId", "clearingDate", "countPayment", "amountPayment", "countRefund", "amountRefund",
			"feeService", "net", "direction",
		},
		{
			s.batch(), s.Window.ChangedAt.In(schemeDay).Format(time.DateOnly), strconv.FormatInt(payments.count, 10),
			digits(payments.settlement), strconv.FormatInt(refunds.count, 10), digits(refunds.settlement),
			digits(payments.fee + refunds.fee), digits(net), direction(net),
		},
	}
}

// digits writes the size of a signed amount of minor units.
func digits(minor int64) string { return strconv.FormatInt(max(minor, -minor), 10) }

func optional(id ids.ID) string {
	if id == ids.Nil {
		return ""
	}
	return id.String()
}

// writer writes files and keeps the first error.
type writer struct {
	paths []string
	err   error
}

func (w *writer) csv(path string, rows [][]string) {
	w.file(path, func(to io.Writer) error {
		table := csv.NewWriter(to)
		for _, row := range rows {
			for i, field := range row {
				row[i] = harmless(field)
			}
			if err := table.Write(row); err != nil {
				return err
			}
		}
		table.Flush()
		return table.Error()
	})
}

// harmless keeps a spreadsheet from running what a partner put into an id.
func harmless(field string) string {
	if field != "" && strings.ContainsRune("=+-@\t\r", rune(field[0])) {
		return "'" + field
	}
	return field
}

// file writes under another name first, so that a reader never sees half.
func (w *writer) file(path string, write func(io.Writer) error) {
	if w.err != nil {
		return
	}
	if w.err = os.MkdirAll(filepath.Dir(path), 0o750); w.err != nil {
		return
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), ".report-*")
	if err != nil {
		w.err = err
		return
	}
	err = write(temporary)
	w.err = errors.Join(err, temporary.Close())
	if w.err == nil {
		w.err = os.Rename(temporary.Name(), path)
	}
	if w.err != nil {
		w.err = errors.Join(w.err, os.Remove(temporary.Name()))
		return
	}
	w.paths = append(w.paths, path)
}
