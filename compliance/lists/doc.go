// Package lists reads sanctions lists: the SDN files of OFAC as published, and
// a simple CSV for an operator's own list. A list that is empty or damaged is
// refused as a whole, never half loaded, because a short list passes everyone.
package lists
