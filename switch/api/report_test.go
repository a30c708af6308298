package api_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/settlement/recon"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// layouts are those of banks' CSV statements that the hub knows.
func (b *bench) layouts() map[string]recon.Layout {
	b.t.Helper()
	layout, err := recon.ReadLayout("bank", strings.NewReader(
		"separator ;\ncolumn amount amount\ncolumn date date\ncolumn currency currency\ncolumn reference reference\n"))
	if err != nil {
		b.t.Fatal(err)
	}
	return map[string]recon.Layout{"bank": layout}
}

// lastClosed is the newest closed window.
func (b *bench) lastClosed() wire.Window {
	b.t.Helper()
	windows, err := b.as("viewer-1").Windows(b.t.Context(), 2)
	if err != nil || len(windows.Windows) != 2 {
		b.t.Fatalf("%+v, %v", windows, err)
	}
	return windows.Windows[1]
}

// readsReports looks at the files of the last closed window.
func (b *bench) readsReports() {
	t, ctx, c := b.t, b.t.Context(), b.as("viewer-1")
	t.Helper()
	files, err := c.ReportFiles(ctx, b.lastClosed().ID, "JP-ACQUIRER")
	if err != nil || len(files.Files) < 7 || files.Files[0].Kind != "transactionItems" {
		t.Fatalf("%+v, %v", files, err)
	}
	b.reads(files.Files[0], 0)
	if list, err := c.Deliveries(ctx, "JP-ACQUIRER", 5); err != nil || len(list.Deliveries) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	if again, err := b.as("operations-1").Redeliver(ctx, "JP-ACQUIRER"); err != nil || again.Files != 0 {
		t.Errorf("%+v, %v", again, err)
	}
	figure := fmt.Sprintf("%d/JP-ACQUIRER/JPY", b.lastClosed().Number)
	if sum, net := b.explains(figure, 1); sum != net || net == 0 {
		t.Errorf("%s is explained by %d, the books say %d", figure, sum, net)
	}
}

// reads downloads a file from an offset on and checks it.
func (b *bench) reads(file wire.ReportFile, offset int64) {
	b.t.Helper()
	response, err := b.as("treasury-1").OpenReportFile(b.t.Context(), file.ID, offset)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	whole, err := os.ReadFile(filepath.Join(b.reports, file.Path))
	sum := sha256.Sum256(whole)
	if err != nil || hex.EncodeToString(sum[:]) != file.SHA256 || int64(len(whole)) != file.Bytes {
		b.t.Errorf("%s: %d bytes, listed %+v, %v", file.Path, len(whole), file, err)
	}
	status := map[bool]int{false: http.StatusOK, true: http.StatusPartialContent}[offset > 0]
	if string(body) != string(whole[offset:]) || response.StatusCode != status {
		b.t.Errorf("%s from %d: status %d, %d bytes", file.Path, offset, response.StatusCode, len(body))
	}
	if digest := response.Header.Get("Repr-Digest"); digest != "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":" {
		b.t.Errorf("digest %s", digest)
	}
}

// explains adds up the entries of a figure in pages of a size.
func (b *bench) explains(figure string, size int) (sum, net int64) {
	b.t.Helper()
	after := ""
	for {
		page, err := b.as("viewer-1").Explain(b.t.Context(), figure, after, size)
		if err != nil {
			b.t.Fatal(err)
		}
		for _, entry := range page.Entries {
			sum += b.minor(entry.Signed)
		}
		if net, after = b.minor(page.Net), page.Next; after == "" {
			return sum, net
		}
	}
}

