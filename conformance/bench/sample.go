package bench

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The processes of a run.
const (
	ofHub       = "hub"
	ofDatabase  = "database"
	ofPartners  = "partners"
	ofGenerator = "generator"
	// ofMachine is everything that runs on the machine, ofHost what the host of a
	// virtual machine gave to others.
	ofMachine = "machine"
	ofHost    = "host"
)

// processNames are those that are told of, in this order.
var processNames = []string{ofHub, ofDatabase, ofPartners, ofGenerator}

// Sample is the accounts of every process at a moment. A process that is not on
// this machine is not in it.
type Sample map[string]Usage

// sample reads the accounts of the processes that are there.
func (r *run) sample(generator int) Sample {
	s := Sample{}
	for name, pid := range map[string]int{
		ofHub: r.stage.HubProcess(), ofPartners: r.stage.PartnersProcess(), ofGenerator: generator,
	} {
		if usage, err := r.proc.usage(pid); pid != 0 && err == nil {
			s[name] = usage
		}
	}
	if usage, known := r.server.usage(); known {
		s[ofDatabase] = usage
	}
	if busy, stolen, err := r.proc.machineBusy(); err == nil {
		s[ofMachine], s[ofHost] = Usage{CPU: busy}, Usage{CPU: stolen}
	}
	return s
}

// used is the processor time between two samples.
func used(from, to Sample) map[string]time.Duration {
	times := map[string]time.Duration{}
	for name, end := range to {
		if start, known := from[name]; known {
			times[name] = end.CPU - start.CPU
		}
	}
	return times
}

// Allocations are what the hub has allocated since its start.
type Allocations struct {
	Objects int64 `json:"objects"`
	Bytes   int64 `json:"bytes"`
	Pauses  int64 `json:"pausesNanos"`
	Cycles  int64 `json:"cycles"`
}

// allocations asks the hub, whose profiler writes the runtime's figures below the
// text form of a profile.
func (r *run) allocations(ctx context.Context) (Allocations, error) {
	body, err := r.profile(ctx, "allocs?debug=1")
	if err != nil {
		return Allocations{}, err
	}
	return parseAllocations(body)
}

func parseAllocations(profile []byte) (Allocations, error) {
	figures := map[string]int64{}
	lines := bufio.NewScanner(bytes.NewReader(profile))
	lines.Buffer(nil, len(profile)+1)
	for lines.Scan() {
		name, value, ok := strings.Cut(strings.TrimPrefix(lines.Text(), "# "), " = ")
		if number, err := strconv.ParseInt(value, 10, 64); ok && err == nil {
			figures[name] = number
		}
	}
	a := Allocations{
		Objects: figures["Mallocs"], Bytes: figures["TotalAlloc"], Pauses: figures["PauseTotalNs"], Cycles: figures["NumGC"],
	}
	if a.Objects == 0 || a.Bytes == 0 {
		return a, fmt.Errorf("bench: no allocations in a profile of %d bytes", len(profile))
	}
	return a, lines.Err()
}

// profileMost bounds a profile.
const profileMost = 64 << 20

// profile fetches one of the hub's profiles.
func (r *run) profile(ctx context.Context, what string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.pprof+"/debug/pprof/"+what, nil)
	if err != nil {
		return nil, fmt.Errorf("bench: profile: %w", err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("bench: profile: %w", err)
	}
	defer response.Body.Close()
	body := bytes.Buffer{}
	if _, err := body.ReadFrom(http.MaxBytesReader(nil, response.Body, profileMost)); err != nil {
		return nil, fmt.Errorf("bench: profile: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("bench: profile: %s", response.Status)
	}
	return body.Bytes(), nil
}
