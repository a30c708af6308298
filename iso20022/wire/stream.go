package wire

import (
	"errors"
	"fmt"
	"io"
)

// chunk is how much is read from a stream at a time.
const chunk = 64 << 10

// keepMax is how many bytes of a stream are held at once: what stands outside of
// the records, and one record.
const keepMax = 16 << 20

// Stream reads messages of any size, such as a statement, from source. Each
// element named record, which is one inside a message that holds elements itself, is
// handed to each as soon as it has been read and checked, and then forgotten, so that
// memory is bounded by the largest record.
// The Node must not be used afterwards. The message that is returned has
// everything but the records. An error of each ends the reading and is
// returned, as is one of source.
func (r *Reader) Stream(source io.Reader, record string, each func(Node) error) (*Message, error) {
	r.reset(r.stream.buffer[:0])
	r.stream = stream{source: source, record: record, each: each, buffer: r.stream.buffer}
	r.message.passing = true
	r.document()
	r.stream.buffer = r.data
	err := r.stream.err
	r.stream.source = nil
	if err != nil && !errors.Is(err, io.EOF) {
		return r.finish(), fmt.Errorf("iso20022: stream: %w", err)
	}
	return r.finish(), nil
}

// stream is where more data comes from.
type stream struct {
	source io.Reader
	record string
	each   func(Node) error
	// start is where the records that may be forgotten begin, and nodes how many
	// nodes stand before them.
	start, nodes int
	// tagLine is the line of the last start tag where that was forgotten.
	tagLine int
	err     error
	buffer  []byte
}

// fill reads on and reports whether there is more.
func (r *Reader) fill() bool {
	s := &r.stream
	if s.err != nil {
		return false
	}
	if len(r.data) > keepMax {
		r.fail(RuleLimit, "more than 16 MiB outside of the records")
		return false
	}
	if cap(r.data)-len(r.data) < chunk {
		r.data = append(make([]byte, 0, 2*len(r.data)+chunk), r.data...)
	}
	for range 100 {
		n, err := s.source.Read(r.data[len(r.data):min(cap(r.data), len(r.data)+chunk)])
		r.data = r.data[:len(r.data)+n]
		s.err = err
		if n > 0 || err != nil {
			return n > 0
		}
	}
	s.err = io.ErrNoProgress
	return false
}

// recorded hands over a record that was closed and forgets it.
func (r *Reader) recorded(f *frame) {
	m := &r.message
	if f.element.Name != r.stream.record || f.node == m.parts[len(m.parts)-1].node {
		return
	}
	m.data = r.data
	if err := r.stream.each(Node{m, f.node + 1}); err != nil {
		r.stream.err, r.failed = err, true
		return
	}
	start := int(m.nodes[f.node].at)
	for i := range m.nodes[f.node:] {
		if v := &m.nodes[int(f.node)+i]; v.held == apart {
			m.decoded = m.decoded[:v.start]
			break
		}
	}
	for len(m.kept) > 0 && m.kept[len(m.kept)-1].node >= f.node {
		m.kept = m.kept[:len(m.kept)-1]
	}
	m.nodes = m.nodes[:f.node]
	r.forget(start)
}

// forget removes the data from start to the present place, once it is worth the
// move of what follows. Records that follow one another are removed together.
func (r *Reader) forget(start int) {
	s := &r.stream
	if nodes := len(r.message.nodes); s.nodes != nodes {
		s.start, s.nodes = start, nodes
	}
	if r.pos-s.start < chunk/2 {
		return
	}
	if r.tag.at >= s.start {
		s.tagLine, r.tag.at = r.tagLine(), -1
	}
	r.message.skippedLines += countLines(r.data[s.start:r.pos])
	r.data = append(r.data[:s.start], r.data[r.pos:]...)
	r.pos = s.start
}

// tagLine is the line of the start tag that was read last.
func (r *Reader) tagLine() int {
	if r.tag.at < 0 {
		return r.stream.tagLine
	}
	return r.message.line(r.data, r.tag.at)
}
