package report_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/settlement/report"
)

// free are payments without a fee, each of which is one entry.
func free(count int) (items []report.Item, net int64) {
	for i := range count {
		item := payment
		item.ID, item.Fee = itemID(i), jpy(0)
		items = append(items, item)
		net += item.Settlement.Minor
	}
	return items, net
}

// TestEdgesOfMessages: messages are cut after 300 entries, the last page says that
// it is the last, and no empty one follows a full one.
func TestEdgesOfMessages(t *testing.T) {
	for count, want := range map[int]struct{ notifications, pages int }{
		0: {0, 1}, 1: {1, 1}, 299: {1, 1}, 300: {1, 1}, 301: {2, 2}, 600: {2, 2}, 601: {3, 3},
	} {
		t.Run(fmt.Sprint(count), func(t *testing.T) {
			items, net := free(count)
			messages, err := collect(statement(net), items)
			if err != nil {
				t.Fatal(err)
			}
			notifications, pages, entries := 0, 0, 0
			for _, m := range messages {
				if m.Name == iso20022.NotificationName {
					if m.Part != notifications {
						t.Errorf("notification %d is part %d", notifications, m.Part)
					}
					notifications++
					continue
				}
				page, err := iso20022.ParseAccountStatement(m.Body)
				if err != nil {
					t.Fatal(err)
				}
				if pages++; page.LastPage != (pages == want.pages) || int(page.Page) != pages || m.Part != pages-1 {
					t.Errorf("page %d of %d is %d, last %v", pages, want.pages, page.Page, page.LastPage)
				}
				entries += len(page.Entries)
			}
			if notifications != want.notifications || pages != want.pages || entries != count {
				t.Errorf("%d notifications and %d pages with %d entries", notifications, pages, entries)
			}
		})
	}
}

// TestLinesFillMessagesToo: what belongs to no payment comes behind the payments, on
// the same pages.
func TestLinesFillMessagesToo(t *testing.T) {
	items, net := free(299)
	about := statement(net)
	for i := range 3 {
		about.Lines = append(about.Lines, report.Line{
			Reference: fmt.Sprint("SETTLE-", i), Amount: jpy(7), Credit: i > 0, BookedAt: at, Text: "SETTLEMENT",
		})
	}
	messages, err := collect(about, items)
	if err != nil || len(messages) != 4 {
		t.Fatalf("%d messages, %v", len(messages), err)
	}
	page, err := iso20022.ParseAccountStatement(messages[3].Body)
	if err != nil || len(page.Entries) != 2 || page.Entries[1].Reference != "SETTLE-2" || !page.LastPage ||
		page.Closing.Amount.Minor != about.Opening.Minor+net+7 {
		t.Errorf("%+v, %v", page, err)
	}
}

// TestMessagesThatStop: who has seen enough is given no more, and an item that
// cannot be read ends it.
func TestMessagesThatStop(t *testing.T) {
	items, net := free(901)
	seen := 0
	for _, err := range report.Messages(statement(net), seq(items)) {
		if err != nil {
			t.Fatal(err)
		}
		if seen++; seen == 3 {
			break
		}
	}
	if seen != 3 {
		t.Errorf("%d messages", seen)
	}
	broken := errors.New("the connection is gone")
	var last error
	messages := 0
	for _, err := range report.Messages(statement(net), func(yield func(report.Item, error) bool) {
		for i, item := range items {
			if i == 650 {
				yield(report.Item{}, broken)
				return
			}
			if !yield(item, nil) {
				return
			}
		}
	}) {
		messages++
		last = err
	}
	if !errors.Is(last, broken) || messages != 5 {
		t.Errorf("%d messages, then %v", messages, last)
	}
}

// TestNowhereToWrite: a directory that cannot be written to, and a store or signer
// that fails, fail the report; nothing is left under a name.
func TestNowhereToWrite(t *testing.T) {
	broken := errors.New("no")
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, issue := range map[string]report.Issue{
		"directory": {Dir: file},
		"store":     {Dir: t.TempDir(), Keep: func(report.Message) error { return broken }},
		"signer":    {Dir: t.TempDir(), Sign: func(string, []byte) ([]byte, error) { return nil, broken }},
	} {
		issue.Columns = standard(t)
		if files, err := issue.Write(statement(988), seq([]report.Item{payment, refund}), seq([]report.Item{payment, refund})); err == nil || files != nil {
			t.Errorf("%s: %d files, %v", name, len(files), err)
		}
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(file), "*"))
	if err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
}

// TestHarmed: what was made harmless for spreadsheets is read back as it was.
func TestHarmed(t *testing.T) {
	dir := t.TempDir()
	requests := []string{"=1+1", "+49", "-5", "-5x", "@x", "'quoted", "\tx", "plain", "'=", "--", "\nx", "＝1", "＠x", "－5"}
	var items []report.Item
	for i, request := range requests {
		item := payment
		item.ID, item.RequestID = itemID(i), request
		items = append(items, item)
	}
	if _, err := write(t, dir, statement(int64(len(items))*1488), items); err != nil {
		t.Fatal(err)
	}
	for i, row := range section(t, dir, "transactionItems", 3) {
		if got := report.Harmed(row[3]); got != requests[i] {
			t.Errorf("%q is written %q and read %q", requests[i], row[3], got)
		}
		if row[3] != requests[i] && !strings.HasPrefix(row[3], "'") {
			t.Errorf("%q is written %q", requests[i], row[3])
		}
	}
}
