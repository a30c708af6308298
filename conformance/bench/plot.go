package bench

import (
	"fmt"
	"io"
	"math"
	"strings"
)

// The drawing: two panels above each other with room for labels.
const (
	plotWidth   = 860
	panelHeight = 240
	plotLeft    = 70
	plotRight   = 130
	plotGap     = 60
)

// line is one series of a panel.
type line struct {
	name, colour string
	values       []float64
}

// panel is a diagram over the slices of a run, from 0 up or logarithmic.
type panel struct {
	title string
	log   bool
	lines []line
}

// Plot draws throughput and latencies over time as SVG.
func (r Report) Plot(w io.Writer) error {
	completed := line{name: "completed", colour: "#1b6ca8"}
	turned := line{name: "busy", colour: "#c0392b"}
	p50, p99, p999 := line{"p50", "#1b6ca8", nil}, line{"p99", "#e08e0b", nil}, line{"p99.9", "#c0392b", nil}
	hub := line{"hub p50", "#7f8c8d", nil}
	for _, s := range r.Series {
		completed.values = append(completed.values, float64(s.Counts.Completed)/slice.Seconds())
		turned.values = append(turned.values, float64(s.Counts.Busy)/slice.Seconds())
		p50.values, p99.values = append(p50.values, millis(s.EndToEnd.P50)), append(p99.values, millis(s.EndToEnd.P99))
		p999.values, hub.values = append(p999.values, millis(s.EndToEnd.P999)), append(hub.values, millis(s.Hub.P50))
	}
	panels := []panel{
		{"payments a second", false, []line{completed, turned}},
		{"latency end to end, ms (logarithmic)", true, []line{p50, hub, p99, p999}},
	}
	height := len(panels)*(panelHeight+plotGap) + plotGap
	var text strings.Builder
	fmt.Fprintf(&text, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" `+
		`font-family="sans-serif" font-size="12">`+"\n"+
		`<rect width="100%%" height="100%%" fill="white"/>`+"\n", plotWidth, height)
	for i, p := range panels {
		p.draw(&text, plotGap+i*(panelHeight+plotGap))
	}
	fmt.Fprintf(&text, `<text x="%d" y="%d" fill="#555">seconds; %s, %d cores, %s</text>`+"\n</svg>\n",
		plotLeft, height-plotGap/3, escape(r.Machine.Processor), r.Machine.Cores, escape(r.Profile["keys"]))
	_, err := io.WriteString(w, text.String())
	return err
}

func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(text)
}

// draw writes the panel with its top at y.
func (p panel) draw(w io.Writer, y int) {
	low, high := p.bounds()
	bottom, right := y+panelHeight, plotWidth-plotRight
	fmt.Fprintf(w, `<text x="%d" y="%d" font-size="14">%s</text>`+"\n", plotLeft, y-10, p.title)
	for _, tick := range p.ticks(low, high) {
		at := p.height(tick, low, high, y)
		fmt.Fprintf(w, `<line x1="%d" x2="%d" y1="%.1f" y2="%.1f" stroke="#ddd"/>`+
			`<text x="%d" y="%.1f" text-anchor="end">%s</text>`+"\n", plotLeft, right, at, at, plotLeft-6, at+4, number(tick))
	}
	fmt.Fprintf(w, `<line x1="%d" x2="%d" y1="%d" y2="%d" stroke="black"/>`+"\n", plotLeft, right, bottom, bottom)
	p.seconds(w, bottom, right)
	for i, l := range p.lines {
		points, count := make([]string, 0, len(l.values)), max(1, len(l.values)-1)
		for j, value := range l.values {
			x := plotLeft + float64(right-plotLeft)*float64(j)/float64(count)
			points = append(points, fmt.Sprintf("%.1f,%.1f", x, p.height(value, low, high, y)))
		}
		fmt.Fprintf(w, `<polyline points="%s" fill="none" stroke="%s" stroke-width="1.5"/>`+
			`<text x="%d" y="%d" fill="%s">%s</text>`+"\n",
			strings.Join(points, " "), l.colour, right+10, y+16+18*i, l.colour, l.name)
	}
}

// seconds writes the time below a panel: start, quarters and end.
func (p panel) seconds(w io.Writer, bottom, right int) {
	last := len(p.lines[0].values) - 1
	for quarter := range 5 {
		if last < 4 && quarter > 0 && quarter < 4 {
			continue
		}
		second := last * quarter / 4
		x := plotLeft + float64(right-plotLeft)*float64(second)/float64(max(1, last))
		fmt.Fprintf(w, `<text x="%.1f" y="%d" text-anchor="middle">%d</text>`+"\n", x, bottom+16, max(0, second))
	}
}

// bounds are those of all values; a logarithmic panel has whole decades.
func (p panel) bounds() (low, high float64) {
	low, high = math.Inf(1), 0
	for _, l := range p.lines {
		for _, value := range l.values {
			high = max(high, value)
			if value > 0 {
				low = min(low, value)
			}
		}
	}
	if !p.log || high == 0 {
		return 0, roundUp(max(high, 1))
	}
	return math.Pow(10, math.Floor(math.Log10(low))), math.Pow(10, math.Ceil(math.Log10(high*1.0001)))
}

// roundUp is the next of 1, 2, 4, 5 or 8 times a power of ten, of which quarters are
// short numbers.
func roundUp(value float64) float64 {
	decade := math.Pow(10, math.Floor(math.Log10(value)))
	for _, digit := range []float64{1, 2, 4, 5, 8} {
		if value <= digit*decade*1.0001 {
			return digit * decade
		}
	}
	return 10 * decade
}

func (p panel) ticks(low, high float64) []float64 {
	var ticks []float64
	if p.log && low > 0 {
		for tick := low; tick <= high*1.0001; tick *= 10 {
			ticks = append(ticks, tick)
		}
		return ticks
	}
	for i := range 5 {
		ticks = append(ticks, high*float64(i)/4)
	}
	return ticks
}

// height is where a value is in a panel with its top at y.
func (p panel) height(value, low, high float64, y int) float64 {
	share := value / high
	if p.log && low > 0 {
		share = (math.Log10(max(value, low)) - math.Log10(low)) / (math.Log10(high) - math.Log10(low))
	}
	return float64(y) + panelHeight*(1-share)
}
