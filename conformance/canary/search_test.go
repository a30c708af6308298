package canary_test

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
)

// fetch makes a plain request and returns what it said, headers included.
func (a *aviary) fetch(method, address, token, body string) string {
	a.t.Helper()
	request, err := http.NewRequestWithContext(a.t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		a.t.Fatal(err)
	}
	defer response.Body.Close()
	said, err := io.ReadAll(response.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return fmt.Sprint(response.Header, string(said))
}

func (a *aviary) health() []byte {
	var said string
	for _, path := range []string{"/livez", "/readyz", "/readyz?verbose", "/openapi.json"} {
		said += a.fetch(http.MethodGet, a.OperatorsURL()+path, "", "")
	}
	return []byte(said)
}

// settle waits until every payment has ended and was notified or given up, then
// closes the window.
func (a *aviary) settle() {
	a.t.Helper()
	const open = `
SELECT (SELECT count(*) FROM payment WHERE duty <> 'NONE' AND mode = 'PaymentCode')
	+ (SELECT count(*) FROM outbox WHERE NOT published)
	+ (SELECT count(*) FROM payment p WHERE state = 'POSTED' AND NOT EXISTS (
		SELECT 1 FROM outbox o JOIN inbox i ON i.event_id = o.id WHERE o.aggregate = p.payment_id)
		AND NOT EXISTS (SELECT 1 FROM dead_letter d WHERE d.payment_id = p.payment_id))`
	var left int64
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		stagetest.Row(a.t, a.Stage, open, &left)
		if left == 0 {
			break
		}
		if time.Now().After(deadline) {
			a.t.Errorf("%d things are not settled", left)
			break
		}
	}
	a.closeWindow()
}

// found returns the canaries in a text, by what they are.
func (a *aviary) found(text []byte) []string {
	var all []string
	lower := bytes.ToLower(text)
	if at := bytes.Index(lower, []byte(word)); at >= 0 {
		all = append(all, fmt.Sprintf("%q", text[max(0, at-60):min(len(text), at+40)]))
	}
	for _, name := range []string{"blocksworth", "featherstone", "plumage"} {
		if bytes.Contains(lower, []byte(name)) {
			all = append(all, name)
		}
	}
	for secret, what := range a.secrets {
		if bytes.Contains(text, []byte(secret)) {
			all = append(all, "a "+what)
		}
	}
	return all
}

// search fails the test for each canary in a text.
func (a *aviary) search(t *testing.T, where string, text []byte) {
	t.Helper()
	if len(text) == 0 {
		t.Fatalf("%s: nothing to search", where)
	}
	for _, canary := range a.found(text) {
		t.Errorf("%s: %s", where, canary)
	}
}

// searchLog reads the log line by line, so that a find can be understood.
func (a *aviary) searchLog(t *testing.T) {
	log, err := os.ReadFile(a.HubLog())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(log, []byte("level=DEBUG")) || !bytes.Contains(log, []byte("wallet answered")) {
		t.Fatal("the log is not at debug level")
	}
	for number, line := range bytes.Split(log, []byte("\n")) {
		if found := a.found(line); len(found) > 0 {
			t.Errorf("line %d: %v: %s", number+1, found, line)
		}
	}
}

func (a *aviary) searchExports(t *testing.T) {
	a.search(t, "metrics", a.collector.exported("/v1/metrics"))
	spans := a.collector.spans(t)
	if len(spans) < 100 {
		t.Fatalf("only %d spans", len(spans))
	}
	for _, s := range spans {
		if found := a.found([]byte(fmt.Sprint(s.name, s.attributes))); len(found) > 0 {
			t.Errorf("span %s of %s: %v: %v", s.name, s.scope, found, s.attributes)
		}
	}
	// Events, status and resources of the spans are in the raw bodies only.
	a.search(t, "traces", a.collector.exported("/v1/traces"))
}

func (a *aviary) searchFiles(t *testing.T, dir string) {
	files := 0
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		if found := a.found(text); len(found) > 0 {
			t.Errorf("%s: %v", strings.TrimPrefix(path, a.Dir), found)
		}
		return nil
	})
	if err != nil || files == 0 {
		t.Fatalf("%d files, %v", files, err)
	}
}

// onPurpose are the columns that hold personal data in clear, each with its reason.
var onPurpose = map[string]string{
	"payment.notify_url": "where the acquirer wants to be told",
}

// sealed are the columns that hold personal data which only the hub can read.
var sealed = []string{
	"payment.payer_reference", "payment.detail", "payment_code.payer_reference", "payment_code.payer_name",
	"message_record.body", "customs_declaration.buyer",
}

// searchDatabase looks into every column of every table.
func (a *aviary) searchDatabase(t *testing.T) {
	columns := stagetest.Texts(t, a.Stage, `
SELECT table_name || '.' || column_name || '.' || data_type FROM information_schema.columns
WHERE table_schema = 'public' ORDER BY table_name, column_name`)
	if len(columns) < 100 {
		t.Fatalf("only %d columns", len(columns))
	}
	seen := map[string]bool{}
	for _, column := range columns {
		part := strings.SplitN(column, ".", 3)
		text := part[1] + "::TEXT"
		if part[2] == "bytea" {
			text = "encode(" + part[1] + ", 'escape')"
		}
		where := part[0] + "." + part[1]
		content := strings.Join(stagetest.Texts(t, a.Stage, "SELECT DISTINCT COALESCE("+text+", '') FROM "+part[0]), "\n")
		found := a.found([]byte(content))
		if len(found) > 0 && onPurpose[where] == "" {
			t.Errorf("%s: %v", where, found)
		}
		seen[where] = len(found) > 0
	}
	for where := range onPurpose {
		if !seen[where] {
			t.Errorf("%s holds no canary: the test has not reached it", where)
		}
	}
	for _, where := range sealed {
		table, column, _ := strings.Cut(where, ".")
		if found := a.found([]byte(strings.Join(a.opened(t, table, column), "\n"))); len(found) == 0 {
			t.Errorf("%s holds no canary: the test has not reached it", where)
		}
	}
}

// opened is a sealed column as the hub reads it.
func (a *aviary) opened(t *testing.T, table, column string) []string {
	t.Helper()
	if column == "detail" || column == "body" {
		return stagetest.Opened(t, a.Stage, "SELECT "+column+" FROM "+table)
	}
	return stagetest.OpenedTexts(t, a.Stage, "SELECT "+column+" FROM "+table)
}

// searchAcquirers looks for the payer's name in everything that went to an
// acquirer or came from one: it is known to the hub and to the wallet alone.
func (a *aviary) searchAcquirers(t *testing.T) {
	messages := stagetest.Opened(t, a.Stage, `SELECT body FROM message_record WHERE partner_id = $1`, sakura)
	received, err := a.Control(sakura).Notifications(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(messages) < 20 || len(received) < 10 {
		t.Fatalf("only %d messages and %d notifications", len(messages), len(received))
	}
	for _, n := range received {
		messages = append(messages, fmt.Sprintf("%+v", n))
	}
	for _, message := range messages {
		if strings.Contains(strings.ToLower(message), "canaryname") {
			t.Errorf("the payer's name in: %s", message)
		}
	}
}
