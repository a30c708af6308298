package ahead_test

import (
	"errors"
	"iter"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/ahead"
)

var errBroken = errors.New("broken")

// counting yields 0, 1, 2 and so on, fails behind the last of them if it is to, and says
// in ended that its loop is over.
func counting(number int, fails bool, ended *bool) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		defer func() { *ended = true }()
		for i := range number {
			if !yield(i, nil) {
				return
			}
		}
		if fails {
			yield(0, errBroken)
		}
	}
}

// Whatever the size of batches, wherever the sequence ends or fails and the reader stops,
// the values are the same, and when the reader is done the sequence is too.
func TestSameValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number, size := rapid.IntRange(0, 30).Draw(t, "number"), rapid.IntRange(1, 8).Draw(t, "size")
		fails, stop := rapid.Bool().Draw(t, "fails"), rapid.IntRange(1, 40).Draw(t, "stop")
		var ended bool
		var got []int
		var failure error
		for value, err := range ahead.Of(size, counting(number, fails, &ended)) {
			if err != nil {
				failure = err
				break
			}
			if got = append(got, value); len(got) == stop {
				break
			}
		}
		want := make([]int, min(number, stop))
		for i := range want {
			want[i] = i
		}
		if !ended || !slices.Equal(got, want) {
			t.Errorf("got %v of %v, ended: %v", got, want, ended)
		}
		if seen := fails && stop > number; seen != errors.Is(failure, errBroken) {
			t.Errorf("failed with %v", failure)
		}
	})
}

// TestRepeats: a sequence is read from the start whenever it is ranged over.
func TestRepeats(t *testing.T) {
	var ended bool
	sequence := ahead.Of(2, counting(5, false, &ended))
	for range 2 {
		sum := 0
		for value := range sequence {
			sum += value
		}
		if sum != 10 {
			t.Errorf("sum %d", sum)
		}
	}
}

// TestAtOnce: making and using overlap, and no more than three batches are ahead.
func TestAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var used atomic.Int64
		most := int64(0)
		sequence := func(yield func(int64, error) bool) {
			for made := range int64(40) {
				time.Sleep(time.Second)
				if most = max(most, made+1-used.Load()); !yield(made, nil) {
					return
				}
			}
		}
		began := time.Now()
		for range ahead.Of(2, sequence) {
			time.Sleep(time.Second)
			used.Add(1)
		}
		if took := time.Since(began); took > 45*time.Second || used.Load() != 40 || most > 6 {
			t.Errorf("%d used in %s, %d ahead", used.Load(), took, most)
		}
		used.Store(0)
		for range ahead.Of(2, sequence) {
			time.Sleep(time.Hour)
			used.Add(1)
		}
		if most > 6 {
			t.Errorf("%d ahead", most)
		}
	})
}
