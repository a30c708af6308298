// Command crdb reads SQL statements with CockroachDB's own grammar, and says which of them it
// does not know. It is a module of its own, so that the parser's dependencies are not the
// product's; the tests of internal/db/sqllint run it.
//
// It reads a JSON array of statements from standard input, and writes a JSON array as long with
// what is wrong with each: nothing is "".
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/cockroachdb/cockroachdb-parser/pkg/sql/parser"
)

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	var statements []string
	if err := json.NewDecoder(in).Decode(&statements); err != nil {
		return fmt.Errorf("crdb: want a JSON array of statements: %w", err)
	}
	problems := make([]string, len(statements))
	for i, statement := range statements {
		if _, err := parser.ParseOne(statement); err != nil {
			problems[i] = err.Error()
		}
	}
	return json.NewEncoder(out).Encode(problems)
}
