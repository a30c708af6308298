// Package wire reads, checks and writes ISO 20022 messages as XML and JSON.
//
// A [Reader] goes over the bytes once and checks well-formedness and the whole
// XML schema of each message while it goes. It finds the business application
// header and the document by their namespaces, whatever envelope they are in
// and whatever prefixes they use. What it leaves behind is not a tree of copies
// but a list of places in the bytes, through which a [Node] looks; so reading
// needs no memory of its own, and what was received is never changed.
//
// Reading goes on after a mistake: a [Message] has all its [Finding]s, with
// line, path, rule and reason code. [Message.AppendXML] writes the canonical
// form, in which equal messages are equal bytes.
package wire
