package api

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

// call is one request of an operator.
type call struct {
	*http.Request
	operator Operator
}

// actor is how the audit log names who calls.
func (c call) actor() string { return c.operator.ID.String() }

// id reads the id in the path. A text that is no id names nothing, like an id
// that nobody has.
func (c call) id() (ids.ID, error) {
	text := c.PathValue("id")
	id, err := ids.Parse(text)
	if err != nil || id.String() != text {
		return ids.Nil, reason.New(reason.Missing, "api.id", "")
	}
	return id, nil
}

// body reads a JSON body.
func (c call) body(into any) error {
	media, parameters, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	charset := parameters["charset"]
	if err != nil || media != mediaJSON || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return reason.New(reason.UnsupportedMedia, "api.body", "")
	}
	data, err := io.ReadAll(c.Body)
	if err != nil {
		return malformed(fmt.Sprintf("the body cannot be read, or is above %d bytes", bodyMax))
	}
	return decodeStrict(data, into)
}

// query reads the parameters of the query: each of the known ones at most once,
// and no others, because a misspelt filter is no filter. They are text that the
// database can hold.
func (c call) query(known ...string) (url.Values, error) {
	values, err := url.ParseQuery(c.URL.RawQuery)
	if err != nil {
		return nil, malformed("the query cannot be read")
	}
	for name, given := range values {
		if !slices.Contains(known, name) {
			return nil, malformed("parameters are " + strings.Join(known, ", "))
		}
		if len(given) > 1 {
			return nil, malformed("parameter " + name + " stands twice")
		}
		if !utf8.ValidString(given[0]) || strings.Contains(given[0], "\x00") {
			return nil, malformed("parameter " + name + " is not UTF-8 without NUL")
		}
	}
	return values, nil
}

// place is where a page of a listing starts, newest first.
type place struct {
	before time.Time
	id     ids.ID
	limit  int
}

func pageOf(query url.Values) (place, error) {
	p := place{before: end, limit: pageDefault}
	if text := query.Get("limit"); text != "" {
		limit, err := strconv.Atoi(text)
		if err != nil || limit < 1 || limit > PageMax {
			return place{}, malformed(fmt.Sprintf("limit is 1 to %d", PageMax))
		}
		p.limit = limit
	}
	text := query.Get("before")
	if text == "" {
		return p, nil
	}
	micros, id, _ := strings.Cut(text, ".")
	since, err := strconv.ParseInt(micros, 10, 64)
	if err != nil || since < 0 || since > end.UnixMicro() {
		return place{}, malformed("before is the next of an earlier page")
	}
	if p.id, err = ids.Parse(id); err != nil {
		return place{}, malformed("before is the next of an earlier page")
	}
	p.before = time.UnixMicro(since).UTC()
	return p, nil
}

// listing reads the query of an endpoint that lists something, and where its page starts.
func (c call) listing(known ...string) (url.Values, place, error) {
	query, err := c.query(known...)
	if err != nil {
		return nil, place{}, err
	}
	page, err := pageOf(query)
	return query, page, err
}

// countedMax is beyond every listing whose pages are counted.
const countedMax = 1e9

// counted reads where a page starts of a listing whose before is how many of it were seen,
// and takes that out of the query.
func counted(query url.Values) (seen int, page place, err error) {
	if text := query.Get("before"); text != "" {
		if seen, err = strconv.Atoi(text); err != nil || seen < 0 || seen > countedMax {
			return 0, place{}, malformed("before is the next of an earlier page")
		}
		query.Del("before")
	}
	page, err = pageOf(query)
	return seen, page, err
}

// more is one row more than the page: if it comes, there is another page.
func (p place) more() int { return p.limit + 1 }

// cut returns the rows of the page and, if there are more, the place of its last
// row for the next one.
func cut[T any](p place, rows []T, where func(T) (time.Time, ids.ID)) (page []T, next string) {
	if len(rows) <= p.limit {
		return rows, ""
	}
	at, id := where(rows[p.limit-1])
	return rows[:p.limit], fmt.Sprintf("%d.%s", at.UnixMicro(), id)
}
