package wire

// Limits of what is read. They protect the reader; each is far beyond any
// message that makes sense.
const (
	// SizeMax is the largest message in bytes that is read at once: a thousand
	// times a payment, a statement of some ten thousand entries. Larger ones are
	// read with [Reader.Stream].
	SizeMax = 16 << 20
	// DepthMax is how deeply elements may be nested, envelopes and foreign
	// content included. The deepest official message needs 18.
	DepthMax = 64
	// AttributesMax is how many attributes one element may have. Messages need
	// one, envelopes a declaration for each namespace.
	AttributesMax = 32
	// SpacesMax is how many namespaces may be in force at once, since each prefix is
	// looked for among them. Messages need one, envelopes one or two for each level.
	SpacesMax = 64
	// NameMax is the longest name and prefix of an element or attribute; the
	// standard's longest has 25.
	NameMax = 256
	// FindingsMax is how many findings are collected before the reader gives up.
	FindingsMax = 200
	// PartsMax is how many headers and documents one envelope may carry.
	PartsMax = 256
)