// TestDownload: a file comes whole or from an offset on, a caller that has it is
// told so, and every download is on record.
func TestDownload(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		w := b.closed("PR-1")
		files, err := b.as("viewer-1").ReportFiles(t.Context(), w.Window.ID, "")
		if err != nil || len(files.Files) < 14 {
			t.Fatalf("%d files, %v", len(files.Files), err)
		}
		for _, file := range files.Files {
			for _, offset := range []int64{0, 1, file.Bytes - 1} {
				b.reads(file, offset)
			}
		}
		one := files.Files[0]
		header := bearer(b.tokens["treasury-1"])
		header.Set("If-None-Match", `"`+one.SHA256+`"`)
		if a := b.send("GET", "/v1/reports/"+one.ID.String(), "", header); a.status != http.StatusNotModified {
			t.Errorf("known: %d", a.status)
		}
		header = bearer(b.tokens["treasury-1"])
		header.Set("Range", fmt.Sprintf("bytes=%d-", one.Bytes))
		if a := b.send("GET", "/v1/reports/"+one.ID.String(), "",
			header); a.status != http.StatusRequestedRangeNotSatisfiable {
			t.Errorf("beyond its end: %d", a.status)
		}
		read := 0
		for _, entry := range b.auditLog() {
			if entry.Action == "report.read" {
				read++
			}
		}
		if read < 3*len(files.Files) {
			t.Errorf("%d downloads are on record", read)
		}
		// Issued again, they are the files that are on record.
		if _, err := b.as("treasury-1").Instruct(t.Context(), w.Window.ID); err != nil {
			t.Error(err)
		}
		again, err := b.as("viewer-1").ReportFiles(t.Context(), w.Window.ID, "")
		if difference := cmp.Diff(files, again); err != nil || difference != "" {
			t.Errorf("%s, %v", difference, err)
		}
	})
}

func TestFiguresOverTheAPI(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		w := b.closed("PR-1")
		for figure, want := range map[string]int64{"payments": 1500, "refunds": 0, "net": 1500, "day": 1500, "fees.service": 0,
			"opening": 0} {
			if sum, _ := b.explains(fmt.Sprintf("%s/JP-ACQUIRER/JPY/%s", w.Window.ID, figure), 500); sum != want {
				t.Errorf("%s is explained by %d, want %d", figure, sum, want)
			}
		}
		for query, reason := range map[string]string{
			"": "InvalidRequest", "?figure=1/JP-ACQUIRER/JPY/big": "InvalidRequest", "?figure=77/JP-ACQUIRER/JPY": "Missing",
			"?figure=1/JP-ACQUIRER/JPY&after=1.2.3":                                                      "InvalidRequest",
			"?figure=1/JP-ACQUIRER/JPY&after=x.y.z.1":                                                    "InvalidRequest",
			"?figure=1/JP-ACQUIRER/JPY&after=1." + ids.Nil.String() + ".y.1":                             "InvalidRequest",
			"?figure=1/JP-ACQUIRER/JPY&after=1." + ids.Nil.String() + "." + ids.Nil.String() + ".999999": "InvalidRequest",
			"?figure=1/JP-ACQUIRER/JPY&colour=red":                                                       "InvalidRequest",
		} {
			if a := b.send("GET", "/v1/explain"+query, "", bearer(b.tokens["viewer-1"])); a.problem.Reason != reason {
				t.Errorf("%s: %d %s", query, a.status, a.body)
			}
		}
	})
}

// csvStatement is a statement of a bank about one line.
func csvStatement(reference string, minor string) client.StatementFile {
	day := time.Now().UTC().Format(time.DateOnly)
	return client.StatementFile{
		Layout: "bank", Account: "HUB.NOSTRO.JPY", Holder: "BANK-1", Reference: reference,
		Body: []byte("amount;date;currency;reference\n" + minor + ";" + day + ";JPY;" + reference + "\n"),
	}
}

