package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/memory"
	"github.com/causeway-pay/causeway/settlement/window"
)

// CloseOptions are those of a run that closes windows.
type CloseOptions struct {
	Dir         string
	DatabaseURL string
	// Payments are how many payments are posted in the windows, Repeat how many windows
	// of each size are closed; of more than 100,000 payments one, for the disk's sake.
	Payments []int
	Repeat   int
	// Windows of up to 100,000 payments are filled with everything of each payment, some
	// 17 KB, so that all checks of the books hold afterwards; larger ones with what closing
	// and reports read, some 5 KB. Whole fills all with everything, Lean none.
	Whole, Lean bool
	// Report writes the report of the last window too.
	Report bool
	Log    func(string)
}

// CloseResult is what closing windows took.
type CloseResult struct {
	At      time.Time    `json:"at"`
	Machine Machine      `json:"machine"`
	Points  []ClosePoint `json:"points"`
	Report  *ReportCost  `json:"report,omitempty"`
}

// ClosePoint is how long windows of one size took to close, in milliseconds.
type ClosePoint struct {
	Payments int       `json:"payments"`
	Millis   []float64 `json:"millis"`
}

// ReportCost is what the reports of a window took, for all its participants.
type ReportCost struct {
	Payments int     `json:"payments"`
	Files    int     `json:"files"`
	Bytes    int64   `json:"bytes"`
	Seconds  float64 `json:"seconds"`
	// Memory is the most that the process had from the system, in bytes, and Before what
	// it had when the report began.
	Memory uint64 `json:"memoryBytes"`
	Before uint64 `json:"memoryBytesBefore"`
}

// Limits of a run: a window of ten million payments takes sixty GB.
const (
	closeMost  = 10_000_000
	repeatMost = 100
	// repeatedMost is up to how many payments windows of one size are closed repeatedly.
	repeatedMost = 100_000
	// wholeMost is up to how many payments a window is filled with everything if nothing
	// else is asked for: 1.7 GB.
	wholeMost = 100_000
	// closeSeeds is how many payments of a window are made before the others, which are
	// copies of them, and how many after.
	closeSeeds = 10
)

// Validate refuses options that make no run.
func (o CloseOptions) Validate() error {
	if o.Whole && o.Lean {
		return errors.New("windows are filled whole or lean, not both")
	}
	if len(o.Payments) == 0 || o.Repeat < 1 || o.Repeat > repeatMost {
		return fmt.Errorf("there is a number of payments, and repeat is 1 to %d", repeatMost)
	}
	for _, payments := range o.Payments {
		if payments < 2*closeSeeds || payments > closeMost || payments%closeSeeds != 0 {
			return fmt.Errorf("payments are %d to %d, in steps of %d", 2*closeSeeds, closeMost, closeSeeds)
		}
	}
	return nil
}

// RunClose measures how long a window takes to close by how many payments are posted in
// it, through the engine and the database: both commits, from the cut-off to the stored
// obligations. Of each payment of a large window but the first few only the rows are
// written that closing and reports read, unless everything is asked for: the payment, its
// entries and what figures and positions come to.
func RunClose(ctx context.Context, options CloseOptions) (CloseResult, error) {
	if err := options.Validate(); err != nil {
		return CloseResult{}, err
	}
	a, done, err := openAlone(ctx, EngineOptions{
		Dir: options.Dir, DatabaseURL: options.DatabaseURL, Partners: 2, Clients: 1, Log: options.Log,
	})
	if err != nil {
		return CloseResult{}, err
	}
	defer done()
	if err := a.open(ctx); err != nil {
		return CloseResult{}, err
	}
	running, stop := context.WithCancel(ctx)
	var lane sync.WaitGroup
	lane.Go(func() { a.engine.Run(running) })
	defer func() { stop(); lane.Wait() }()
	c := &closing{alone: a, options: options}
	return c.run(ctx)
}

// closing closes windows of an engine alone.
type closing struct {
	*alone
	options CloseOptions
	// made counts the payments that were made, for their request ids.
	made int
}

func (c *closing) run(ctx context.Context) (CloseResult, error) {
	result := CloseResult{At: c.clock.Now(), Machine: machineOf(ctx, c.pool)}
	var last window.Window
	for _, payments := range c.options.Payments {
		point := ClosePoint{Payments: payments}
		repeat := c.options.Repeat
		if payments > repeatedMost {
			repeat = 1
		}
		for range repeat {
			w, took, err := c.close(ctx, payments)
			if err != nil {
				return result, err
			}
			point.Millis, last = append(point.Millis, millis(took.Microseconds())), w
		}
		c.options.Log(fmt.Sprintf("%d payments: closed in %v ms", payments, point.Millis))
		result.Points = append(result.Points, point)
	}
	if !c.options.Report {
		return result, nil
	}
	cost, err := c.report(ctx, last.ID)
	cost.Payments = c.options.Payments[len(c.options.Payments)-1]
	result.Report = &cost
	return result, err
}

// fill is how a window of so many payments is filled.
func (o CloseOptions) fill(payments int) windowFill {
	if o.Whole || !o.Lean && payments <= wholeMost {
		return wholeFill()
	}
	return leanFill()
}

