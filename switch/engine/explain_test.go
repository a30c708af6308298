package engine_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/settlement/window"
	"github.com/causeway-pay/causeway/switch/engine"
)

// explain sums up the entries of a figure, read in pages of a size.
func (h *hub) explain(text string, size int) (sum int64, entries int, err error) {
	h.t.Helper()
	f, err := engine.ParseFigure(h.t.Context(), h.pool, region, window.Calendars{}, text)
	if err != nil {
		return 0, 0, err
	}
	place := &engine.ExplainPlace{}
	for place != nil {
		var page []engine.Explained
		if page, place, err = engine.Explain(h.t.Context(), h.pool, f, *place, size); err != nil {
			return 0, 0, err
		}
		if place != nil && len(page) != size {
			h.t.Errorf("%s: a page of %d, want %d", text, len(page), size)
		}
		for _, x := range page {
			sum += x.Signed.Minor
		}
		entries += len(page)
	}
	return sum, entries, nil
}

// table reads the rows of a report file from one on.
func table(t testing.TB, path string, from int) [][]string {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return records(t, string(body))[from:]
}

// records are the rows of a report file.
func records(t testing.TB, body string) [][]string {
	t.Helper()
	reader := csv.NewReader(strings.NewReader(body))
	reader.FieldsPerRecord = -1
	rows, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func directed(t testing.TB, digits, direction string) int64 {
	t.Helper()
	amount, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	if direction == "D" {
		return -amount
	}
	return amount
}

// TestEveryFigureIsExplained: the entries that explain a figure of a partner's
// file come to that figure, for every figure of every file of two windows, in
// pages of any size.
func TestEveryFigureIsExplained(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.day("A")
		first := h.mustCutOff()
		h.day("B")
		_, err := h.Cancel(t.Context(), h.participant("JP-ACQUIRER"), connectors.Reference{RequestID: "PR-A1"})
		if err != nil {
			t.Fatal(err)
		}
		second := h.mustCutOff()
		figures := 0
		for _, w := range []window.Window{first, second} {
			paths, err := h.Report(t.Context(), t.TempDir(), w.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range paths {
				figures += h.checkFigures(path)
			}
		}
		// Twelve of each settlement file, and those of items with fees.
		if figures < 4*6+20 {
			t.Errorf("only %d figures were checked", figures)
		}
		opening, _, err := h.explain(fmt.Sprintf("%d/JP-ACQUIRER/JPY/opening", second.Number), 2)
		net, _, netErr := h.explain(fmt.Sprintf("%s/JP-ACQUIRER/JPY", first.ID), 3)
		if err != nil || netErr != nil || opening != net || net != 2644 {
			t.Errorf("opening %d, net %d before, %v, %v", opening, net, err, netErr)
		}
		f, err := engine.ParseFigure(t.Context(), h.pool, region, window.Calendars{}, fmt.Sprintf("%s/JP-ACQUIRER/JPY/net", first.ID))
		if err != nil {
			t.Fatal(err)
		}
		if books, err := engine.NetOf(t.Context(), h.pool, f); err != nil || books != jpy(2644) {
			t.Errorf("the books say %s, %v", books, err)
		}
	})
}

// checkFigures explains the figures of a file and returns how many it has.
func (h *hub) checkFigures(path string) (figures int) {
	h.t.Helper()
	name := filepath.Base(path)
	check := func(figure string, want int64) {
		h.t.Helper()
		figures++
		for _, size := range []int{1, 2, 1000} {
			got, _, err := h.explain(name+"/"+figure, size)
			if err != nil || got != want {
				h.t.Errorf("%s/%s: explained by %d, the file says %d, %v", name, figure, got, want, err)
			}
		}
	}
	switch {
	case strings.HasPrefix(name, "settlement_"):
		row := table(h.t, path, 3)[0]
		sign := map[bool]int64{true: 1, false: -1}[strings.Contains(name, "_JP-ACQUIRER_")]
		check("payments", sign*directed(h.t, row[3], "C"))
		check("refunds", sign*directed(h.t, row[5], "D"))
		check("fees.service", directed(h.t, row[6], row[7]))
		check("fees.scheduled", directed(h.t, row[8], row[9]))
		check("adjustments", directed(h.t, row[10], row[11]))
		check("gross", directed(h.t, row[12], row[13]))
		check("net", directed(h.t, row[14], row[15]))
	case strings.HasPrefix(name, "transactionItems_"):
		for _, row := range table(h.t, path, 3) {
			check(row[2], directed(h.t, row[13], row[15]))
		}
	case strings.HasPrefix(name, "feeItems_"):
		for _, row := range table(h.t, path, 3) {
			check(row[1]+"/fee", directed(h.t, row[4], row[6]))
		}
	}
	return figures
}

func TestFiguresThatAreNone(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.day("A")
		w := h.mustCutOff()
		for text, want := range map[string]reason.Kind{
			"": reason.InvalidRequest, "1/JP-ACQUIRER": reason.InvalidRequest, "1/JP-ACQUIRER/JPY/big": reason.InvalidRequest,
			"x/JP-ACQUIRER/JPY": reason.InvalidRequest, "99/JP-ACQUIRER/JPY": reason.NotFound,
			ids.New().String() + "/JP-ACQUIRER/JPY":        reason.NotFound,
			"1/JP-ACQUIRER/JPY/" + ids.New().String():      reason.NotFound,
			"summary_JP-ACQUIRER_JPY_2026010300x_01_0.csv": reason.InvalidRequest,
		} {
			if _, _, err := h.explain(text, 10); reason.Of(err) != want {
				t.Errorf("%q: got %v, want %v", text, err, want)
			}
		}
		for _, nobody := range []string{"/NOBODY/JPY", "/JP-ACQUIRER/HKD"} {
			if _, _, err := h.explain(w.ID.String()+nobody, 10); reason.Of(err) != reason.InvalidRequest {
				t.Errorf("%s: %v", nobody, err)
			}
		}
		// Nothing is a figure too.
		if sum, entries, err := h.explain(w.ID.String()+"/JP-ACQUIRER/JPY/gross", 10); err != nil || sum != 0 || entries != 0 {
			t.Errorf("%d of %d entries, %v", sum, entries, err)
		}
	})
}
