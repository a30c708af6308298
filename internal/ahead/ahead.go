// Package ahead makes the values of a sequence while those before are being used, so that
// two processors share the work of one loop.
package ahead

import "iter"

// batch are values that were made ahead, and why there are no more.
type batch[T any] struct {
	values []T
	err    error
}

// Of yields what a sequence does, whose loop runs in a goroutine of its own and is at most
// three batches of so many values ahead. An error ends it. Whoever stops ranging waits
// until nothing is being made any more, so that what the sequence uses is free again.
func Of[T any](size int, sequence iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		batches, stop, stopped := make(chan batch[T], 1), make(chan struct{}), make(chan struct{})
		go func() {
			defer close(stopped)
			defer close(batches)
			produce(size, sequence, batches, stop)
		}()
		defer func() { <-stopped }()
		defer close(stop)
		for made := range batches {
			for _, value := range made.values {
				if !yield(value, nil) {
					return
				}
			}
			if made.err != nil {
				var none T
				yield(none, made.err)
				return
			}
		}
	}
}

// produce hands over the values of a sequence until it ends, fails, or is stopped.
func produce[T any](size int, sequence iter.Seq2[T, error], batches chan<- batch[T], stop <-chan struct{}) {
	made := batch[T]{values: make([]T, 0, size)}
	hand := func() bool {
		select {
		case batches <- made:
			made = batch[T]{values: make([]T, 0, size)}
			return true
		case <-stop:
			return false
		}
	}
	for value, err := range sequence {
		if err != nil {
			made.err = err
			break
		}
		if made.values = append(made.values, value); len(made.values) == size && !hand() {
			return
		}
	}
	hand()
}
