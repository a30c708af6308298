package bench

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// Print writes the report for people. A report with something broken is an error.
func (r Report) Print(w io.Writer) error {
	var text strings.Builder
	m := r.Machine
	fmt.Fprintf(&text, "%s, %d cores, %s, Linux %s\n", m.Processor, m.Cores, m.Go, m.Kernel)
	fmt.Fprintln(&text, r.Machine.Database)
	for _, name := range slices.Sorted(maps.Keys(r.Profile)) {
		fmt.Fprintf(&text, "%s: %s  ", name, r.Profile[name])
	}
	fmt.Fprint(&text, "\n\n")
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, f := range r.Figures {
		fmt.Fprintf(table, "%s\t%s\t %s\t\n", f.Name, number(f.Value), f.Unit)
	}
	_ = table.Flush() // a builder takes everything
	for _, s := range r.Steps {
		fmt.Fprintf(&text, "%5d at once: %6.0f payments/s, p50 %.1f ms, p99 %.1f ms\n",
			s.Connections, s.PerSecond, millis(s.EndToEnd.P50), millis(s.EndToEnd.P99))
	}
	if len(r.Statements) > 0 {
		fmt.Fprintln(&text, "\nthe most expensive statements:")
	}
	for _, s := range r.Statements[:min(len(r.Statements), statementsPrinted)] {
		fmt.Fprintf(&text, "%8.0f ms %7d calls %7.3f ms each  %.90s\n", s.Total, s.Calls, s.Mean, s.Text)
	}
	if len(r.Growth) > 0 {
		fmt.Fprintln(&text, "\nwhat a payment left behind, with indexes:")
	}
	for _, g := range r.Growth[:min(len(r.Growth), tablesPrinted)] {
		fmt.Fprintf(&text, "%8.0f bytes  %s\n", g.Bytes, g.Table)
	}
	if others, known := r.Figure(companyFigure); known && others.Value > companyMost {
		fmt.Fprintf(&text, "NOT ALONE: others used %s processors meanwhile; times and rates are worse than they would be\n",
			number(others.Value))
	}
	for _, b := range r.Broken {
		fmt.Fprintln(&text, "BROKEN:", b)
	}
	if _, err := io.WriteString(w, text.String()); err != nil {
		return err
	}
	if len(r.Broken) > 0 {
		return fmt.Errorf("%d things that should be true of the payments are not", len(r.Broken))
	}
	return nil
}

// statementsPrinted is how many of the most expensive statements people are shown.
const statementsPrinted = 12

// tablesPrinted is how many of the tables that grew people are shown.
const tablesPrinted = 12

// number writes a value with three or four digits that count.
func number(value float64) string {
	switch {
	case value >= 100 || value == 0:
		return fmt.Sprintf("%.0f", value)
	case value >= 10:
		return fmt.Sprintf("%.1f", value)
	case value >= 1:
		return fmt.Sprintf("%.2f", value)
	default:
		return fmt.Sprintf("%.3f", value)
	}
}