// correctedByBank has the bank send its statement again with another charge, and sees that
// the break of the former is ended by it.
func (b *bench) correctedByBank(file client.StatementFile, former ids.ID) {
	b.t.Helper()
	file.Body = []byte(strings.Replace(string(file.Body), "-25;", "-30;", 1))
	taken, err := b.as("treasury-1").TakeStatements(b.t.Context(), file)
	if err != nil || taken.Statements[0].Version != 2 || taken.Statements[0].Broken != 1 || taken.Statements[0].Matched != 0 {
		b.t.Fatalf("%+v, %v", taken, err)
	}
	ended, err := b.as("viewer-1").Break(b.t.Context(), former)
	if err != nil || ended.Break.State != "CLEARED" || ended.Break.Resolution != "version 2 of statement 2026 of BANK-1" {
		b.t.Errorf("%+v, %v", ended, err)
	}
	tomorrow := time.Now().UTC().AddDate(0, 0, 1).Format(time.DateOnly)
	file.Body = []byte("amount;date;currency;reference\n-30;" + tomorrow + ";JPY;CHARGE\n")
	if _, err := b.as("treasury-1").TakeStatements(b.t.Context(), file); client.ReasonOf(err) != "Inconsistent" {
		b.t.Errorf("another day under the name: %v", err)
	}
}

// readsBreaks makes two breaks, and sees them to their end.
func (b *bench) readsBreaks() {
	t, ctx, mei := b.t, b.t.Context(), b.as("treasury-1")
	t.Helper()
	b.bank("BANK-REF", 700)
	taken, err := mei.TakeStatements(ctx, csvStatement("CHARGE", "-30"))
	if err != nil || len(taken.Statements) != 1 || taken.Statements[0].Broken == 0 {
		t.Fatalf("%+v, %v", taken, err)
	}
	open, err := b.as("viewer-1").Breaks(ctx, "", "HUB.NOSTRO.JPY", 0)
	if err != nil || len(open.Breaks) == 0 {
		t.Fatalf("%+v, %v", open, err)
	}
	one := open.Breaks[0]
	for _, b := range open.Breaks {
		if b.Kind == "MISSING_WITH_US" {
			one = b
		}
	}
	if file, err := mei.OwnBreak(ctx, one.ID, b.me("treasury-2")); err != nil || file.Break.Owner != "treasury-2" {
		t.Errorf("%+v, %v", file, err)
	}
	if _, err := b.as("operations-1").CommentBreak(ctx, one.ID, "asked the bank"); err != nil {
		t.Error(err)
	}
	file, err := b.as("viewer-1").Break(ctx, one.ID)
	if err != nil || len(file.Lines) != 1 || file.Lines[0].References[0] != "CHARGE" || len(file.Comments) != 1 ||
		file.Comments[0].Author != "operations-1" || b.minor(file.Break.Difference) != -30 {
		t.Errorf("%+v, %v", file, err)
	}
	if file, err := mei.ExplainBreak(ctx, one.ID, "charged to us by mistake, given back"); err != nil ||
		file.Break.State != "RESOLVED" {
		t.Errorf("%+v, %v", file, err)
	}
	if totals, err := b.as("viewer-1").ReconciliationTotals(ctx, "HUB.NOSTRO.JPY"); err != nil || len(totals.Totals) == 0 {
		t.Errorf("%+v, %v", totals, err)
	}
}

// bank opens the hub's account with a bank, by prefunding that came in.
func (b *bench) bank(evidence string, minor int64) {
	b.t.Helper()
	change := wire.PrefundingChange{
		ParticipantID: "JP-ACQUIRER", Amount: wire.Amount{Currency: "JPY", Minor: fmt.Sprint(minor)}, Evidence: evidence,
		EffectiveAt: time.Now().UTC().Truncate(time.Second),
	}
	if err := b.agree(wire.KindPrefundingReceive, change, "treasury-1", "treasury-2"); err != nil {
		b.t.Fatal(err)
	}
}

