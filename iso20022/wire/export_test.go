package wire

// Footprint returns how many bytes of a message the reader holds.
func (r *Reader) Footprint() int {
	return cap(r.data) + cap(r.message.decoded) + 40*cap(r.message.nodes)
}

// TextsOfJSON returns the names and strings of a JSON text in their order, and what is
// wrong with it.
func TextsOfJSON(data []byte) (texts []string, wrong string) {
	j := jsonReader{data: data}
	var walk func(v *value)
	walk = func(v *value) {
		if v.kind == stringValue {
			texts = append(texts, v.text)
		}
		for i := range v.members {
			texts = append(texts, v.members[i].name)
			walk(&v.members[i].value)
		}
		for i := range v.items {
			walk(&v.items[i])
		}
	}
	v := j.document()
	walk(&v)
	return texts, j.wrong
}
