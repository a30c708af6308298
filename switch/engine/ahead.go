package engine

import "iter"

// aheadBatch is how many values are handed over at once, so that handing over costs
// nothing beside making them; at most three batches are held.
const aheadBatch = 256

// aheadOf are values that were made ahead, and why there are no more.
type aheadOf[T any] struct {
	values []T
	err    error
}

// ahead makes the values of a sequence while those before are being used. Whoever stops
// ranging waits until nothing is being made any more.
func ahead[T any](sequence iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		batches, stop, stopped := make(chan aheadOf[T], 1), make(chan struct{}), make(chan struct{})
		go func() {
			defer close(stopped)
			defer close(batches)
			produce(sequence, batches, stop)
		}()
		defer func() { <-stopped }()
		defer close(stop)
		for batch := range batches {
			for _, value := range batch.values {
				if !yield(value, nil) {
					return
				}
			}
			if batch.err != nil {
				var none T
				yield(none, batch.err)
				return
			}
		}
	}
}

// produce hands over the values of a sequence until it ends, fails, or is stopped.
func produce[T any](sequence iter.Seq2[T, error], batches chan<- aheadOf[T], stop <-chan struct{}) {
	var batch aheadOf[T]
	hand := func() bool {
		select {
		case batches <- batch:
			batch = aheadOf[T]{values: make([]T, 0, aheadBatch)}
			return true
		case <-stop:
			return false
		}
	}
	for value, err := range sequence {
		if err != nil {
			batch.err = err
			break
		}
		if batch.values = append(batch.values, value); len(batch.values) == aheadBatch && !hand() {
			return
		}
	}
	hand()
}