// TestReconcile: what a bank says is held against the ledger: prefunding and
// discharge match by their references, a charge is a break that two people
// correct, and the statement that comes again changes nothing.
func TestReconcile(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		w := b.closed("PR-1")
		b.bank("BANK-REF", 700)
		owed := w.Obligations[1] // what the acquirer gets
		b.confirm(owed, "B-2", 1500)
		day := time.Now().UTC().Format(time.DateOnly)
		file := csvStatement("2026", "700")
		file.Body = []byte("amount;date;currency;reference\n700;" + day + ";JPY;BANK-REF\n" +
			"-1500;" + day + ";JPY;" + strings.ReplaceAll(owed.ID.String(), "-", "") + "\n-25;" + day + ";JPY;CHARGE\n")
		for _, repeated := range []bool{false, true} {
			taken, err := b.as("treasury-1").TakeStatements(t.Context(), file)
			if err != nil || len(taken.Statements) != 1 || taken.Statements[0].Repeated != repeated ||
				!repeated && (taken.Statements[0].Matched != 2 || taken.Statements[0].Broken != 1 ||
					taken.Statements[0].Lines != 3) {
				t.Fatalf("%+v, %v", taken, err)
			}
		}
		open, err := b.as("viewer-1").Breaks(t.Context(), "OPEN", "", 10)
		if err != nil || len(open.Breaks) != 1 {
			t.Fatalf("%+v, %v", open, err)
		}
		b.correctedByBank(file, open.Breaks[0].ID)
		open, err = b.as("viewer-1").Breaks(t.Context(), "OPEN", "", 10)
		if err != nil || len(open.Breaks) != 1 || b.minor(open.Breaks[0].Difference) != -30 {
			t.Fatalf("%+v, %v", open, err)
		}
		correction := wire.BreakCorrection{BreakID: open.Breaks[0].ID, Why: "the bank's charge"}
		if err := b.agree(wire.KindBreakCorrect, correction, "treasury-1", "treasury-2"); err != nil {
			t.Fatal(err)
		}
		if err := b.agree(wire.KindBreakCorrect, correction, "treasury-1", "treasury-2"); client.ReasonOf(err) != "Closed" {
			t.Errorf("corrected twice: %v", err)
		}
		ended, err := b.as("viewer-1").Break(t.Context(), open.Breaks[0].ID)
		if err != nil || ended.Break.ClosedBy != "treasury-1, treasury-2" || len(ended.Lines) != 2 {
			t.Errorf("%+v, %v", ended, err)
		}
		balances, err := b.as("viewer-1").Balances(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, balance := range balances.Balances {
			if balance.AccountID == "HUB.NOSTRO.JPY" && balance.Net.Minor != "830" {
				t.Errorf("the bank has %s of ours, our books say %s", "-830", balance.Net.Minor)
			}
		}
		totals, err := b.as("viewer-1").ReconciliationTotals(t.Context(), "HUB.NOSTRO.JPY")
		want := []wire.ReconciliationTotal{
			{Side: "OURS", Part: "MATCHED", Lines: 2, Minor: "-800"}, {Side: "OURS", Part: "RESOLVED", Lines: 1, Minor: "-30"},
			{Side: "THEIRS", Part: "MATCHED", Lines: 2, Minor: "-800"}, {Side: "THEIRS", Part: "RESOLVED", Lines: 1,
				Minor: "-30"},
		}
		if difference := cmp.Diff(want, totals.Totals); err != nil || difference != "" {
			t.Errorf("%s, %v", difference, err)
		}
		b.sound()
	})
}

