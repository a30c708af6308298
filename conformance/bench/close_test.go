package bench

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/conformance/invariant"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
)

func TestCloseOptions(t *testing.T) {
	for name, c := range map[string]struct {
		options CloseOptions
		problem string
	}{
		"fit":        {CloseOptions{Payments: []int{20, 1000}, Repeat: 1}, ""},
		"no size":    {CloseOptions{Repeat: 1}, "there is a number"},
		"no repeat":  {CloseOptions{Payments: []int{10}}, "repeat is 1"},
		"often":      {CloseOptions{Payments: []int{10}, Repeat: 101}, "repeat is 1"},
		"too few":    {CloseOptions{Payments: []int{10}, Repeat: 1}, "payments are 20"},
		"too many":   {CloseOptions{Payments: []int{20, 10_000_010}, Repeat: 1}, "payments are 20"},
		"both":       {CloseOptions{Payments: []int{20}, Repeat: 1, Whole: true, Lean: true}, "whole or lean"},
		"in between": {CloseOptions{Payments: []int{25}, Repeat: 1}, "steps of 10"},
	} {
		err := c.options.Validate()
		if c.problem == "" && err != nil || c.problem != "" && (err == nil || !strings.Contains(err.Error(), c.problem)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := RunClose(t.Context(), CloseOptions{}); err == nil {
		t.Error("a run of nothing")
	}
}

// TestCloseFill: a window is filled with everything where that is not too much, or as it
// was asked for.
func TestCloseFill(t *testing.T) {
	for payments, c := range map[int]struct {
		options CloseOptions
		whole   bool
	}{
		100_000: {CloseOptions{}, true}, 100_010: {CloseOptions{}, false}, 20: {CloseOptions{Lean: true}, false},
		closeMost: {CloseOptions{Whole: true}, true},
	} {
		if tables := len(c.options.fill(payments).tables); (tables == len(copyables())) != c.whole || tables < 2 {
			t.Errorf("%d payments, %+v: %d tables", payments, c.options, tables)
		}
	}
}

// TestRunClose: windows hold as many payments as were asked for, their nets are those
// payments, and the reports list them all and add up.
func TestRunClose(t *testing.T) {
	address := dbtest.URL(t)
	result, err := RunClose(t.Context(), CloseOptions{
		Dir: t.TempDir(), DatabaseURL: address, Payments: []int{20, 500}, Repeat: 2, Lean: true, Report: true,
		Log: func(text string) { t.Log(text) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Points) != 2 || len(result.Points[0].Millis) != 2 || result.Points[1].Payments != 500 {
		t.Fatalf("%+v", result.Points)
	}
	for _, p := range result.Points {
		for _, value := range p.Millis {
			if value <= 0 {
				t.Errorf("%+v", p)
			}
		}
	}
	if r := result.Report; r == nil || r.Payments != 500 || r.Files < 2*8 || r.Bytes < 500*100 || r.Memory < r.Before {
		t.Errorf("%+v", r)
	}
	pool := dbtest.Open(t, address)
	rows, err := pool.Query(t.Context(), `
SELECT w.number, (SELECT count(*) FROM payment p WHERE p.window_id = w.window_id),
	(SELECT sum(o.amount_minor) FROM obligation o WHERE o.window_id = w.window_id)::BIGINT,
	(SELECT sum(e.amount_minor * CASE WHEN e.credit_account LIKE '%.POSITION.%' THEN 1 ELSE -1 END *
		CASE WHEN o.direction = 'PAY_OUT' THEN 1 ELSE -1 END) FROM ledger_entry e
		JOIN obligation o ON o.window_id = w.window_id AND (e.debit_account = o.participant_id || '.POSITION.' || o.currency
			OR e.credit_account = o.participant_id || '.POSITION.' || o.currency)
		WHERE e.window_id = w.window_id)::BIGINT
FROM settlement_window w WHERE w.state = 'CLOSED' ORDER BY w.number`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var sizes []int64
	for rows.Next() {
		var number, payments, owed, entries int64
		if err := rows.Scan(&number, &payments, &owed, &entries); err != nil {
			t.Fatal(err)
		}
		if sizes = append(sizes, payments); owed != entries || owed == 0 {
			t.Errorf("window %d owes %d, its entries say %d", number, owed, entries)
		}
	}
	if len(sizes) != 4 || sizes[0] != 20 || sizes[1] != 20 || sizes[2] != 500 || sizes[3] != 500 {
		t.Errorf("windows of %v", sizes)
	}
}

// TestRunCloseWhole: if nothing else is asked for, the books hold after windows were filled
// and closed, to the last check.
func TestRunCloseWhole(t *testing.T) {
	address := dbtest.URL(t)
	_, err := RunClose(t.Context(), CloseOptions{
		Dir: t.TempDir(), DatabaseURL: address, Payments: []int{20, 200}, Repeat: 2, Report: true,
		Log: func(text string) { t.Log(text) },
	})
	if err != nil {
		t.Fatal(err)
	}
	pool := dbtest.Open(t, address)
	violations, err := invariant.Run(t.Context(), pool)
	if err != nil || len(violations) > 0 {
		t.Errorf("%v, %v", violations, err)
	}
	var payments, left int64
	err = pool.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM payment),
		(SELECT count(*) FROM information_schema.tables WHERE table_name LIKE 'source_%')`).Scan(&payments, &left)
	if err != nil || payments != 440 || left != 0 {
		t.Errorf("%d payments, %d tables of the copying left, %v", payments, left, err)
	}
}

// TestClosePlot: the plot is well-formed and has a dot for every close, inside of its
// axes; what is printed has every figure.
func TestClosePlot(t *testing.T) {
	for name, points := range map[string][]ClosePoint{
		"flat":   {{10_000, []float64{13.1, 11, 12}}, {100_000, []float64{14.5}}, {1_000_000, []float64{12.25}}},
		"single": {{10, []float64{0.004}}},
	} {
		result := CloseResult{Machine: Machine{Processor: "A & B", Cores: 2}, Points: points, Report: &ReportCost{Files: 7}}
		var plot, text bytes.Buffer
		if err := errors.Join(result.Plot(&plot), result.Print(&text)); err != nil {
			t.Fatal(err)
		}
		dots, wanted := 0, 0
		for _, p := range points {
			wanted += len(p.Millis)
			for _, value := range p.Millis {
				if !strings.Contains(text.String(), number(value)) {
					t.Errorf("%s: %s is missing in %s", name, number(value), text.String())
				}
			}
		}
		for decoder := xml.NewDecoder(&plot); ; {
			token, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if start, ok := token.(xml.StartElement); ok && start.Name.Local == "circle" {
				dots++
				for _, a := range start.Attr {
					if a.Value == "NaN" || strings.Contains(a.Value, "Inf") {
						t.Errorf("%s: a dot at %v", name, start.Attr)
					}
				}
			}
		}
		if dots != wanted || !strings.Contains(text.String(), "7 files") {
			t.Errorf("%s: %d dots of %d, %s", name, dots, wanted, text.String())
		}
	}
}
