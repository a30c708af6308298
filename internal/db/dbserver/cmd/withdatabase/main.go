// Withdatabase runs a command with a database server that exists only for it:
//
//	go run ./internal/db/dbserver/cmd/withdatabase -- go test ./...
//
// The command finds the server in CAUSEWAY_TEST_DATABASE_URL. Its exit code is
// passed on.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/causeway-pay/causeway/internal/db/dbserver"
)

// startPatience covers an installation on a slow line.
const startPatience = 10 * time.Minute

func main() { os.Exit(run(os.Args[1:])) }

func run(line []string) int {
	if len(line) > 0 && line[0] == "--" {
		line = line[1:]
	}
	if len(line) == 0 {
		return complain(errors.New("usage: withdatabase -- COMMAND [ARGUMENT...]"))
	}
	ctx, cancel := context.WithTimeout(context.Background(), startPatience)
	defer cancel()
	server, err := dbserver.Start(ctx, dbserver.Options{
		Kind: dbserver.PostgreSQL,
		Log:  func(line string) { fmt.Fprintln(os.Stderr, line) },
	})
	if err != nil {
		return complain(err)
	}
	code := execute(line, server.URL())
	if err := server.Stop(); err != nil {
		return complain(err)
	}
	return code
}

// execute leaves signals of the terminal to the command, which gets them too,
// so that the server outlives it.
func execute(line []string, url string) int {
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(interrupts)
	command := exec.Command(line[0], line[1:]...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	command.Env = append(os.Environ(), "CAUSEWAY_TEST_DATABASE_URL="+url)
	err := command.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit) && exit.ExitCode() >= 0:
		return exit.ExitCode()
	default:
		return complain(err)
	}
}

func complain(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}
