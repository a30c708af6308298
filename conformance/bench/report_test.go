package bench

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/internal/keys"
)

// samplePhase is a load of two seconds with four processes.
func samplePhase() *phase {
	at := func(hub, database, partners, generator int) Sample {
		return Sample{
			ofHub: {time.Duration(hub) * time.Millisecond, 100 << 20}, ofDatabase: {time.Duration(database) * time.Millisecond, 50 << 20},
			ofMachine: {CPU: time.Duration(hub+database+partners+generator+500) * time.Millisecond}, ofHost: {CPU: time.Duration(hub) / 8 * time.Millisecond},
			ofPartners: {time.Duration(partners) * time.Millisecond, 0}, ofGenerator: {time.Duration(generator) * time.Millisecond, 0},
		}
	}
	drained := at(1000, 600, 100, 0)
	delete(drained, ofGenerator)
	part := Slice{Counts: Counts{Completed: 500}, EndToEnd: Latency{P50: 2000}}
	return &phase{
		plan:    Plan{Duration: 2 * time.Second, Slice: time.Second},
		outcome: Outcome{Counts: Counts{Sent: 1010, Completed: 1000, Busy: 10}, Slices: []Slice{part, part}},
		samples: []Sample{at(0, 0, 0, 0), at(400, 250, 40, 20), at(800, 500, 80, 40)}, drained: drained,
		database:  DatabaseWork{Statements: 31_000, Commits: 2_000, WALBytes: 20_000_000, Written: 60_000},
		allocated: Allocations{Objects: 5_000_000, Bytes: 1 << 30}, generator: Usage{40 * time.Millisecond, 10 << 20},
	}
}

func TestFiguresOfALoad(t *testing.T) {
	var r Report
	r.addLoad(samplePhase())
	for name, want := range map[string]float64{
		"throughput": 500, "processor hub and database": 1.6, "processor hub": 1, "processor database": 0.6,
		"processor partners": 0.1, "processor generator": 0.04, "statements": 31, "transactions": 2, "WAL": 20_000,
		"rows written": 60, "allocations hub": 5000, "busy": 10, "memory hub": 100, "memory generator": 10,
		"processors busy": 0.71, "processors of others": 0.05,
	} {
		if got, known := r.Figure(name); !known || got.Value < want-1e-9 || got.Value > want+1e-9 {
			t.Errorf("%s: %+v, want %v", name, got, want)
		}
	}
	both, _ := r.Figure("processor hub and database")
	if len(both.Slices) != 2 || both.Slices[0] != 1.3 {
		t.Errorf("%+v", both.Slices)
	}
	without := samplePhase()
	without.databaseBefore.Statements = -1
	var other Report
	if other.addLoad(without); len(other.Figures) != len(r.Figures)-1 {
		t.Error("statements that were not counted have a figure")
	}
}

// TestThroughputOfAClosedLoop: what had nothing left to send was over before its time.
func TestThroughputOfAClosedLoop(t *testing.T) {
	o := Outcome{Counts: Counts{Sent: 4}, LastAnswer: 500 * time.Millisecond, Slices: []Slice{{Counts: Counts{Completed: 4}}}}
	plan := Plan{Duration: time.Second, Slice: time.Second, Payments: make([]PlanPayment, 4)}
	if got := o.perSecond(plan); got != 8 {
		t.Errorf("%v a second of a closed loop that ran out", got)
	}
	plan.Payments = make([]PlanPayment, 5)
	if got := o.perSecond(plan); got != 4 {
		t.Errorf("%v a second of a closed loop with more to send", got)
	}
	plan.Rate, plan.Payments = 4, plan.Payments[:4]
	if got := o.perSecond(plan); got != 4 {
		t.Errorf("%v a second of an open loop", got)
	}
}

// TestGrowth: what grew most comes first, what did not grow is not told.
func TestGrowth(t *testing.T) {
	before := map[string]int64{"ledger_entry": 8192, "outbox": 16384, "inbox": 8192, "payment": 0}
	after := map[string]int64{"ledger_entry": 28192, "outbox": 16384, "inbox": 0, "payment": 40000, "fx_flow": 20000}
	want := []TableGrowth{{"payment", 4}, {"fx_flow", 2}, {"ledger_entry", 2}}
	if diff := cmp.Diff(want, growth(before, after, 10_000)); diff != "" {
		t.Error(diff)
	}
}

