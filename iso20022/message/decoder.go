package message

import (
	"slices"

	"github.com/causeway-pay/causeway/iso20022/wire"
)

// keptMax is how many values of one type a [Decoder] keeps: more than a payment
// has, and little enough that a statement of a million entries leaves nothing
// behind. What is beyond comes from the heap and goes back to it.
const keptMax = 32

// Decoder makes typed messages in memory that it uses again, which spares the
// allocations of [Of] where one message follows the other. The zero Decoder is
// ready; it is for one goroutine at a time.
type Decoder struct{ memory memory }

// Of is the function [Of], with the difference that the message is good only
// until the next call: what should stay must be copied.
func (d *Decoder) Of(part wire.Part) Message {
	if part.Definition == nil {
		return nil
	}
	d.memory.round++
	return read(part, &d.memory)
}

// read types a part, in the memory m or, if that is nil, on the heap.
func read(part wire.Part, m *memory) Message {
	empty := typed[part.Definition.Name]
	if empty == nil {
		return nil
	}
	message := empty(m)
	message.read(part.Body(), m)
	return message
}

// memory is what a decoder keeps. A nil memory keeps nothing.
type memory struct {
	slabs
	// round counts messages.
	round uint64
}

// slab is the kept values of one type. Of an array of one both a pointer and a
// list of one can be had, and most lists have one element.
type slab[T any] struct {
	kept  []*[1]T
	used  int
	round uint64
}

// fresh returns a slab whose values all are free if this is its first use for
// the message.
func fresh[T any](m *memory, s *slab[T]) *slab[T] {
	if s.round != m.round {
		s.round, s.used = m.round, 0
	}
	return s
}

// place returns a zero value that nobody else has. A nil slab makes it.
func (s *slab[T]) place() *[1]T {
	if s == nil || s.used == keptMax {
		return new([1]T)
	}
	if s.used == len(s.kept) {
		s.kept = append(s.kept, new([1]T))
	} else {
		*s.kept[s.used] = [1]T{}
	}
	s.used++
	return s.kept[s.used-1]
}

// take returns a zero value.
func (s *slab[T]) take() *T { return &s.place()[0] }

// more makes room for one more value in a list and returns it.
func (s *slab[T]) more(list *[]T) *T {
	n := len(*list)
	if n == 0 {
		*list = s.place()[:]
		return &(*list)[0]
	}
	*list = slices.Grow(*list, 1)[:n+1]
	return &(*list)[n]
}
