package main

// dice is SplitMix64: the same seed makes the same samples on every machine and
// with every version of the language.
type dice struct{ state uint64 }

func (d *dice) next() uint64 {
	d.state += 0x9E3779B97F4A7C15
	z := d.state
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// IntN returns a number from 0 to n-1.
func (d *dice) IntN(n int) int { return int(d.next() % uint64(n)) }

// Perm returns the numbers from 0 to n-1 in some order.
func (d *dice) Perm(n int) []int {
	order := make([]int, n)
	for i := range order {
		j := d.IntN(i + 1)
		order[i], order[j] = order[j], i
	}
	return order
}