func TestFiguresOfAnOverload(t *testing.T) {
	var r Report
	p := samplePhase()
	p.plan.Rate, p.plan.Ease = 1000, time.Second
	p.outcome.Slices = append(p.outcome.Slices, Slice{Counts: Counts{Completed: 9999, Busy: 7}})
	p.outcome.Recovery = 1500 * time.Millisecond
	r.addOverload(p, 1000)
	for name, want := range map[string]float64{
		"overload goodput": 500, "overload goodput to peak": 0.5, "overload busy": 10, "overload recovery": 1.5,
		"overload processor hub": 0.4, "overload processor generator": 0.02,
	} {
		if got, known := r.Figure(name); !known || got.Value != want {
			t.Errorf("%s: %+v, want %v", name, got, want)
		}
	}
}

func TestPrint(t *testing.T) {
	r := Report{
		Machine: Machine{Processor: "a processor", Cores: 2}, Profile: map[string]string{"keys": "p256"},
		Steps: []Step{{Connections: 8, PerSecond: 900}}, Statements: []Statement{{Text: "INSERT", Calls: 5}},
		Growth: []TableGrowth{{Table: "ledger_entry", Bytes: 4321.4}},
	}
	r.add("throughput", "payments/s", More, 1234.5)
	var text strings.Builder
	if err := r.Print(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"a processor, 2 cores", "throughput", "1234", "8 at once:    900 payments/s", "INSERT",
		"4321 bytes  ledger_entry"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, text.String())
		}
	}
	r.add(companyFigure, "cores", Neither, 0.9)
	if err := r.Print(&text); err != nil || !strings.Contains(text.String(), "NOT ALONE: others used 0.900") {
		t.Errorf("%v in\n%s", err, text.String())
	}
	r.Broken = []string{"B1-7: acknowledged as paid, is CANCELLED"}
	if err := r.Print(&text); err == nil || !strings.Contains(text.String(), "BROKEN: B1-7") {
		t.Errorf("%v", err)
	}
	if err := r.Print(full{}); err == nil {
		t.Error("a full disk is no error")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("full") }

func TestNumber(t *testing.T) {
	for value, want := range map[float64]string{0: "0", 1234.56: "1235", 99.94: "99.9", 1.234: "1.23", 0.0456: "0.046"} {
		if got := number(value); got != want {
			t.Errorf("%v: %s, want %s", value, got, want)
		}
	}
}

// TestPlot: the drawing is XML with a line for each series, inside of its panel.
func TestPlot(t *testing.T) {
	for name, series := range map[string][]Slice{
		"a run":   {{EndToEnd: Latency{P50: 900, P99: 20_000, P999: 90_000}, Counts: Counts{Completed: 800}}, {EndToEnd: Latency{P50: 1100}}},
		"nothing": {}, "one": {{}},
	} {
		var text strings.Builder
		r := Report{Series: series, Machine: Machine{Processor: `<"&">`}}
		if err := r.Plot(&text); err != nil {
			t.Fatal(err)
		}
		lines := 0
		for decoder := xml.NewDecoder(strings.NewReader(text.String())); ; {
			token, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v in\n%s", name, err, text.String())
			}
			if start, ok := token.(xml.StartElement); ok && start.Name.Local == "polyline" {
				lines++
			}
		}
		if lines != 6 || strings.Contains(text.String(), "NaN") || strings.Contains(text.String(), "Inf") {
			t.Errorf("%s: %d lines in\n%s", name, lines, text.String())
		}
	}
}

func TestHeightsOfAPanel(t *testing.T) {
	p := panel{log: true, lines: []line{{values: []float64{0.5, 30, 0}}}}
	low, high := p.bounds()
	if low != 0.1 || high != 100 || len(p.ticks(low, high)) != 4 {
		t.Errorf("%v to %v, ticks %v", low, high, p.ticks(low, high))
	}
	if top, bottom := p.height(100, low, high, 10), p.height(0, low, high, 10); top != 10 || bottom != 10+panelHeight {
		t.Errorf("%v and %v", top, bottom)
	}
}

func TestRoundUp(t *testing.T) {
	for value, want := range map[float64]float64{1: 1, 1.5: 2, 3: 4, 4.5: 5, 6: 8, 9: 10, 134: 200, 0.03: 0.04, 2000: 2000} {
		if got := roundUp(value); got < want*0.999 || got > want*1.001 {
			t.Errorf("%v: %v, want %v", value, got, want)
		}
	}
}

