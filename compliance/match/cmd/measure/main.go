// Command measure prints how much of the listed names in disguise the matcher
// finds, at equal rates of false alerts on ordinary names: per list and class of
// disguise.
//
//	go run ./compliance/match/cmd/measure [-data DIR] [-seed N] [-half first|second] [-misses] [-brute N]
//
// DIR has the folders sanctions (published lists) and names (ordinary names and
// judged pairs), as they are described in docs/screening.md. Without it the
// small invented sets of this command are measured. Rules are made by what is
// missed in the first half of the entries; the second is to report.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/causeway-pay/causeway/compliance/match"
)

func main() {
	var o options
	flag.StringVar(&o.data, "data", "", "folder with sanctions/ and names/; without it invented names are measured")
	flag.StringVar(&o.ordinary, "ordinary", "", "CSV file of ordinary names to use instead of those in the folder")
	flag.Uint64Var(&o.seed, "seed", 1, "seed of the samples")
	flag.IntVar(&o.held, "held", 600, "how many aliases of a list are held out at most")
	flag.StringVar(&o.half, "half", "", "take samples of this half of the entries only: first or second")
	flag.BoolVar(&o.misses, "misses", false, "print what is not found at 0.5 % false alerts, and the worst false alerts")
	flag.IntVar(&o.brute, "brute", 0, "compare the search for so many names with a comparison of every listed name")
	flag.BoolVar(&o.speed, "speed", false, "measure the speed only")
	flag.BoolVar(&o.fit, "fit", false, "print the points that scores lose by their evidence, fitted to the first half")
	flag.Parse()
	if err := run(os.Stdout, o); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

// options say what is measured, see the flags.
type options struct {
	data, ordinary, half string
	seed                 uint64
	held, brute          int
	misses, speed, fit   bool
}

// each is how many samples of a class are made.
const each = 100

func run(out io.Writer, o options) error {
	sets, err := load(o.data, o.ordinary)
	if err != nil {
		return err
	}
	var all []match.Name
	for _, list := range sets.lists {
		all = append(all, list.names...)
	}
	if o.speed {
		speed(out, all, sets.ordinary)
		return nil
	}
	if o.fit {
		fit(out, o, sets)
		return nil
	}
	for _, list := range sets.lists {
		measureList(out, o, list, sets.ordinary)
	}
	x := match.NewIndex(all)
	for _, p := range sets.pairs {
		judge(out, x, p)
	}
	if o.brute > 0 {
		if err := brute(out, x, all, sets.ordinary, o); err != nil {
			return err
		}
	}
	speed(out, all, sets.ordinary)
	return nil
}

func measureList(out io.Writer, o options, list namedList, ordinary []string) {
	random := &dice{state: o.seed}
	rest, aliases := holdOut(list.names, o.held, random)
	x := match.NewIndex(rest)
	fmt.Fprintf(out, "\n%s: %d names, %d ordinary names\n", list.name, len(rest), len(ordinary))
	curve := alerts(x, ordinary)
	if o.misses {
		curve.print(out, x)
	}
	header(out, curve)
	for _, group := range []struct {
		name    string
		samples []sample
	}{
		{"held-out aliases", aliases}, {"mechanical variants", mutate(mutations, rest, random)},
		{"harder variants", mutate(hard, rest, random)},
	} {
		r := recall{index: x, names: rest, curve: curve, samples: halve(group.samples, o.half)}
		r.print(out, group.name, o.misses)
	}
}

// defaultThreshold is the threshold that the speed is measured at.
var defaultThreshold = match.DefaultPolicy.Default
