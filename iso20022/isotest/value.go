package isotest

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"regexp/syntax"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/iso20022/schema"
)

// currencies have 0, 2, 3 and 4 digits of minor unit.
var currencies = []string{"JPY", "IDR", "SGD", "EUR", "KWD", "CLF", "THB", "VND"}

// runes are what texts are made of: what XML escapes, what is longer than a
// byte, and what is ordinary.
var runes = []rune("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789 /-?:().,'+<>&\"]éßñŁøπЖไทย漢字東京🍵")

// Value returns a value that the type accepts.
func Value(random *rand.Rand, t *schema.Type) string {
	switch t.Kind {
	case schema.Text:
		return text(random, &t.Facets)
	case schema.Amount:
		return number(random, &t.Value.Facets)
	case schema.Decimal:
		return number(random, &t.Facets)
	case schema.Boolean:
		return pick(random, []string{"true", "false", "1", "0"})
	case schema.Binary:
		return binary(random, &t.Facets)
	default:
		return moment(random, t)
	}
}

func text(random *rand.Rand, f *schema.Facets) string {
	switch {
	case f.Values != nil:
		return pick(random, f.Values)
	case f.Expression != "":
		return matching(random, f)
	}
	most := 40
	if f.MaxLength > 0 {
		most = min(most, f.MaxLength)
		if random.IntN(20) == 0 {
			most = min(f.MaxLength, 2048)
		}
	}
	n := max(f.MinLength, 1)
	n += random.IntN(most - min(most, n) + 1)
	var b strings.Builder
	for range n {
		b.WriteRune(pick(random, runes))
	}
	return b.String()
}

// matching walks through an expression at random.
func matching(random *rand.Rand, f *schema.Facets) string {
	parsed, err := syntax.Parse(f.Expression, syntax.Perl)
	if err != nil {
		return ""
	}
	for {
		var b strings.Builder
		walk(random, parsed, &b)
		if n := len(b.String()); n >= f.MinLength && (f.MaxLength == 0 || n <= f.MaxLength) {
			return b.String()
		}
	}
}

func walk(random *rand.Rand, re *syntax.Regexp, b *strings.Builder) {
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		i := 2 * random.IntN(len(re.Rune)/2)
		b.WriteRune(re.Rune[i] + random.Int32N(re.Rune[i+1]-re.Rune[i]+1))
	case syntax.OpCapture, syntax.OpConcat:
		for _, sub := range re.Sub {
			walk(random, sub, b)
		}
	case syntax.OpAlternate:
		walk(random, pick(random, re.Sub), b)
	case syntax.OpRepeat:
		most := re.Max
		if most < 0 {
			most = re.Min + 4
		}
		repeat(random, re, re.Min, most, b)
	case syntax.OpQuest:
		repeat(random, re, 0, 1, b)
	case syntax.OpPlus:
		repeat(random, re, 1, 4, b)
	case syntax.OpStar:
		repeat(random, re, 0, 4, b)
	}
}

func repeat(random *rand.Rand, re *syntax.Regexp, least, most int, b *strings.Builder) {
	for range least + random.IntN(most-least+1) {
		walk(random, re.Sub[0], b)
	}
}

func number(random *rand.Rand, f *schema.Facets) string {
	total, fraction := f.TotalDigits, f.FractionDigits
	if total == 0 {
		total, fraction = 18, 5
	}
	fraction = random.IntN(min(fraction, total) + 1)
	whole := 1 + random.IntN(max(1, min(total-fraction, 6+random.IntN(12))))
	if whole+fraction > total {
		fraction = total - whole
	}
	b := []byte{byte('1' + random.IntN(9))}
	for range whole - 1 {
		b = append(b, byte('0'+random.IntN(10)))
	}
	if fraction > 0 {
		b = append(b, '.')
		for range fraction {
			b = append(b, byte('0'+random.IntN(10)))
		}
	}
	return string(b)
}

func binary(random *rand.Rand, f *schema.Facets) string {
	n := max(1, f.MinLength)
	if f.MaxLength > n {
		n += random.IntN(min(f.MaxLength-n, 64))
	}
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(random.IntN(256))
	}
	return base64.StdEncoding.EncodeToString(data)
}

func moment(random *rand.Rand, t *schema.Type) string {
	at := time.Unix(random.Int64N(4e9), random.Int64N(1e9)).UTC()
	offset := pick(random, []string{"", "Z", "+08:00", "-11:30", "+14:00"})
	fraction := pick(random, []string{"", ".1", ".120", fmt.Sprintf(".%09d", at.Nanosecond())})
	switch t.Kind {
	case schema.Date:
		return at.Format(time.DateOnly)
	case schema.Year:
		return at.Format("2006")
	case schema.YearMonth:
		return at.Format("2006-01")
	case schema.Time:
		return at.Format(time.TimeOnly) + fraction + offset
	default:
		if t.Facets.Expression != "" {
			offset = "Z"
		}
		return at.Format("2006-01-02T15:04:05") + fraction + offset
	}
}
