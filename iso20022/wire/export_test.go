package wire

// Footprint returns how many bytes of a message the reader holds.
func (r *Reader) Footprint() int {
	return cap(r.data) + cap(r.message.decoded) + 40*cap(r.message.nodes)
}
