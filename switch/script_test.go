package main

import (
	"context"
	"net"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/causeway-pay/causeway/internal/db/dbtest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"switch": func() { os.Exit(run(context.Background(), os.Args[1:])) },
	})
}

// TestScripts runs the command as a user would, with what it prints and the code
// it ends with. With CAUSEWAY_TEST_UPDATE set the golden parts of the scripts are
// written anew, to be read before they are committed.
func TestScripts(t *testing.T) {
	soundLedger, editedLedger, published := ledgerDatabases(t)
	strangers := otherKeys(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata", UpdateScripts: os.Getenv("CAUSEWAY_TEST_UPDATE") != "",
		Setup: func(e *testscript.Env) error {
			e.Setenv("FRESH_DATABASE", dbtest.URL(t))
			sound, edited, keyFolder := auditedDatabase(t)
			e.Setenv("AUDIT_KEYS", keyFolder)
			e.Setenv("SOUND_DATABASE", sound)
			e.Setenv("EDITED_DATABASE", edited)
			e.Setenv("SOUND_LEDGER", soundLedger)
			e.Setenv("EDITED_LEDGER", editedLedger)
			e.Setenv("HUB_KEYS", published)
			e.Setenv("OTHER_KEYS", strangers)
			nobody, err := deadAddress()
			if err != nil {
				return err
			}
			e.Setenv("NOBODY", nobody)
			hub := newCannedHub()
			e.Defer(hub.Close)
			e.Setenv("HUB", hub.URL)
			return nil
		},
	})
}

// deadAddress is an address at which nothing listens.
func deadAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}
