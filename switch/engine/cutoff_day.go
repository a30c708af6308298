package engine

import (
	"context"
	"slices"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/report"
	"github.com/causeway-pay/causeway/settlement/window"
)

// dayWindows is how many windows before one may have its value date: 48 cut-offs a day
// over the longest time without a business day, ten days.
const dayWindows = 480

// dayBook finds the windows that are settled on one day.
type dayBook struct {
	books db.Reader
	// last is the window that a report is about, before those that may share its day.
	last   window.Window
	before []window.Window
	// nets are those that were read, by window.
	nets map[ids.ID][]window.Net
}

// dayBook reads the windows before one. Their figures are final, or no report can say
// what is settled with them.
func (e *Engine) dayBook(ctx context.Context, books db.Reader, w window.Window) (*dayBook, error) {
	before, err := window.Before(ctx, books, w, max(1, w.Number-dayWindows))
	if err != nil {
		return nil, err
	}
	for _, earlier := range before {
		if earlier.State == window.Open || earlier.State == window.Closing {
			return nil, reason.New(reason.Closed, "engine.Report", "the window before it is "+string(earlier.State)+", not closed")
		}
	}
	return &dayBook{books, w, before, map[ids.ID][]window.Net{}}, nil
}

// dueTogether are the windows whose money in a currency is due on the same day as the
// last one's, and that one.
func dueTogether(
	calendars window.Calendars, currency money.Currency, before []window.Window, last window.Window,
) (list []window.Window) {
	calendar := calendars.Of(currency)
	due := calendar.ValueDate(last.ClosedAt)
	for _, w := range before {
		if calendar.ValueDate(w.ClosedAt).Equal(due) {
			list = append(list, w)
		}
	}
	return append(list, last)
}

// batches are the windows of a participant's value date, from the number of the first until
// the last, which is that of the report, with its net.
func (d *dayBook) batches(ctx context.Context, p connectors.Participant, from int64) ([]report.Batch, error) {
	var list []report.Batch
	for _, w := range append(slices.Clone(d.before), d.last) {
		if w.Number < from {
			continue
		}
		if _, read := d.nets[w.ID]; !read {
			nets, err := window.Nets(ctx, d.books, w.ID)
			if err != nil {
				return nil, err
			}
			d.nets[w.ID] = nets
		}
		w.ChangedAt = w.ClosedAt
		list = append(list, report.Batch{Window: w, Net: figure(d.nets[w.ID], p)})
	}
	return list, nil
}
