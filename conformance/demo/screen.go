package demo

import (
	"fmt"
	"io"

	"github.com/causeway-pay/causeway/internal/table"
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

// table prints rows under a header; the columns named in right hold amounts.
func (s *screen) table(header []string, rows [][]string, right ...int) {
	// The writer below is a terminal or a test's buffer; if it fails there is
	// nobody left to tell.
	_ = table.Write(s.to, "  ", header, rows, right...)
}
