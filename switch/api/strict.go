package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/causeway-pay/causeway/internal/reason"
)

// depthMax bounds the nesting of a body; the deepest one has four levels.
const depthMax = 16

// memberName is the form of every name in the API. Names in any other case are
// refused, because encoding/json would take AMOUNT for amount.
var memberName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// decodeStrict reads a body that can mean one thing only: UTF-8, no duplicate,
// unknown or missing names, no nulls, nothing after the value; and that the database
// can hold, which takes no NUL in a text. Errors are [reason.InvalidRequest] and quote
// names of fields, never values.
func decodeStrict(data []byte, into any) error {
	if !utf8.Valid(data) {
		return malformed("the body is not UTF-8")
	}
	tokens := json.NewDecoder(bytes.NewReader(data))
	tokens.UseNumber()
	if err := checkValue(tokens, 0); err != nil {
		return err
	}
	if _, err := tokens.Token(); !errors.Is(err, io.EOF) {
		return malformed("bytes after the value")
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return malformed(wrongType(err))
	}
	return checkComplete(data, into)
}

func malformed(detail string) error { return reason.New(reason.InvalidRequest, "api.decode", detail) }

// wrongType says what [json.Decoder] found, without the value that it quotes.
func wrongType(err error) string {
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		return "field " + mismatch.Field + " has the wrong type"
	}
	return "unknown field or wrong value"
}

// checkValue reads one value and checks what encoding/json lets pass.
func checkValue(tokens *json.Decoder, depth int) error {
	token, err := tokens.Token()
	if err != nil {
		return malformed("the body is not JSON")
	}
	if token == nil {
		return malformed("null is no value here")
	}
	if text, isText := token.(string); isText && strings.Contains(text, "\x00") {
		return malformed("a text has a NUL")
	}
	open, isDelimiter := token.(json.Delim)
	if !isDelimiter {
		return nil
	}
	if depth == depthMax {
		return malformed("nested too deep")
	}
	return checkMembers(tokens, open == '{', depth+1)
}

func checkMembers(tokens *json.Decoder, isObject bool, depth int) error {
	seen := map[string]bool{}
	for tokens.More() {
		if isObject {
			if err := checkName(tokens, seen); err != nil {
				return err
			}
		}
		if err := checkValue(tokens, depth); err != nil {
			return err
		}
	}
	if _, err := tokens.Token(); err != nil {
		return malformed("the body is not JSON")
	}
	return nil
}

func checkName(tokens *json.Decoder, seen map[string]bool) error {
	token, err := tokens.Token()
	name, isText := token.(string)
	switch {
	case err != nil || !isText:
		return malformed("the body is not JSON")
	case !memberName.MatchString(name):
		return malformed("a field's name is not in snake_case")
	case seen[name]:
		return malformed("field " + name + " stands twice")
	}
	seen[name] = true
	return nil
}

// checkComplete refuses an object that lacks a field which the decoded value
// always writes: a missing number is not zero.
func checkComplete(data []byte, value any) error {
	written, err := json.Marshal(value)
	if err != nil {
		return malformed("a field has no valid value")
	}
	var given, wanted map[string]json.RawMessage
	if json.Unmarshal(written, &wanted) != nil || json.Unmarshal(data, &given) != nil {
		return malformed("the body is not an object")
	}
	for name := range wanted {
		if _, ok := given[name]; !ok {
			return malformed("field " + name + " is missing")
		}
	}
	return nil
}
