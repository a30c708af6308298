package main

import (
	"context"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ports"
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
			nobody, err := ports.Address()
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
