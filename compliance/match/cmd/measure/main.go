// Command measure prints how much of the listed names in disguise the matcher
// finds, at equal rates of false alerts on ordinary names: per list and class of
// disguise.
//
//	go run ./compliance/match/cmd/measure [-data DIR] [-seed N] [-misses]
//
// DIR has the folders sanctions (published lists) and names (ordinary names and
// judged pairs), as they are described in docs/screening.md. Without it the
// small invented sets of this command are measured.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/causeway-pay/causeway/compliance/match"
	"github.com/causeway-pay/causeway/internal/clock"
)

func main() {
	data := flag.String("data", "", "folder with sanctions/ and names/; without it invented names are measured")
	seed := flag.Uint64("seed", 1, "seed of the samples")
	misses := flag.Bool("misses", false, "print what is not found at 0.5 % false alerts, and the worst false alerts")
	flag.Parse()
	if err := run(os.Stdout, *data, *seed, *misses); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

// each is how many samples of a class are made, held how many aliases are held out.
const (
	each = 100
	held = 600
)

func run(out io.Writer, data string, seed uint64, misses bool) error {
	sets, err := load(data)
	if err != nil {
		return err
	}
	var all []match.Name
	for _, list := range sets.lists {
		random := &dice{state: seed}
		rest, aliases := holdOut(list.names, held, random)
		x := match.NewIndex(rest)
		fmt.Fprintf(out, "\n%s: %d names, %d ordinary names\n", list.name, len(rest), len(sets.ordinary))
		curve := alerts(x, sets.ordinary)
		if misses {
			curve.print(out, x)
		}
		header(out)
		for _, group := range []struct {
			name    string
			samples []sample
		}{
			{"held-out aliases", aliases}, {"mechanical variants", mutate(mutations, rest, each, random)},
			{"harder variants", mutate(hard, rest, each, random)},
		} {
			recall(out, x, curve, group.name, group.samples, misses)
		}
		all = append(all, list.names...)
	}
	for _, p := range sets.pairs {
		judge(out, match.NewIndex(all), p)
	}
	speed(out, all, sets.ordinary)
	return nil
}

// speed prints what building and searching cost, with all lists in one index.
func speed(out io.Writer, names []match.Name, ordinary []string) {
	var c clock.System
	start := c.Now()
	x := match.NewIndex(names)
	took := c.Now().Sub(start).Round(time.Millisecond)
	fmt.Fprintf(out, "\nall lists: %d names indexed in %v\n", x.Len(), took)
	for _, what := range []string{"words not seen before", "words seen before"} {
		times := make([]time.Duration, len(ordinary))
		total := time.Duration(0)
		for i, name := range ordinary {
			start := c.Now()
			x.Search(name, defaultThreshold, 10)
			times[i] = c.Now().Sub(start)
			total += times[i]
		}
		fmt.Fprintf(out, "  %-22s mean %v, p99 %v\n", what, total/time.Duration(len(times)), percentile(times, 99))
	}
}

// defaultThreshold is the threshold that the speed is measured at.
const defaultThreshold = 7_700
