// Package privacy proves that what the hub shows of a person is what it erases or says that
// it keeps, that nobody else is touched by it, and that the books stay as they were.
package privacy
