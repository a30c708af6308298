//go:build !race

package stagetest

// raced lets the program of a test under the race detector have it too.
const raced = false
