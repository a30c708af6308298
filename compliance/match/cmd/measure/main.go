// Command measure prints how many listed people a matcher finds at equal rates
// of false alerts.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/compliance/match"
)

func main() {
	data := flag.String("data", "", "folder with sanctions/ and names/")
	verbose := flag.Bool("v", false, "print misses")
	seed := flag.Uint64("seed", 1, "seed of the samples")
	flag.Parse()
	if err := measure(*data, *seed, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

func measure(data string, seed uint64, verbose bool) error {
	var names []match.Name
	for file, format := range map[string]string{"ofac_sdn_20231228.csv.gz": lists.FormatOFAC, "ofac_alt_20240108.csv.gz": lists.FormatOFACAliases} {
		l, err := lists.ReadFile("OFAC", format, filepath.Join(data, "sanctions", file))
		if err != nil {
			return err
		}
		names = append(names, l.Names()...)
	}
	slices.SortStableFunc(names, func(a, b match.Name) int { return cmp.Compare(a.Entry, b.Entry) })
	random := rand.New(rand.NewPCG(seed, 1))
	rest, held := holdOut(names, 600, random)
	changed := mutate(mutations, rest, 100, random)
	start := time.Now()
	x := match.NewIndex(rest)
	fmt.Println(len(rest), "names, built in", time.Since(start))
	rows, err := readCSV(filepath.Join(data, "names", "clean_names_dev.csv"))
	if err != nil {
		return err
	}
	type alert struct {
		score int
		name  string
		m     match.Match
	}
	var alerts []alert
	start = time.Now()
	var slow []time.Duration
	for _, r := range rows[1:] {
		t := time.Now()
		a := alert{name: r[0]}
		if m := x.Search(r[0], 6500, 1); len(m) > 0 {
			a.score, a.m = m[0].Score, m[0]
		}
		slow = append(slow, time.Since(t))
		alerts = append(alerts, a)
	}
	slices.Sort(slow)
	fmt.Println("cold", time.Since(start)/time.Duration(len(rows)), "p99", slow[len(slow)*99/100], slow[len(slow)-1])
	start = time.Now()
	for _, r := range rows[1:] {
		x.Search(r[0], 7500, 1)
	}
	fmt.Println("warm", time.Since(start)/time.Duration(len(rows)))
	slices.SortFunc(alerts, func(a, b alert) int { return cmp.Compare(b.score, a.score) })
	if verbose {
		for _, a := range alerts[:40] {
			fmt.Println("ALERT", a.score, a.name, "|", a.m.Name.Text, a.m.Pairs)
		}
	}
	score := func(s sample) int {
		for _, m := range x.Search(s.name, 6500, 1000) {
			if m.Name.Entry == s.entry {
				return m.Score
			}
		}
		return 0
	}
	for _, set := range [][]sample{held, changed, mutate(hard, rest, 100, random)} {
		scores := make([]int, len(set))
		for i, s := range set {
			scores[i] = score(s)
		}
		for _, rate := range []float64{0.0025, 0.005, 0.01, 0.02} {
			threshold := alerts[int(rate*float64(len(alerts)))].score + 1
			found, of := map[string]int{}, map[string]int{}
			total := 0
			var classes []string
			for i, s := range set {
				if of[s.class] == 0 {
					classes = append(classes, s.class)
				}
				of[s.class]++
				if scores[i] >= threshold {
					found[s.class]++
					total++
				} else if verbose && rate == 0.005 {
					texts := ""
					best := match.Match{}
					for _, n := range rest {
						if n.Entry == s.entry {
							if m := x.Compare(s.name, n.Text); m.Score > best.Score {
								best = m
							}
						}
					}
					texts = fmt.Sprint(best.Name.Text, best.Pairs)
					fmt.Println("MISS", s.class, scores[i], s.name, "|", texts)
				}
			}
			fmt.Printf("rate %.2f%% threshold %d recall %.3f of %d:", rate*100, threshold, float64(total)/float64(len(set)), len(set))
			for _, c := range classes {
				fmt.Printf(" %s %.2f;", c, float64(found[c])/float64(of[c]))
			}
			fmt.Println()
		}
	}
	for _, file := range []string{"nomenklatura_name_bench.csv", "watchman_cross_script.csv"} {
		pairs, err := readPairs(filepath.Join(data, "names", file))
		if err != nil {
			return err
		}
		type judged struct {
			score int
			p     pair
		}
		var all []judged
		same := 0
		for _, p := range pairs {
			all = append(all, judged{x.Compare(p.name, p.listed).Score, p})
			if p.same {
				same++
			}
		}
		slices.SortFunc(all, func(a, b judged) int { return cmp.Compare(b.score, a.score) })
		best, at, hits := 0.0, 0, 0
		for i, j := range all {
			if j.p.same {
				hits++
			}
			if i+1 < len(all) && all[i+1].score == j.score {
				continue
			}
			if f := 2 * float64(hits) / float64(i+1+same); f > best {
				best, at = f, j.score
			}
		}
		fmt.Printf("%s best F1 %.3f at %d\n", file, best, at)
		if verbose {
			for _, j := range all {
				if (j.score >= at) != j.p.same || len(all) < 30 {
					fmt.Println("  ", j.score, j.p.same, j.p.name, "|", j.p.listed)
				}
			}
		}
	}
	return nil
}
