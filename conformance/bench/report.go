package bench

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
)

// Report is what a run came to.
type Report struct {
	At      time.Time `json:"at"`
	Machine Machine   `json:"machine"`
	// Profile says with what options the run was made.
	Profile map[string]string `json:"profile"`
	Figures []Figure          `json:"figures"`
	// Steps are the search for the peak.
	Steps      []Step      `json:"steps,omitempty"`
	Statements []Statement `json:"statements,omitempty"`
	// Growth is what the load that was measured left in the database, the table
	// that grew most first.
	Growth []TableGrowth `json:"growth,omitempty"`
	// Series is the load that was measured, in slices of a second.
	Series []Slice `json:"series"`
	// Overload is the load at twice the capacity and after.
	Overload []Slice `json:"overload,omitempty"`
	// Broken is what should be true of the payments and is not.
	Broken []string `json:"broken"`
}

// Machine is where a run was made.
type Machine struct {
	Processor string `json:"processor"`
	Cores     int    `json:"cores"`
	Kernel    string `json:"kernel"`
	Go        string `json:"go"`
	Database  string `json:"database"`
}

// Better says in which direction a figure is better.
type Better string

// The directions.
const (
	More Better = "more"
	Less Better = "less"
	// Neither is what is only told.
	Neither Better = ""
)

// Figure is one result. Slices are the same for parts of the run, from which its
// noise is judged; there are none where that makes no sense.
type Figure struct {
	Name   string    `json:"name"`
	Unit   string    `json:"unit"`
	Better Better    `json:"better"`
	Value  float64   `json:"value"`
	Slices []float64 `json:"slices,omitempty"`
}

// Step is one load of the search for the peak.
type Step struct {
	Connections int     `json:"connections"`
	PerSecond   float64 `json:"perSecond"`
	EndToEnd    Latency `json:"endToEnd"`
}

// TableGrowth is by how much a table grew with its indexes for each payment. What is
// freed within a table is not given back, so it grows by what it was short of.
type TableGrowth struct {
	Table string  `json:"table"`
	Bytes float64 `json:"bytesPerPayment"`
}

// ReadReport reads a report that was written as JSON.
func ReadReport(path string) (Report, error) {
	var r Report
	if err := readFile(path, &r); err != nil {
		return r, err
	}
	if len(r.Figures) == 0 {
		return r, fmt.Errorf("bench: %s has no figures", filepath.Base(path))
	}
	return r, nil
}

func millis(micros int64) float64 { return float64(micros) / 1000 }

// newReport begins a report with where and how the run is made.
func (r *run) newReport(ctx context.Context) Report {
	report := Report{At: r.clock.Now(), Machine: machineOf(ctx, r.stage.Pool), Broken: []string{}}
	report.Profile = map[string]string{
		"keys": string(r.Keys), "library": r.Library, "partners": fmt.Sprint(r.Partners),
		"notices": r.Notices.String(), "hot": fmt.Sprint(r.Mix.Hot),
		"decline": fmt.Sprint(r.Mix.Decline), "timeout": fmt.Sprint(r.Mix.Timeout), "stored": fmt.Sprint(r.Stored),
		"rate": fmt.Sprint(r.Rate), "duration": r.Duration.String(), "connections": fmt.Sprint(r.Connections),
		"names":    fmt.Sprintf("%d of authorities' lists, %d made up", r.lists.Real, r.lists.Made),
		"database": r.stage.DatabaseKind,
	}
	return report
}

// machineOf describes the machine and its database.
func machineOf(ctx context.Context, reader db.Reader) Machine {
	m := Machine{Cores: runtime.NumCPU(), Go: runtime.Version()}
	// What cannot be read is left out: it describes and decides nothing.
	if body, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.Kernel = strings.TrimSpace(string(body))
	}
	if body, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		m.Processor = processorOf(string(body))
	}
	_ = reader.QueryRow(ctx, `SELECT version()`).Scan(&m.Database)
	return m
}

