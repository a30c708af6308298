package db

// Column returns one value of each row, in their order: an array argument of a
// statement that writes or looks for many rows at once with unnest or ANY.
func Column[Row, T any](rows []Row, of func(row Row) T) []T {
	values := make([]T, len(rows))
	for i, row := range rows {
		values[i] = of(row)
	}
	return values
}
