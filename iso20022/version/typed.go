package version

import (
	"fmt"

	"github.com/causeway-pay/causeway/iso20022/message"
	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// Read returns the typed message of a part in any version of a family that has a
// type, translated to the version of the type. What that version has no place
// for is a [*LossError].
func Read(part wire.Part) (message.Message, error) {
	if part.Definition == nil {
		return nil, fmt.Errorf("version: no message")
	}
	if typed := message.Of(part); typed != nil {
		return typed, nil
	}
	target := schema.Lookup(message.Typed(part.Definition.Family()))
	if target == nil {
		return nil, fmt.Errorf("version: %s has no type", part.Definition.Family())
	}
	translated, err := Convert(part, target, Options{Carry: true})
	if err != nil {
		return nil, err
	}
	read, err := wire.Parse(translated.XML)
	if err != nil {
		return nil, err
	}
	for own := range read.Parts() {
		return message.Of(own), nil
	}
	return nil, fmt.Errorf("version: no message")
}

// Write returns a typed message as XML of another version of its definition,
// such as "pacs.008.001.08". See [Convert] for the error.
func Write(m message.Message, definition string, options Options) (Result, error) {
	data, err := message.AppendXML(nil, m)
	if err != nil {
		return Result{}, err
	}
	read, err := wire.Parse(data)
	if err != nil {
		return Result{}, err
	}
	for part := range read.Parts() {
		return Convert(part, schema.Lookup(definition), options)
	}
	return Result{}, fmt.Errorf("version: no message")
}

// Retitle returns a header whose MsgDefIdr names another definition, as a
// document needs it that was translated.
func Retitle(header wire.Part, definition string) ([]byte, error) {
	if header.Definition == nil || !header.Definition.Header() {
		return nil, fmt.Errorf("version: no header")
	}
	root := copyOf(header.Body(), header.Definition.Root.Name)
	if title := root.child("MsgDefIdr"); title != nil {
		title.value = definition
	}
	return write(root, header.Definition), nil
}
