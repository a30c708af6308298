package wire

import "unicode/utf8"

// Classes of bytes, so that the loops over them need one look-up a byte.
const (
	// nameByte may stand in a name; letters beyond ASCII are not looked at.
	nameByte = 1 << iota
	// nameStart may begin a name.
	nameStart
	// textStop ends a run of plain text: markup, references, and what is
	// forbidden or changed by the rules of XML 1.0.
	textStop
	// escaped is written as a reference in text.
	escaped
)

var classes = makeClasses()

func makeClasses() (table [256]uint8) {
	for c := range table {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c == ':', c >= utf8.RuneSelf:
			table[c] = nameByte | nameStart
		case c >= '0' && c <= '9', c == '-', c == '.':
			table[c] = nameByte
		case c == '<', c == '&', c == ']', c == '\r', c < ' ' && c != '\t' && c != '\n':
			table[c] = textStop
		}
	}
	for _, c := range []byte("&<>\r") {
		table[c] |= escaped
	}
	return table
}

// printable reports whether bytes are UTF-8 and characters of XML 1.0, control
// characters below the space left aside.
func printable(text []byte) bool {
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 || r == 0xFFFE || r == 0xFFFF {
			return false
		}
		i += size
	}
	return true
}

// character reports whether r is the production Char of XML 1.0.
func character(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' ||
		r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}
