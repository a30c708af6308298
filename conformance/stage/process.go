package stage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// process is a child of this program.
type process struct {
	name  string
	cmd   *exec.Cmd
	leash io.Closer
	log   string
	done  chan struct{}
}

// start runs the program with arguments, its output in a log file. The child's
// standard input is its leash.
func (s *Stage) start(name string, args ...string) (*process, error) {
	path := s.path("logs", name+".log")
	log, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("stage: %w", err)
	}
	defer log.Close()
	cmd := exec.Command(s.options.Program, args...)
	cmd.Stdout, cmd.Stderr = log, log
	// A group of its own, so that Ctrl-C in the terminal reaches us alone and
	// we stop the children in order.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	leash, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("stage: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("stage: start %s: %w", name, err)
	}
	p := &process{name: name, cmd: cmd, leash: leash, log: path, done: make(chan struct{})}
	go func() {
		// How it ended is in its log; who waits wants to know only that it did.
		_ = cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// exited reports whether the process has ended.
func (p *process) exited() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// stopWait is how long a process has for an orderly end.
const stopWait = 20 * time.Second

// stop ends the process in order, and by force if that takes too long.
func (p *process) stop() {
	if p == nil {
		return
	}
	// An error means that it has ended already.
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	timer := time.NewTimer(stopWait)
	defer timer.Stop()
	select {
	case <-p.done:
	case <-timer.C:
		p.kill()
	}
	_ = p.leash.Close()
}

// kill ends the process at once, as a power cut would.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
	_ = p.leash.Close()
}

// tail returns the last lines of the log, for an error message.
func (p *process) tail() string {
	body, err := os.ReadFile(p.log)
	if err != nil {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(string(body)), "\n")
	return strings.Join(lines[max(0, len(lines)-5):], "\n")
}

// startWait is how long a process may take until it answers.
const startWait = time.Minute

// await polls a URL until it answers 200, the process ends or time is over.
func (p *process) await(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, startWait)
	defer cancel()
	for {
		if answers(ctx, url) {
			return nil
		}
		if p.exited() {
			return fmt.Errorf("stage: %s ended at start (%s):\n%s", p.name, filepath.Base(p.log), p.tail())
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("stage: %s does not answer:\n%s", p.name, p.tail()), ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func answers(ctx context.Context, url string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<20))
	return response.StatusCode == http.StatusOK
}
