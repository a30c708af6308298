package match

// Forget empties what the index remembers.
func (x *Index) Forget() { x.memory.known, x.memory.cells = nil, 0 }
