package dbserver

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// guardScript becomes the server, after it has left behind a guard that reads
// the pipe on standard input. The pipe ends when the starting process ends,
// however that happens, and then the guard interrupts the server and removes
// the temporary directory ($1, may be empty). A line in the pipe tells the guard
// that the server has ended already.
//
// The guard is a grandchild, so that the server does not see a child die that it
// does not know. It ignores the signals of a terminal. Its order is not
// immediate: INT is the fast, clean shutdown of PostgreSQL and of CockroachDB.
const guardScript = `
remove=$1; shift
exec 3<&0
(
	(
		trap '' INT TERM HUP
		read -r line <&3 && exit 0
		kill -INT $$ 2>/dev/null
		tries=0
		# An ended server that nobody waits for can still be signalled.
		alive() { kill -0 $$ 2>/dev/null && ! grep -qs '^State:.Z' /proc/$$/status; }
		while alive && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
		kill -KILL $$ 2>/dev/null
		[ -z "$remove" ] || rm -rf "$remove"
	) >/dev/null 2>&1 &
)
exec 3<&- </dev/null
exec "$@"
`

// stopPatience is how long a server may take to write its last checkpoint.
const stopPatience = 30 * time.Second

// child is a server process with its guard.
type child struct {
	command *exec.Cmd
	pipe    io.WriteCloser
	remove  string
	done    chan struct{}
	failure error // set before done is closed
}

// launch describes a server process.
type launch struct {
	program   string
	arguments []string
	dir       string // working directory
	log       string // file that gets its output
	remove    string // directory to remove at the end, or ""
	owner     *owner // nil: ours
}

// start runs the server under its guard.
func (l launch) start() (*child, error) {
	output, err := os.OpenFile(l.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = output.Close() }()
	line := append([]string{"-c", guardScript, "guard", l.remove, l.program}, l.arguments...)
	command := exec.Command("/bin/sh", line...)
	command.Dir, command.Stdout, command.Stderr = l.dir, output, output
	// A group of its own: Ctrl-C in a terminal must not end the server before
	// the switch has stopped in good order.
	command.SysProcAttr = attributes(l.owner)
	guarded, pipe, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer func() { _ = guarded.Close() }()
	command.Stdin = guarded
	if err := command.Start(); err != nil {
		return nil, errors.Join(err, pipe.Close())
	}
	c := &child{command: command, pipe: pipe, remove: l.remove, done: make(chan struct{})}
	go c.wait()
	return c, nil
}

// wait tells the guard as soon as the server has ended, before anything else
// can get its process number.
func (c *child) wait() {
	c.failure = c.command.Wait()
	_, writeErr := io.WriteString(c.pipe, "ended\n")
	c.failure = errors.Join(c.failure, writeErr, c.pipe.Close())
	close(c.done)
}

// stop asks the server to end, waits, and removes what was temporary.
func (c *child) stop() error {
	interruptErr := c.command.Process.Signal(syscall.SIGINT)
	if errors.Is(interruptErr, os.ErrProcessDone) {
		interruptErr = nil
	}
	select {
	case <-c.done:
	case <-time.After(stopPatience):
		_ = c.command.Process.Kill()
		<-c.done
		interruptErr = errors.Join(interruptErr, fmt.Errorf("dbserver: server killed after %s", stopPatience))
	}
	if c.remove != "" {
		return errors.Join(interruptErr, os.RemoveAll(c.remove))
	}
	return interruptErr
}
