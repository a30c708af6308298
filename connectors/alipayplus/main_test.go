package alipayplus_test

import (
	"fmt"
	"os"
	"testing"
)

// keyDirectory holds the keys of all tests of this package.
var keyDirectory string

func TestMain(m *testing.M) {
	directory, err := os.MkdirTemp("", "alipayplus-keys-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	keyDirectory = directory
	code := m.Run()
	_ = os.RemoveAll(directory)
	os.Exit(code)
}
