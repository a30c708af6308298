package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/causeway-pay/causeway/internal/reason"
)

// depthMax bounds the nesting of a body; the deepest one has four levels.
const depthMax = 16

// memberName is the form of every field's name in the API. Names in any other case are
// refused, because encoding/json would take AMOUNT for amount. The names in a map, such
// as those of lists, are data and have the form that they have.
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
	if err := checkValue(tokens, reflect.TypeOf(into), 0); err != nil {
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

// checkValue reads one value for a type and checks what encoding/json lets pass.
func checkValue(tokens *json.Decoder, t reflect.Type, depth int) error {
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
	return checkMembers(tokens, open == '{', t, depth+1)
}

func checkMembers(tokens *json.Decoder, isObject bool, t reflect.Type, depth int) error {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	seen := map[string]bool{}
	for tokens.More() {
		name := ""
		if isObject {
			var err error
			if name, err = checkName(tokens, t, seen); err != nil {
				return err
			}
		}
		if err := checkValue(tokens, inside(t, name), depth); err != nil {
			return err
		}
	}
	if _, err := tokens.Token(); err != nil {
		return malformed("the body is not JSON")
	}
	return nil
}

// inside returns the type of a member, or of an element, of a value; nil where none is
// known, as in a change that its kind decodes.
func inside(t reflect.Type, name string) reflect.Type {
	switch {
	case t == nil:
		return nil
	case t.Kind() == reflect.Slice || t.Kind() == reflect.Map:
		return t.Elem()
	case t.Kind() != reflect.Struct:
		return nil
	}
	for _, field := range reflect.VisibleFields(t) {
		if tag, _, _ := strings.Cut(field.Tag.Get("json"), ","); tag == name {
			return field.Type
		}
	}
	return nil
}

func checkName(tokens *json.Decoder, t reflect.Type, seen map[string]bool) (string, error) {
	token, err := tokens.Token()
	name, isText := token.(string)
	switch {
	case err != nil || !isText:
		return "", malformed("the body is not JSON")
	case t != nil && t.Kind() == reflect.Struct && !memberName.MatchString(name):
		return "", malformed("a field's name is not in snake_case")
	case strings.Contains(name, "\x00"):
		return "", malformed("a name has a NUL")
	case seen[name] && !memberName.MatchString(name):
		return "", malformed("a name stands twice")
	case seen[name]:
		return "", malformed("field " + name + " stands twice")
	}
	seen[name] = true
	return name, nil
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