func processorOf(info string) string {
	for line := range strings.Lines(info) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func (r *Report) add(name, unit string, better Better, value float64, slices ...float64) {
	r.Figures = append(r.Figures, Figure{Name: name, Unit: unit, Better: better, Value: value, Slices: slices})
}

// Figure returns a figure by its name.
func (r Report) Figure(name string) (Figure, bool) {
	for _, f := range r.Figures {
		if f.Name == name {
			return f, true
		}
	}
	return Figure{}, false
}

// addLoad writes the figures of a load into the report.
func (r *Report) addLoad(p *phase) {
	r.Series = p.outcome.Slices
	r.addSpeed(p)
	r.addProcessors(p)
	r.addMemory(p)
	r.addDatabase(p)
}

// addSpeed is throughput and latency.
func (r *Report) addSpeed(p *phase) {
	counts := p.outcome.Counts
	each := func(of func(Slice) float64) []float64 {
		var values []float64
		for _, s := range p.outcome.Slices {
			values = append(values, of(s))
		}
		return values
	}
	perSecond := 1 / p.plan.Slice.Seconds()
	r.add("throughput", "payments/s", More, p.outcome.perSecond(p.plan),
		each(func(s Slice) float64 { return float64(s.Counts.Completed) * perSecond })...)
	for _, kind := range []struct {
		name  string
		whole Latency
		slice func(Slice) Latency
	}{
		{"end to end", p.outcome.EndToEnd, func(s Slice) Latency { return s.EndToEnd }},
		{"hub time", p.outcome.Hub, func(s Slice) Latency { return s.Hub }},
	} {
		for _, share := range []struct {
			name string
			of   func(Latency) int64
		}{
			{" p50", func(l Latency) int64 { return l.P50 }}, {" p99", func(l Latency) int64 { return l.P99 }},
			{" p99.9", func(l Latency) int64 { return l.P999 }},
		} {
			r.add(kind.name+share.name, "ms", Less, millis(share.of(kind.whole)),
				each(func(s Slice) float64 { return millis(share.of(kind.slice(s))) })...)
		}
	}
	r.add("sent late p99", "ms", Less, millis(p.outcome.Late.P99))
	r.add("sent", "requests", Neither, float64(counts.Sent))
	r.add("refused", "requests", Neither, float64(counts.Refused))
	r.add("in process", "requests", Neither, float64(counts.InProcess))
	r.add("busy", "requests", Less, float64(counts.Busy))
	r.add("failed", "requests", Less, float64(counts.Failed))
	r.add("false signatures", "answers", Less, float64(p.outcome.FalseSignatures))
	r.add("notifications", "calls", Neither, float64(p.notified-p.notifiedBefore))
	r.add("done after", "s", Less, p.drain.Seconds())
}

// addProcessors is processor time per payment, all of it that belongs to the
// payments, also what came after the last answer.
func (r *Report) addProcessors(p *phase) {
	payments := float64(max(1, p.outcome.Counts.Completed))
	// The generator has ended when the rest is done, so its part is that of the load.
	last := p.samples[len(p.samples)-1]
	whole := used(p.samples[0], p.drained)
	whole[ofGenerator] = p.generator.CPU - p.samples[0][ofGenerator].CPU
	slices := map[string][]float64{}
	for i, s := range p.outcome.Slices {
		if i+1 >= len(p.samples) {
			break
		}
		for name, time := range used(p.samples[i], p.samples[i+1]) {
			slices[name] = append(slices[name], time.Seconds()*1000/float64(max(1, s.Counts.Completed)))
		}
	}
	both := make([]float64, len(slices[ofHub]))
	for i := range both {
		both[i] = slices[ofHub][i]
		if i < len(slices[ofDatabase]) {
			both[i] += slices[ofDatabase][i]
		}
	}
	r.add("processor hub and database", "ms/payment", Less,
		(whole[ofHub]+whole[ofDatabase]).Seconds()*1000/payments, both...)
	for _, name := range processNames {
		if time, known := whole[name]; known {
			r.add("processor "+name, "ms/payment", Less, time.Seconds()*1000/payments, slices[name]...)
		}
	}
	r.addCompany(used(p.samples[0], last), p.plan.Duration)
}

// addCompany says how much of the machine the run had, and how much others.
func (r *Report) addCompany(times map[string]time.Duration, duration time.Duration) {
	ours := time.Duration(0)
	for _, name := range processNames {
		ours += times[name]
	}
	r.add("processors busy", "cores", Neither, ours.Seconds()/duration.Seconds())
	if machine, known := times[ofMachine]; known {
		r.add(companyFigure, "cores", Neither, max(0, machine-ours+times[ofHost]).Seconds()/duration.Seconds())
	}
}

// companyFigure is the processor time of what does not belong to the run; companyMost
// is how much of it leaves a run worth something: the kernel's own work.
const (
	companyFigure = "processors of others"
	companyMost   = 0.15
)

func (r *Report) addMemory(p *phase) {
	for _, name := range processNames {
		usage, known := p.drained[name]
		if name == ofGenerator {
			usage, known = p.generator, true
		}
		if known {
			r.add("memory "+name, "MB", Less, float64(usage.MemoryMost)/(1<<20))
		}
	}
	payments := float64(max(1, p.outcome.Counts.Completed))
	r.add("allocations hub", "objects/payment", Less, float64(p.allocated.Objects-p.allocatedBefore.Objects)/payments)
	r.add("allocated hub", "KB/payment", Less, float64(p.allocated.Bytes-p.allocatedBefore.Bytes)/1024/payments)
	r.add("collections hub", "cycles", Neither, float64(p.allocated.Cycles-p.allocatedBefore.Cycles))
}

func (r *Report) addDatabase(p *phase) {
	payments := float64(max(1, p.outcome.Counts.Completed))
	from, to := p.databaseBefore, p.database
	per := func(name, unit string, before, after int64) {
		r.add(name, unit, Less, float64(after-before)/payments)
	}
	if from.Statements >= 0 {
		per("statements", "1/payment", from.Statements, to.Statements)
	}
	per("transactions", "1/payment", from.Commits+from.Rollbacks, to.Commits+to.Rollbacks)
	per("rows written", "1/payment", from.Written, to.Written)
	per("rows fetched", "1/payment", from.Fetched, to.Fetched)
	per("WAL", "bytes/payment", from.WALBytes, to.WALBytes)
	per("WAL records", "1/payment", from.WALRecords, to.WALRecords)
	per("WAL syncs", "1/payment", from.WALSyncs, to.WALSyncs)
	per("stored", "bytes/payment", from.Size, to.Size)
	r.Growth = growth(from.Tables, to.Tables, payments)
}

// growth leaves out tables that have not grown.
func growth(from, to map[string]int64, payments float64) []TableGrowth {
	var grown []TableGrowth
	for table, bytes := range to {
		if more := bytes - from[table]; more > 0 {
			grown = append(grown, TableGrowth{Table: table, Bytes: float64(more) / payments})
		}
	}
	slices.SortFunc(grown, func(a, b TableGrowth) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Table, b.Table))
	})
	return grown
}
