package schema

import (
	_ "embed"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
)

//go:embed tables.txt
var tables string

var official = sync.OnceValues(func() (*Set, error) { return open(tables) })

// Official returns the tables of all official schemas that the package knows.
// Each is read when it is first asked for: a program deals with few of them.
func Official() *Set {
	set, err := official()
	if err != nil {
		// The tables are part of the program and read by its tests.
		return &Set{}
	}
	return set
}

// Lookup returns an official message definition by its name, such as
// "pacs.008.001.13", and nil if it is not known.
func Lookup(name string) *Message { return Official().Lookup(name) }

// Set is a set of message definitions that share their types. It may be used by
// several goroutines at once.
type Set struct {
	// names are the names of all definitions in order.
	names []string
	// read holds the definitions that were asked for, and is replaced as a whole.
	read atomic.Pointer[map[string]*Message]

	mu sync.Mutex
	// rest reads the other definitions; guarded by mu.
	rest *parser
}

// Lookup returns a message definition by its name and nil if it is not there.
func (s *Set) Lookup(name string) *Message {
	if known := s.read.Load(); known != nil {
		if m := (*known)[name]; m != nil {
			return m
		}
	}
	return s.load(name)
}

// Find is [Set.Lookup] without a copy of the name of a definition that was asked
// for before.
func (s *Set) Find(name []byte) *Message {
	if known := s.read.Load(); known != nil {
		if m := (*known)[string(name)]; m != nil {
			return m
		}
	}
	return s.load(string(name))
}

// load reads a definition, and returns nil if there is none of that name.
func (s *Set) load(name string) *Message {
	if _, there := slices.BinarySearch(s.names, name); !there {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	known := *s.read.Load()
	if m := known[name]; m != nil || s.rest == nil {
		return m
	}
	m, err := s.rest.message(name)
	if err != nil {
		// [Parse] has refused such a table, and of the embedded one all
		// definitions are read by the tests.
		return nil
	}
	more := maps.Clone(known)
	more[name] = m
	s.read.Store(&more)
	return m
}

// With returns a set of the definitions of both; of a definition in both it has
// the other's.
func (s *Set) With(other *Set) *Set {
	all := map[string]*Message{}
	for _, set := range []*Set{s, other} {
		for _, m := range set.Messages() {
			all[m.Name] = m
		}
	}
	both := &Set{names: slices.Sorted(maps.Keys(all))}
	both.read.Store(&all)
	return both
}

// Messages returns all definitions, ordered by name.
func (s *Set) Messages() []*Message {
	all := make([]*Message, len(s.names))
	for i, name := range s.names {
		all[i] = s.Lookup(name)
	}
	return all
}

// Versions returns the definitions of one family, such as "pacs.008", oldest
// first.
func (s *Set) Versions(family string) []*Message {
	var versions []*Message
	for _, name := range s.names {
		if Family(name) == family {
			versions = append(versions, s.Lookup(name))
		}
	}
	return versions
}
