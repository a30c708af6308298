// Package message has Go types for the ISO 20022 messages that the switch
// handles, generated from the official schemas: what a message may hold is what
// its type has fields for, named by the standard's own tags.
//
// Amounts and rates are exact ([Decimal]), times and dates are kept as they were
// written, with their offset and their digits ([DateTime]); of a choice exactly
// one field is set; foreign content is kept as XML ([Foreign]). An optional
// field is absent as nil, "", the zero Amount, or a choice of nothing.
//
// Messages of other versions of the same family, such as those of CBPR+, are
// read and written through package version.
package message