// close posts payments into the open window, closes it, and says how long that took.
func (c *closing) close(ctx context.Context, payments int) (window.Window, time.Duration, error) {
	if err := c.seed(ctx); err != nil {
		return window.Window{}, 0, err
	}
	id, err := window.Current(ctx, c.pool, stage.Region)
	if err != nil {
		return window.Window{}, 0, err
	}
	c.options.Log(fmt.Sprintf("posting %d payments", payments))
	if err := c.options.fill(payments).copy(ctx, c.patient, id, int64(payments/closeSeeds-2)); err != nil {
		return window.Window{}, 0, err
	}
	if err := tidy(ctx, c.patient); err != nil {
		return window.Window{}, 0, err
	}
	// A hub that closes has just been posting: its statements are planned for the tables
	// as they are now.
	if err := c.seed(ctx); err != nil {
		return window.Window{}, 0, err
	}
	began := c.clock.Now()
	w, err := c.engine.CutOff(ctx)
	took := c.clock.Now().Sub(began)
	if err == nil && w.ID != id {
		err = errors.New("bench: another window was closed")
	}
	return w, took, err
}

// seed makes the payments that are copied.
func (c *closing) seed(ctx context.Context) error {
	wallets := ofRole(c.cast, sandbox.RoleWallet)
	payments, err := issue(ctx, c.pool, wallets, mixed(closeSeeds, 1, len(wallets), Mix{}, 1), c.clock.Now())
	if err != nil {
		return err
	}
	for _, payment := range payments {
		c.made++
		if err := c.pay(ctx, "CLOSE-"+strconv.Itoa(c.made), payment); err != nil {
			return err
		}
	}
	return nil
}

// report writes the reports of a window and measures what they take.
func (c *closing) report(ctx context.Context, id ids.ID) (ReportCost, error) {
	c.options.Log("writing the reports of the last window")
	debug.FreeOSMemory() // or the filling's would be given back meanwhile
	cost := ReportCost{Before: memory.Held()}
	peak, stop := memory.Watch()
	began := c.clock.Now()
	paths, err := c.engine.Report(ctx, c.options.Dir, id)
	cost.Seconds = c.clock.Now().Sub(began).Seconds()
	stop()
	cost.Memory, cost.Files = max(peak(), cost.Before), len(paths)
	for _, path := range paths {
		info, statErr := os.Stat(path)
		if statErr != nil {
			return cost, errors.Join(err, statErr)
		}
		cost.Bytes += info.Size()
	}
	return cost, err
}

// Print writes the result for people.
func (r CloseResult) Print(w io.Writer) error {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "posted payments\tclosed in ms\t")
	for _, p := range r.Points {
		fmt.Fprintf(table, "%d\t%s\t\n", p.Payments, strings.Join(each(p.Millis, number), ", "))
	}
	_ = table.Flush() // a builder takes everything
	if c := r.Report; c != nil {
		fmt.Fprintf(&text, "reports of %d payments: %d files, %d MB in %.1f s with %d MB of memory, %d MB before\n",
			c.Payments, c.Files, c.Bytes>>20, c.Seconds, c.Memory>>20, c.Before>>20)
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func each[T, R any](list []T, of func(T) R) []R {
	all := make([]R, len(list))
	for i, t := range list {
		all[i] = of(t)
	}
	return all
}

// Plot draws how long a close takes by the number of payments as SVG.
func (r CloseResult) Plot(w io.Writer) error {
	const top = plotGap
	high, least, most := 0.0, math.Inf(1), 0.0
	for _, p := range r.Points {
		least, most = min(least, float64(p.Payments)), max(most, float64(p.Payments))
		for _, value := range p.Millis {
			high = max(high, value)
		}
	}
	high = roundUp(max(high, 1))
	var text strings.Builder
	height, right, bottom := panelHeight+2*plotGap, plotWidth-plotRight, top+panelHeight
	fmt.Fprintf(&text, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" `+
		`font-size="12">`+"\n"+`<rect width="100%%" height="100%%" fill="white"/>`+"\n"+
		`<text x="%d" y="%d" font-size="14">time to close a window, ms</text>`+"\n", plotWidth, height, plotLeft, top-10)
	for _, tick := range (panel{}).ticks(0, high) {
		at := (panel{}).height(tick, 0, high, top)
		fmt.Fprintf(&text, `<line x1="%d" x2="%d" y1="%.1f" y2="%.1f" stroke="#ddd"/>`+
			`<text x="%d" y="%.1f" text-anchor="end">%s</text>`+"\n", plotLeft, right, at, at, plotLeft-6, at+4, number(tick))
	}
	fmt.Fprintf(&text, `<line x1="%d" x2="%d" y1="%d" y2="%d" stroke="black"/>`+"\n", plotLeft, right, bottom, bottom)
	for _, p := range r.Points {
		x := plotLeft + float64(right-plotLeft)*(math.Log10(float64(p.Payments))-math.Log10(least)+0.1)/
			(math.Log10(most)-math.Log10(least)+0.2)
		fmt.Fprintf(&text, `<text x="%.1f" y="%d" text-anchor="middle">%d</text>`+"\n", x, bottom+16, p.Payments)
		for _, value := range p.Millis {
			fmt.Fprintf(&text, `<circle cx="%.1f" cy="%.1f" r="4" fill="#1b6ca8" fill-opacity="0.6"/>`+"\n",
				x, (panel{}).height(value, 0, high, top))
		}
	}
	fmt.Fprintf(&text, `<text x="%d" y="%d" fill="#555">posted payments (logarithmic); %s, %d cores, both commits</text>`+
		"\n</svg>\n", plotLeft, height-plotGap/3, escape(r.Machine.Processor), r.Machine.Cores)
	_, err := io.WriteString(w, text.String())
	return err
}
