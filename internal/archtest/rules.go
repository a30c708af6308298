package archtest

import "strings"

// Layer is a part of the house and what it may import of the module.
type Layer struct {
	// Folder is the part, with everything below it.
	Folder string
	// May lists the folders that it may import.
	May []string
	// Because is the reason.
	Because string
}

// Layers returns the rules for imports within the module. The first layer whose
// folder holds a package decides; a package may always import its own folder.
func Layers() []Layer {
	plumbing := []string{"internal", "money"}
	domain := append([]string{"iso20022"}, plumbing...)
	hub := append([]string{"connectors", "fx", "compliance", "settlement"}, domain...)
	return []Layer{
		{"money", nil, "money is arithmetic that everybody may use; it knows nobody"},
		{"iso20022", []string{"money"}, "the message codec is usable without the switch"},
		{"internal/archtest", nil, "the tests of the house depend on nothing in it"},
		{"internal", []string{"internal"}, "plumbing carries anything and knows no domain"},
		{"connectors/sandbox", append([]string{"connectors"}, domain...), "partners live outside the hub and see only the wire"},
		{"connectors", domain, "connectors, fx, compliance and settlement are siblings that meet in switch/engine"},
		{"fx", domain, "connectors, fx, compliance and settlement are siblings that meet in switch/engine"},
		{"compliance", domain, "connectors, fx, compliance and settlement are siblings that meet in switch/engine"},
		{"settlement", domain, "connectors, fx, compliance and settlement are siblings that meet in switch/engine"},
		{"switch/payment", nil, "the state machine is pure"},
		{"switch/route", append([]string{"connectors"}, domain...), "routing knows participants and nothing of payments"},
		{"switch/agreement", append([]string{"connectors", "switch/route"}, domain...), "agreements know participants and nothing of payments"},
		{"switch/merchant", append([]string{"connectors", "switch/route"}, domain...), "merchants know participants and nothing of payments"},
		{"switch/dispute", append([]string{"connectors", "switch/route"}, domain...), "disputes know payments by what they are told"},
		{"switch/customs", append([]string{"connectors", "switch/route"}, domain...), "declarations know payments by what they are told"},
		{"switch/engine", append([]string{"switch/agreement", "switch/customs", "switch/dispute", "switch/merchant", "switch/payment", "switch/route"}, hub...), "the engine is where the domains meet"},
		{"switch/person", append([]string{"switch/agreement", "switch/customs", "switch/engine", "switch/route"}, domain...), "a person is in payments, agreements and declarations"},
		{"switch/api", append([]string{"switch/person", "switch/agreement", "switch/customs", "switch/dispute", "switch/merchant", "switch/payment", "switch/route", "switch/engine"}, hub...), "the operators' API stands on the engine"},
		{"switch/node", append([]string{"switch"}, hub...), "only the node knows every other part"},
		{"conformance", append([]string{"switch", "conformance"}, hub...), "proof comes from outside and may look at everything"},
		{"deploy", []string{"internal", "switch"}, "what is deployed is plumbing, proven against the tables of the whole switch"},
		{"switch", append([]string{"switch", "conformance", "deploy"}, hub...), "the command starts what it is told to"},
	}
}

// Allowed reports whether a package may import another one of the module, and
// the rule's reason if not.
func Allowed(from, to string) (bool, string) {
	for _, layer := range Layers() {
		if !within(from, layer.Folder) {
			continue
		}
		if within(to, layer.Folder) {
			return true, ""
		}
		for _, folder := range layer.May {
			if within(to, folder) {
				return true, ""
			}
		}
		return false, layer.Because
	}
	return false, "every package belongs to a layer: add it to the rules"
}

func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}

// Room is a dependency that only some packages may import directly.
type Room struct {
	// Dependency is an import path or its beginning.
	Dependency string
	// Folders are the rooms it may be used in; Files are base names that may
	// use it anywhere.
	Folders []string
	Files   []string
	Because string
}

// Rooms returns the rules for dependencies from outside and for some packages of
// the standard library.
func Rooms() []Room {
	return []Room{
		{"github.com/jackc/pgx", []string{"internal/db", "internal/outbox", "conformance/invariant"}, []string{"store.go"}, "SQL lives in the stores"},
		{"github.com/nats-io", []string{"internal/bus"}, nil, "the broker is behind the bus"},
		{"github.com/hashicorp/vault", []string{"internal/keys"}, nil, "keys have one home"},
		{"github.com/ebitengine/purego", []string{"internal/keys/openssl"}, nil, "native code is behind one small interface"},
		{"go.opentelemetry.io/otel/sdk", []string{"internal/telemetry"}, nil, "only the telemetry package chooses exporters"},
		{"go.opentelemetry.io/otel/exporters", []string{"internal/telemetry"}, nil, "only the telemetry package chooses exporters"},
		{"math/rand", []string{"internal/db", "connectors/connectortest", "conformance/bench", "iso20022/isotest"}, nil, "randomness that matters comes from crypto/rand; back-off, seeded tests and loads may use this"},
		{"github.com/moov-io/iso20022", []string{"conformance/interop"}, nil, "it is a second opinion and a source of schemas, never on the path of a message"},
		{"github.com/pkg/sftp", []string{"settlement/deliver"}, nil, "partners' file servers are behind the courier"},
		{"golang.org/x/crypto/ssh", []string{"settlement/deliver"}, nil, "partners' file servers are behind the courier"},
		{"encoding/gob", nil, nil, "what is stored must be readable without this program"},
		{"unsafe", nil, nil, "nothing here needs it"},
	}
}
