package crdb

// ParseTables reads the list of localities, for tests of its errors.
func ParseTables(text string) ([]Table, error) { return parseTables(text) }
