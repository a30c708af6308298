package wire

import (
	"bytes"
	"strings"
)

// declaration skips a byte order mark and reads the XML declaration, if any.
func (r *Reader) declaration() {
	if !r.end(3) && string(r.data[:3]) == "\xEF\xBB\xBF" {
		r.pos = 3
	}
	if r.end(6) || string(r.data[r.pos:r.pos+5]) != "<?xml" || !isSpace(r.data[r.pos+5]) {
		if len(r.data) >= 2 && (r.data[0] == 0xFE && r.data[1] == 0xFF || r.data[0] == 0xFF && r.data[1] == 0xFE) {
			r.fail(RuleEncoding, "not UTF-8")
		}
		return
	}
	end, ok := r.until(r.pos+6, "?>")
	if !ok {
		r.fail(RuleMalformed, "the XML declaration does not end")
		return
	}
	text := string(r.data[r.pos+5 : end])
	r.pos = end + 2
	r.declared(text)
}

// declared checks version, encoding and standalone, in this order.
func (r *Reader) declared(text string) {
	version, text, ok := pseudoAttribute(text, "version")
	if !ok || version != "1.0" {
		r.fail(RuleMalformed, "not XML of version 1.0")
		return
	}
	encoding, text, given := pseudoAttribute(text, "encoding")
	if given && !strings.EqualFold(encoding, "utf-8") && !strings.EqualFold(encoding, "us-ascii") {
		r.fail(RuleEncoding, "another encoding than UTF-8 declared")
		return
	}
	standalone, text, given := pseudoAttribute(text, "standalone")
	if given && standalone != "yes" && standalone != "no" || strings.Trim(text, " \t\r\n") != "" {
		r.fail(RuleMalformed, "a malformed XML declaration")
	}
}

// pseudoAttribute takes NAME="VALUE" from the front of a declaration.
func pseudoAttribute(text, name string) (value, rest string, ok bool) {
	trimmed := strings.TrimLeft(text, " \t\r\n")
	after, found := strings.CutPrefix(trimmed, name)
	if !found || trimmed == text {
		return "", text, false
	}
	after, found = strings.CutPrefix(strings.TrimLeft(after, " \t\r\n"), "=")
	after = strings.TrimLeft(after, " \t\r\n")
	if !found || after == "" || after[0] != '"' && after[0] != '\'' {
		return "", text, false
	}
	if value, rest, ok = strings.Cut(after[1:], after[:1]); !ok {
		return "", text, false
	}
	return value, rest, true
}

// aside skips a comment or processing instruction, which mean nothing to a
// message. It returns false where there is neither, and fails on a document
// type: entities are how XML attacks its readers.
func (r *Reader) aside() bool {
	switch {
	case r.starts("<!--"):
		r.comment()
	case r.starts("<?"):
		r.instruction()
	case r.starts("<!D"):
		r.fail(RuleDoctype, "a document type declaration")
	default:
		return false
	}
	return true
}

// starts reports whether the data goes on with text.
func (r *Reader) starts(text string) bool {
	return !r.end(len(text)) && string(r.data[r.pos:r.pos+len(text)]) == text
}

func (r *Reader) comment() {
	end, ok := r.until(r.pos+4, "--")
	if !ok {
		r.fail(RuleMalformed, "a comment does not end")
		return
	}
	inside := r.data[r.pos+4 : end]
	r.pos = end + 2
	if r.end(1) || r.data[r.pos] != '>' || !clean(inside) {
		r.fail(RuleMalformed, "a malformed comment")
		return
	}
	r.pos++
}

func (r *Reader) instruction() {
	end, ok := r.until(r.pos+2, "?>")
	if !ok {
		r.fail(RuleMalformed, "a processing instruction does not end")
		return
	}
	inside := r.data[r.pos+2 : end]
	target := inside
	if i := bytes.IndexFunc(inside, func(c rune) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }); i >= 0 {
		target = inside[:i]
	}
	if !isName(target) || bytes.IndexByte(target, ':') >= 0 || bytes.EqualFold(target, []byte("xml")) || !clean(inside) {
		r.fail(RuleMalformed, "a malformed processing instruction")
		return
	}
	r.pos = end + 2
}

// clean reports whether bytes are text of XML 1.0.
func clean(text []byte) bool {
	for _, c := range text {
		if c < ' ' && !isSpace(c) {
			return false
		}
	}
	return printable(text)
}

// until finds a mark at or behind a place and returns where it begins.
func (r *Reader) until(from int, mark string) (int, bool) {
	for {
		if from < len(r.data) {
			if i := bytes.Index(r.data[from:], []byte(mark)); i >= 0 {
				return from + i, true
			}
		}
		// The mark may lie across the end of what has arrived.
		from = max(from, len(r.data)-len(mark)+1)
		if !r.more() {
			return 0, false
		}
	}
}

func isName(text []byte) bool {
	if len(text) == 0 || len(text) > NameMax || classes[text[0]]&nameStart == 0 {
		return false
	}
	for _, c := range text {
		if classes[c]&nameByte == 0 {
			return false
		}
	}
	return printable(text)
}