// TestReconcilePartner: a transaction file that a partner sends back matches as it
// is; what it changed is a break.
func TestReconcilePartner(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.pay("PR-0")
		w := b.closed("PR-1")
		files, err := b.as("viewer-1").ReportFiles(t.Context(), w.Window.ID, "JP-ACQUIRER")
		if err != nil {
			t.Fatal(err)
		}
		body, err := os.ReadFile(filepath.Join(b.reports, files.Files[0].Path))
		if err != nil {
			t.Fatal(err)
		}
		file := client.StatementFile{
			Layout: "transactionItems", Window: w.Window.ID.String(), Participant: "JP-ACQUIRER",
			Body: []byte(strings.Replace(string(body), ",1500,JPY,1500,JPY,", ",1500,JPY,1400,JPY,", 1)),
		}
		taken, err := b.as("treasury-1").TakeStatements(t.Context(), file)
		if err != nil || taken.Statements[0].Matched != 1 || taken.Statements[0].Broken != 1 ||
			taken.Statements[0].AccountID != "JP-ACQUIRER.TRANSACTIONS.JPY" {
			t.Fatalf("%+v, %v", taken, err)
		}
		open, err := b.as("viewer-1").Breaks(t.Context(), "", "JP-ACQUIRER.TRANSACTIONS.JPY", 10)
		if err != nil || len(open.Breaks) != 1 || open.Breaks[0].Kind != "AMOUNT_DIFFERS" ||
			open.Breaks[0].Difference.Minor != "-100" {
			t.Errorf("%+v, %v", open, err)
		}
		// The corrected file takes the place of the first, which is not taken again.
		former := file
		file.Body = body
		taken, err = b.as("treasury-1").TakeStatements(t.Context(), file)
		if err != nil || taken.Statements[0].Version != 2 || taken.Statements[0].Broken != 0 {
			t.Errorf("a corrected file: %+v, %v", taken, err)
		}
		taken, err = b.as("treasury-1").TakeStatements(t.Context(), former)
		if err != nil || !taken.Statements[0].Repeated {
			t.Errorf("the former file: %+v, %v", taken, err)
		}
		open, err = b.as("viewer-1").Breaks(t.Context(), "", "JP-ACQUIRER.TRANSACTIONS.JPY", 10)
		if err != nil || len(open.Breaks) != 0 {
			t.Errorf("%+v, %v", open, err)
		}
	})
}

func TestStatementsThatCannotBeTaken(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		w := b.closed("PR-1")
		for name, c := range map[string]struct {
			file   client.StatementFile
			reason string
		}{
			"no message":     {client.StatementFile{Body: []byte("{}")}, "InvalidRequest"},
			"nothing":        {client.StatementFile{}, "InvalidRequest"},
			"unknown layout": {client.StatementFile{Layout: "other", Reference: "1"}, "InvalidRequest"},
			"no reference":   {client.StatementFile{Layout: "bank"}, "InvalidRequest"},
			"no rows":        {client.StatementFile{Layout: "bank", Reference: "1"}, "InvalidRequest"},
			"no account":     {csvStatement("1", "5"), "Missing"},
			"no window":      {client.StatementFile{Layout: "transactionItems", Participant: "JP-ACQUIRER"}, "InvalidRequest"},
			"other window": {
				client.StatementFile{Layout: "transactionItems", Participant: "JP-ACQUIRER", Window: ids.New().String()}, "Missing",
			},
			"nobody": {client.StatementFile{Layout: "transactionItems", Window: w.Window.ID.String()}, "InvalidRequest"},
			"empty file": {
				client.StatementFile{Layout: "transactionItems", Participant: "JP-ACQUIRER", Window: w.Window.ID.String()},
				"InvalidRequest",
			},
			"too long": {client.StatementFile{Body: make([]byte, recon.StatementMax+1)}, "InvalidRequest"},
		} {
			if _, err := b.as("treasury-1").TakeStatements(t.Context(), c.file); client.ReasonOf(err) != c.reason {
				t.Errorf("%s: %v", name, err)
			}
		}
		for path, body := range map[string]string{
			"/comments": `{"text":"a"}`, "/owner": `{"assignee_id":"` + b.me("treasury-2").String() + `"}`,
			"/explain": `{"text":"a"}`,
		} {
			a := b.send("POST", "/v1/reconciliation/breaks/"+ids.New().String()+path, body, bearer(b.tokens["treasury-1"]))
			if a.problem.Reason != "Missing" {
				t.Errorf("%s of no break: %d %s", path, a.status, a.body)
			}
		}
	})
}
