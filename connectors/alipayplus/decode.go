package alipayplus

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/causeway-pay/causeway/internal/reason"
)

// Decode reads a message strictly as JSON and tolerantly as to types into a
// struct of this package. Fields are strings, raw JSON, structs, pointers to
// structs or slices of those. The tag aps gives the greatest length in
// characters and whether the field must be there: `aps:"64,required"`.
//
// A number or boolean is taken as its literal, because several SDKs write them
// natively; null and "" are the same as absent; unknown fields are skipped. The
// error's kind is InvalidRequest and its detail names the field, never its
// content.
func Decode(data []byte, into any) error {
	return parseStrict(data, func(v *value) error {
		if v.kind != kindObject {
			return malformed("not an object", 0)
		}
		return fillStruct("", v, reflect.ValueOf(into).Elem())
	})
}

// illegal is the refusal of a field.
func illegal(field, what string) error {
	return reason.New(reason.InvalidRequest, "alipayplus.decode", field+": "+what)
}

// field is what the tags of a struct's field say about the member that it takes.
type field struct {
	// name is "" for a struct whose fields are those of the outer one.
	name string
	// most is the greatest length in characters, 0 for none.
	most     int
	required bool
}

// fields keeps those of each struct.
var fields sync.Map

func fieldsOf(of reflect.Type) []field {
	if known, ok := fields.Load(of); ok {
		return known.([]field)
	}
	list := make([]field, of.NumField())
	for i := range list {
		tag := of.Field(i).Tag
		name, _, _ := strings.Cut(tag.Get("json"), ",")
		most, option, _ := strings.Cut(tag.Get("aps"), ",")
		list[i] = field{name: name, required: option == "required"}
		list[i].most, _ = strconv.Atoi(most)
	}
	fields.Store(of, list)
	return list
}

func fillStruct(path string, v *value, into reflect.Value) error {
	for i, f := range fieldsOf(into.Type()) {
		if f.name == "" {
			if err := fillStruct(path, v, into.Field(i)); err != nil {
				return err
			}
			continue
		}
		member := v.member(f.name)
		if member == nil || member.kind == kindNull || member.kind == kindString && member.text == "" {
			if f.required {
				return illegal(path+f.name, "missing")
			}
			continue
		}
		if err := fill(path+f.name, member, into.Field(i), f.most); err != nil {
			return err
		}
	}
	return nil
}

func fill(path string, v *value, into reflect.Value, most int) error {
	if raw, isRaw := into.Addr().Interface().(*json.RawMessage); isRaw {
		if v.kind != kindObject {
			return illegal(path, "not an object")
		}
		*raw = bytes.Clone(v.raw)
		return nil
	}
	switch into.Kind() {
	case reflect.String:
		return fillText(path, v, into, most)
	case reflect.Slice:
		return fillSlice(path, v, into, most)
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		into = into.Elem()
	}
	if v.kind != kindObject {
		return illegal(path, "not an object")
	}
	return fillStruct(path+".", v, into)
}

func fillText(path string, v *value, into reflect.Value, most int) error {
	if v.kind == kindObject || v.kind == kindArray {
		return illegal(path, "not a text")
	}
	if most > 0 && utf8.RuneCountInString(v.text) > most {
		return illegal(path, "longer than "+strconv.Itoa(most)+" characters")
	}
	into.SetString(v.text)
	return nil
}

func fillSlice(path string, v *value, into reflect.Value, most int) error {
	if v.kind != kindArray {
		return illegal(path, "not an array")
	}
	items := reflect.MakeSlice(into.Type(), len(v.members), len(v.members))
	for i := range v.members {
		if err := fill(path+"["+strconv.Itoa(i)+"]", &v.members[i], items.Index(i), most); err != nil {
			return err
		}
	}
	into.Set(items)
	return nil
}

// Encode writes a message compactly, without the HTML escapes that change
// nothing but confuse readers of logs. Messages consist of strings, so that
// writing them cannot fail but for an order that is not JSON.
func Encode(message any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(message); err != nil {
		return nil, reason.Wrap(reason.Unknown, "alipayplus.encode", err)
	}
	return bytes.TrimRight(out.Bytes(), "\n"), nil
}
