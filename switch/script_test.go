package main

import (
	"context"
	"os"
	"regexp"
	"testing"
	"time"

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
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"until": until, "capture": capture},
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

// until runs a command again and again until its output matches: until PATTERN COMMAND ...
func until(script *testscript.TestScript, _ bool, args []string) {
	pattern := regexp.MustCompile("(?m)" + args[0])
	for end := time.Now().Add(time.Minute); ; time.Sleep(time.Second) {
		err := script.Exec(args[1], args[2:]...)
		if err == nil && pattern.MatchString(script.ReadFile("stdout")) {
			return
		}
		if time.Now().After(end) {
			script.Fatalf("%s did not come: %v\n%s", args[0], err, script.ReadFile("stdout"))
		}
	}
}

// capture keeps what the group of a pattern has matched of the output: capture NAME PATTERN.
func capture(script *testscript.TestScript, _ bool, args []string) {
	found := regexp.MustCompile("(?m)" + args[1]).FindStringSubmatch(script.ReadFile("stdout"))
	if len(found) != 2 {
		script.Fatalf("%s is not in the output", args[1])
	}
	script.Setenv(args[0], found[1])
}
