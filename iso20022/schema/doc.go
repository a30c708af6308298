// Package schema holds what an ISO 20022 message may contain: the elements,
// their order and number, and the values that they take, for every payment
// message whose official XML schema was at hand.
//
// The schemas use a small and regular part of XML Schema: a type is a sequence
// of elements, a choice between elements, an amount with its currency, a
// restricted value, or a place for foreign content. So each schema becomes a
// table, and messages are checked against the tables alone. tables.txt holds
// them, one line a type, written by the generator (go generate ./iso20022);
// a type that several messages share stands in it once.
package schema
