package db

// Migration is one numbered step of one domain's tables: a single statement
// that may be run again after a crash in the middle of it.
type Migration struct {
	// Domain is the package that owns the table, such as "ledger".
	Domain string
	// Number orders the steps inside the domain, from 1.
	Number int
	// Name says what the step does, in words joined by underscores.
	Name string
	// SQL is the statement.
	SQL string
}
