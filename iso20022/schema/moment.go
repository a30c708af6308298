package schema

// moment checks the kinds that name a point or stretch of time (XML Schema Part
// 2, sections 3.2.7 to 3.2.11). Years have four digits: the standard knows
// others, no payment does.
func (t *Type) moment(value []byte) Problem {
	c := cursor{rest: value}
	switch t.Kind {
	case Date:
		c.date()
	case DateTime:
		c.date()
		c.byte('T')
		c.time()
	case Time:
		c.time()
	case Year:
		c.year()
	case YearMonth:
		c.year()
		c.byte('-')
		c.number(2, 1, 12)
	default:
		return Malformed
	}
	c.offset()
	if c.failed || len(c.rest) > 0 {
		return Malformed
	}
	if t.Facets.pattern != nil && !t.Facets.pattern.matches(value) {
		return NoMatch
	}
	return None
}

// cursor reads a value from its front; the first mismatch stays.
type cursor struct {
	rest   []byte
	failed bool
}

// number takes a number of exactly so many digits within bounds.
func (c *cursor) number(digits, least, most int) int {
	if c.failed || len(c.rest) < digits {
		c.failed = true
		return 0
	}
	n := 0
	for _, d := range c.rest[:digits] {
		if !digit(d) {
			c.failed = true
			return 0
		}
		n = n*10 + int(d-'0')
	}
	c.rest = c.rest[digits:]
	if n < least || n > most {
		c.failed = true
	}
	return n
}

func (c *cursor) byte(want byte) {
	if c.failed || len(c.rest) == 0 || c.rest[0] != want {
		c.failed = true
		return
	}
	c.rest = c.rest[1:]
}

func (c *cursor) year() int { return c.number(4, 1, 9999) }

func (c *cursor) date() {
	year := c.year()
	c.byte('-')
	month := c.number(2, 1, 12)
	c.byte('-')
	if !c.failed {
		c.number(2, 1, days(year, month))
	}
}

func days(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	default:
		return 31
	}
}

// time takes a time of day; 24:00:00 is the end of the day.
func (c *cursor) time() {
	hour := c.number(2, 0, 24)
	c.byte(':')
	minute := c.number(2, 0, 59)
	c.byte(':')
	second := c.number(2, 0, 59)
	zero := minute == 0 && second == 0
	if !c.failed && len(c.rest) > 0 && c.rest[0] == '.' {
		zero = c.fraction() && zero
	}
	if hour == 24 && !zero {
		c.failed = true
	}
}

// fraction takes a point and one or more digits, and reports whether all are 0.
func (c *cursor) fraction() bool {
	i, zero := 1, true
	for ; i < len(c.rest) && digit(c.rest[i]); i++ {
		zero = zero && c.rest[i] == '0'
	}
	if i == 1 {
		c.failed = true
	}
	c.rest = c.rest[i:]
	return zero
}

// offset takes Z, an offset from UTC of at most 14 hours, or nothing.
func (c *cursor) offset() {
	if c.failed || len(c.rest) == 0 {
		return
	}
	switch c.rest[0] {
	case 'Z':
		c.rest = c.rest[1:]
	case '+', '-':
		c.rest = c.rest[1:]
		hour := c.number(2, 0, 14)
		c.byte(':')
		minute := c.number(2, 0, 59)
		if hour == 14 && minute > 0 {
			c.failed = true
		}
	}
}
