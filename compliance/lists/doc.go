// Package lists reads sanctions lists as their authorities publish them: OFAC
// (CSV, XML, ENHANCED_XML), the UN, the EU (XML and CSV), the UK, and a simple
// CSV for an operator's own list. A file that is empty or damaged anywhere is
// refused as a whole, never half loaded, because a short list passes everyone;
// [Guard] refuses one that changed more than lists do.
//
// Where the files come from, and where their versions are kept, is not decided
// here: [Read] takes any reader, and a [List] with its Version is a plain value.
package lists
