package emvqr

import (
	"slices"
	"strings"
)

// identifierName is how the values given to Scheme.Account call the globally
// unique identifier of a scheme that gives each acquirer its own.
const identifierName = "id"

// Account writes an account of the scheme from values by the names of its fields,
// such as {"mobile": "0066891234567"}: in the first form that has all of them.
func (s Scheme) Account(values map[string]string) (Object, error) {
	for _, form := range s.Accounts {
		if form.offers(values) {
			return form.account(values)
		}
	}
	return Object{}, &Finding{Rule: "scheme-field", Text: "no account of " + s.Title + " has these fields and a payee"}
}

// offers reports whether the form has all the values, a payee among them.
func (f AccountForm) offers(values map[string]string) bool {
	payee := false
	for name := range values {
		i := slices.IndexFunc(f.Fields, func(field Field) bool { return field.Name == name })
		if i < 0 && (name != identifierName || !f.open()) {
			return false
		}
		payee = payee || i >= 0 && f.Fields[i].Role == PayeeRole
	}
	return payee || f.composed(values)
}

// open reports whether the identifier differs from account to account.
func (f AccountForm) open() bool { return strings.Contains(f.ID, "*") }

// composed reports whether the values make up a payee that is joined from them.
func (f AccountForm) composed(values map[string]string) bool {
	for _, field := range f.Fields {
		if field.Role != PayeeRole || !strings.Contains(field.Path, "+") {
			continue
		}
		return !slices.ContainsFunc(f.Fields, func(part Field) bool {
			_, given := values[part.Name]
			return part.Role == FieldRole && slices.Contains(strings.Split(field.Path, "+"), part.Path) && !given
		})
	}
	return false
}

func (f AccountForm) account(values map[string]string) (Object, error) {
	parts := map[string]string{"00": f.ID}
	if f.open() {
		parts["00"] = values[identifierName]
	}
	for _, field := range f.Fields {
		value, given := values[field.Name]
		switch {
		case !given:
			continue
		case !field.format.matches(value) || strings.Contains(field.Path, "+"):
			return Object{}, &Finding{Place: field.Name, Rule: "scheme-format", Text: field.format.String()}
		case field.Path == ".":
			return Object{ID: f.First, Value: value}, nil
		}
		parts[field.Path] = value
		if field.If != "" {
			parts[field.If] = field.Is
		}
	}
	if f.open() && !like(strings.ToLower(f.ID), strings.ToLower(parts["00"])) {
		return Object{}, &Finding{Place: identifierName, Rule: "scheme-format", Text: "an identifier like " + f.ID}
	}
	return Template(f.First, assemble(parts)...), nil
}

// assemble turns values by path into objects by id.
func assemble(parts map[string]string) []Object {
	inner := map[string]map[string]string{}
	var objects []Object
	for path, value := range parts {
		id, rest, deeper := strings.Cut(path, "/")
		if !deeper {
			objects = append(objects, Object{ID: id, Value: value})
			continue
		}
		if inner[id] == nil {
			inner[id] = map[string]string{}
		}
		inner[id][rest] = value
	}
	for id, deeper := range inner {
		objects = append(objects, Object{ID: id, Value: encode(assemble(deeper))})
	}
	slices.SortFunc(objects, func(a, b Object) int { return strings.Compare(a.ID, b.ID) })
	return objects
}
