package client_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/api/client"
)

// TestReportCalls: each call asks for what it says, and for nothing that was not
// said.
func TestReportCalls(t *testing.T) {
	id := ids.New()
	for name, c := range map[string]struct {
		call func(*client.Client) error
		want string
	}{
		"files": {func(c *client.Client) error { _, err := c.ReportFiles(t.Context(), id, ""); return err },
			"GET /v1/windows/" + id.String() + "/files"},
		"files of one": {
			func(c *client.Client) error { _, err := c.ReportFiles(t.Context(), id, "A B"); return err },
			"GET /v1/windows/" + id.String() + "/files?participant=A+B",
		},
		"deliveries": {
			func(c *client.Client) error { _, err := c.Deliveries(t.Context(), "", 0); return err }, "GET /v1/deliveries",
		},
		"deliveries of one": {
			func(c *client.Client) error { _, err := c.Deliveries(t.Context(), "P", 7); return err },
			"GET /v1/deliveries?limit=7&participant=P",
		},
		"redeliver": {
			func(c *client.Client) error { _, err := c.Redeliver(t.Context(), "P"); return err }, "POST /v1/deliveries/retry",
		},
		"explain": {
			func(c *client.Client) error { _, err := c.Explain(t.Context(), "1/P/JPY", "", 0); return err },
			"GET /v1/explain?figure=1%2FP%2FJPY",
		},
		"explain on": {
			func(c *client.Client) error { _, err := c.Explain(t.Context(), "1/P/JPY", "x.y", 5); return err },
			"GET /v1/explain?after=x.y&figure=1%2FP%2FJPY&limit=5",
		},
		"breaks": {
			func(c *client.Client) error { _, err := c.Breaks(t.Context(), "", "", 0); return err },
			"GET /v1/reconciliation/breaks",
		},
		"breaks of one": {
			func(c *client.Client) error { _, err := c.Breaks(t.Context(), "CLEARED", "A.B.C", 3); return err },
			"GET /v1/reconciliation/breaks?account=A.B.C&limit=3&state=CLEARED",
		},
		"break": {
			func(c *client.Client) error { _, err := c.Break(t.Context(), id); return err },
			"GET /v1/reconciliation/breaks/" + id.String(),
		},
		"comment": {
			func(c *client.Client) error { _, err := c.CommentBreak(t.Context(), id, "a"); return err },
			"POST /v1/reconciliation/breaks/" + id.String() + "/comments",
		},
		"own": {
			func(c *client.Client) error { _, err := c.OwnBreak(t.Context(), id, id); return err },
			"POST /v1/reconciliation/breaks/" + id.String() + "/owner",
		},
		"explain break": {
			func(c *client.Client) error { _, err := c.ExplainBreak(t.Context(), id, "a"); return err },
			"POST /v1/reconciliation/breaks/" + id.String() + "/explain",
		},
		"totals": {
			func(c *client.Client) error { _, err := c.ReconciliationTotals(t.Context(), "A.B.C"); return err },
			"GET /v1/reconciliation/totals?account=A.B.C",
		},
	} {
		c2, got := answering(t, 200, "application/json", "{}")
		if err := c.call(c2); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if asked := got.Method + " " + got.URL.RequestURI(); asked != c.want {
			t.Errorf("%s: asked %s, want %s", name, asked, c.want)
		}
	}
}

// TestTakeStatements: a file goes out as it is, under the media type of its kind.
func TestTakeStatements(t *testing.T) {
	for layout, media := range map[string]string{"": "application/xml", "bank": "text/csv"} {
		c, got := answering(t, 200, "application/json", `{"statements":[{"lines":3}]}`)
		taken, err := c.TakeStatements(t.Context(), client.StatementFile{Layout: layout, Reference: "1",
			Body: []byte("body")})
		if err != nil || len(taken.Statements) != 1 || taken.Statements[0].Lines != 3 {
			t.Errorf("%+v, %v", taken, err)
		}
		query := got.URL.Query()
		if got.Header.Get("Content-Type") != media || got.ContentLength != 4 || query.Get("reference") != "1" ||
			query.Get("layout") != layout || query.Has("account") {
			t.Errorf("%v, %d bytes, %v", got.Header, got.ContentLength, query)
		}
	}
	for _, c := range []struct {
		status int
		body   string
	}{{200, "no json"}, {503, "busy"}} {
		hub, _ := answering(t, c.status, "text/plain", c.body)
		if _, err := hub.TakeStatements(t.Context(), client.StatementFile{}); err == nil {
			t.Errorf("status %d, %q: taken", c.status, c.body)
		}
	}
}

// TestOpenReportFile: a file is asked for from an offset on, and what is no success
// is a problem with its reason.
func TestOpenReportFile(t *testing.T) {
	id := ids.New()
	for offset, want := range map[int64]string{0: "", 7: "bytes=7-"} {
		c, got := answering(t, http.StatusPartialContent, "text/csv", "rest")
		response, err := c.OpenReportFile(t.Context(), id, offset)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err := errors.Join(err, response.Body.Close()); err != nil || string(body) != "rest" {
			t.Errorf("%q, %v", body, err)
		}
		if got.Header.Get("Range") != want || got.URL.Path != "/v1/reports/"+id.String() {
			t.Errorf("asked for %q of %s", got.Header.Get("Range"), got.URL.Path)
		}
	}
	c, _ := answering(t, 404, "application/problem+json", `{"title":"missing","status":404,"reason":"Missing"}`)
	if _, err := c.OpenReportFile(t.Context(), id, 0); client.ReasonOf(err) != "Missing" {
		t.Errorf("got %v", err)
	}
	nobody := &client.Client{BaseURL: "http://127.0.0.1:1"}
	if _, err := nobody.OpenReportFile(t.Context(), id, 0); err == nil || !strings.Contains(err.Error(),
		"GET /v1/reports/") {
		t.Errorf("got %v", err)
	}
}