func TestReadReport(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"none": "{}", "broken": "{"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadReport(path); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	path := filepath.Join(dir, "good")
	if err := writeFile(path, Report{Figures: []Figure{{Name: "a", Slices: []float64{1, 2}}}}); err != nil {
		t.Fatal(err)
	}
	if r, err := ReadReport(path); err != nil || len(r.Figures[0].Slices) != 2 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestParsePgbench(t *testing.T) {
	got, err := parsePgbench("number of clients: 8\nlatency average = 3.401 ms\ninitial connection time = 10.2 ms\n" +
		"tps = 2352.119345 (without initial connection time)\n")
	if err != nil || got.perSecond != 2352.119345 || got.latency != 3.401 {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range []string{"", "tps = 5\n", "latency average = 1 ms", "tps = ...\nlatency average = 1 ms\n"} {
		if got, err := parsePgbench(bad); err == nil {
			t.Errorf("%q: %+v", bad, got)
		}
	}
}

// TestFloorParts: a signature and a flush take some time, but not long.
func TestFloorParts(t *testing.T) {
	dir := t.TempDir()
	for range 2 { // the second finds the keys of the first
		sign, verify, err := signatureCost(t.Context(), systemClock, keys.GoLibrary{}, dir, keys.P256, 10*time.Millisecond)
		if err != nil || sign <= 0 || verify <= 0 || sign > time.Second {
			t.Errorf("%s and %s, %v", sign, verify, err)
		}
	}
	if took, err := flushCost(systemClock, dir, 10*time.Millisecond); err != nil || took <= 0 {
		t.Errorf("%s, %v", took, err)
	}
	if _, err := flushCost(systemClock, filepath.Join(dir, "absent"), time.Millisecond); err == nil {
		t.Error("no folder, no error")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "flush-*")); len(left) != 0 {
		t.Errorf("%v is left", left)
	}
	if _, err := average(systemClock, time.Second, func() error { return errors.New("no") }); err == nil {
		t.Error("work that fails has no average")
	}
}

func TestPrepareLists(t *testing.T) {
	dir := t.TempDir()
	made := filepath.Join(dir, "made.csv")
	s, err := prepareLists("", made)
	if err != nil || s.Real != 0 || s.Made != namesWanted || len(s.config) != 1 {
		t.Fatalf("%+v, %v", s, err)
	}
	list, err := lists.ReadFile("MADE", lists.FormatSimple, made)
	if err != nil {
		t.Fatal(err)
	}
	// The lists of 2018 to 2026 have 50,630 names of 168,220 words, 36,190 of them
	// different, of which 20,164 are there once.
	words, total, once := map[string]int{}, 0, 0
	for _, entry := range list.Entries.All() {
		for _, word := range strings.Fields(entry.Names[0].Text) {
			words[word]++
			total++
		}
	}
	for _, count := range words {
		if count == 1 {
			once++
		}
	}
	between := func(what string, share, low, high float64) {
		if share < low || share > high {
			t.Errorf("%s: %.2f, want %.2f to %.2f", what, share, low, high)
		}
	}
	between("words a name", float64(total)/float64(namesOf(list)), 3, 3.6)
	between("different words", float64(len(words))/float64(total), 0.17, 0.25)
	between("of these once", float64(once)/float64(len(words)), 0.45, 0.65)
	if namesOf(list) != namesWanted {
		t.Errorf("%d names", namesOf(list))
	}
	if _, err := prepareLists(dir, made); err == nil {
		t.Error("a folder without a list of an authority is no error")
	}
}

// TestPublishedLists takes what authorities have published, where it is there.
func TestPublishedLists(t *testing.T) {
	folder := filepath.Join("..", "..", "..", "shared", "data", "sanctions")
	if _, err := os.Stat(folder); err != nil {
		t.Skip("no published lists here")
	}
	s, err := prepareLists(folder, filepath.Join(t.TempDir(), "made.csv"))
	if err != nil || s.Real < 25_000 || s.Real+s.Made != namesWanted || len(s.config) < 6 {
		t.Errorf("%d real, %d made up, %d files, %v", s.Real, s.Made, len(s.config), err)
	}
}

func TestProcessorOf(t *testing.T) {
	if got := processorOf("processor\t: 0\nmodel name\t: A: B\n"); got != "A: B" {
		t.Errorf("%q", got)
	}
	if got := processorOf("nothing"); got != "" {
		t.Errorf("%q", got)
	}
}
