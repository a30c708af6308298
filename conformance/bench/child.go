package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// child is a load generator's process.
type child struct {
	cmd   *exec.Cmd
	leash io.Closer
	log   string
	done  chan struct{}
	err   error // set before done is closed
}

// startLoad starts a generator for the plan in a file. It ends with this process.
func (r *run) startLoad(path string) (*child, error) {
	log := filepath.Join(r.Dir, "logs", "load.log")
	output, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	defer output.Close()
	cmd := exec.Command(r.Program, "bench", "load", "--plan", path, "--leash")
	cmd.Stdout, cmd.Stderr = output, output
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	leash, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	c := &child{cmd: cmd, leash: leash, log: log, done: make(chan struct{})}
	go func() {
		c.err = cmd.Wait()
		close(c.done)
	}()
	return c, nil
}

// await polls for a file that the generator writes.
func (c *child) await(ctx context.Context, path string, into any) error {
	for {
		err := readFile(path, into)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-c.done:
			if err := readFile(path, into); err == nil {
				return nil
			}
			return c.failure()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// failure is why the generator ended, with its last words.
func (c *child) failure() error {
	words, err := os.ReadFile(c.log)
	return errors.Join(fmt.Errorf("bench: the load generator ended: %s", words[max(0, len(words)-500):]), c.err, err)
}

// end stops the generator if it has not ended.
func (c *child) end() {
	_ = c.leash.Close()
	select {
	case <-c.done:
	case <-time.After(2 * patience):
		_ = c.cmd.Process.Kill()
		<-c.done
	}
}
