package demo

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// screen prints for people.
type screen struct {
	to     io.Writer
	colour bool
	failed int
	passed int
}

const (
	bold  = "1"
	green = "32"
	red   = "31"
	faint = "2"
)

func (s *screen) paint(code, text string) string {
	if !s.colour {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (s *screen) title(format string, args ...any) {
	fmt.Fprintf(s.to, "\n%s\n", s.paint(bold, fmt.Sprintf(format, args...)))
}

func (s *screen) say(format string, args ...any) {
	fmt.Fprintf(s.to, "  %s\n", fmt.Sprintf(format, args...))
}

// at prints one line of a timeline.
func (s *screen) at(milliseconds int64, who, what string) {
	fmt.Fprintf(s.to, "  %s  %-12s %s\n", s.paint(faint, fmt.Sprintf("%+6d ms", milliseconds)), who, what)
}

// expect prints and counts whether an expectation held.
func (s *screen) expect(ok bool, format string, args ...any) {
	mark, text := s.paint(green, "ok  "), fmt.Sprintf(format, args...)
	if !ok {
		mark = s.paint(red, "FAIL")
		s.failed++
	} else {
		s.passed++
	}
	fmt.Fprintf(s.to, "  %s %s\n", mark, text)
}

// table prints rows under a header; columns that hold amounts are aligned right
// by the caller.
func (s *screen) table(header []string, rows [][]string) {
	w := tabwriter.NewWriter(s.to, 2, 0, 2, ' ', 0)
	fmt.Fprintf(w, "  %s\n", strings.Join(header, "\t"))
	rule := make([]string, len(header))
	for i, name := range header {
		rule[i] = strings.Repeat("-", max(len(name), widest(rows, i)))
	}
	fmt.Fprintf(w, "  %s\n", strings.Join(rule, "\t"))
	for _, row := range rows {
		fmt.Fprintf(w, "  %s\n", strings.Join(row, "\t"))
	}
	// The writer below is a terminal or a test's buffer; if it fails there is
	// nobody left to tell.
	_ = w.Flush()
}

func widest(rows [][]string, column int) int {
	width := 0
	for _, row := range rows {
		width = max(width, len(strings.TrimSpace(row[column])))
	}
	return width
}

// right aligns amounts of one column.
func right(values []string) []string {
	width := 0
	for _, value := range values {
		width = max(width, len(value))
	}
	aligned := make([]string, len(values))
	for i, value := range values {
		aligned[i] = fmt.Sprintf("%*s", width, value)
	}
	return aligned
}
