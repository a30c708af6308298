// Package table prints rows for people: aligned columns under a ruled header.
package table

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Write prints rows under a header, each line after an indent. The columns named
// in right are aligned to the right, as amounts want it. Every row has as many
// fields as the header.
func Write(to io.Writer, indent string, header []string, rows [][]string, right ...int) error {
	widths := make([]int, len(header))
	rule := make([]string, len(header))
	for i, name := range header {
		widths[i] = utf8.RuneCountInString(name)
		for _, row := range rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
		rule[i] = strings.Repeat("-", widths[i])
	}
	for _, row := range append([][]string{header, rule}, rows...) {
		var line strings.Builder
		for i, field := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(field))
			if slices.Contains(right, i) {
				field, pad = pad+field, ""
			}
			line.WriteString(field + pad + "  ")
		}
		if _, err := fmt.Fprintln(to, indent+strings.TrimRight(line.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}
