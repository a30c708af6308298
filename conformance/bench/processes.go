package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Usage is what a process, or several, have used and have.
type Usage struct {
	// CPU is user and system time together.
	CPU time.Duration `json:"cpu"`
	// MemoryMost is the largest resident memory so far in bytes. Of several
	// processes it is the sum of what each has for itself, and once what they share.
	MemoryMost int64 `json:"memoryMost"`
}

// ticksPerSecond is the unit of times in /proc/PID/stat: 100 on every Linux that Go
// runs on (USER_HZ).
const ticksPerSecond = 100

// stat is the part of /proc/PID/stat that is used; see proc_pid_stat(5).
type stat struct {
	name   string
	parent int
	// own are user and system ticks, reaped those of children that have ended.
	own, reaped int64
}

// parseStat reads a line of /proc/PID/stat. The name is in parentheses and may
// itself have some.
func parseStat(line string) (stat, error) {
	open, closing := strings.IndexByte(line, '('), strings.LastIndexByte(line, ')')
	if open < 0 || closing < open {
		return stat{}, fmt.Errorf("bench: no name in %q", line)
	}
	fields := strings.Fields(line[closing+1:])
	// After the name: state, ppid, ..., utime, stime, cutime, cstime as the 12th to 15th.
	if len(fields) < 15 {
		return stat{}, fmt.Errorf("bench: %d fields after the name in %q", len(fields), line)
	}
	var numbers [5]int64
	for i, field := range []string{fields[1], fields[11], fields[12], fields[13], fields[14]} {
		number, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return stat{}, fmt.Errorf("bench: %w", err)
		}
		numbers[i] = number
	}
	return stat{
		name: line[open+1 : closing], parent: int(numbers[0]), own: numbers[1] + numbers[2], reaped: numbers[3] + numbers[4],
	}, nil
}

func ticks(count int64) time.Duration { return time.Duration(count) * time.Second / ticksPerSecond }

// processes reads the accounts of processes below a directory, /proc.
type processes struct{ dir string }

func (p processes) stat(pid int) (stat, error) {
	body, err := os.ReadFile(filepath.Join(p.dir, strconv.Itoa(pid), "stat"))
	if err != nil {
		return stat{}, fmt.Errorf("bench: %w", err)
	}
	return parseStat(string(bytes.TrimSpace(body)))
}

// usage is that of one process without its children.
func (p processes) usage(pid int) (Usage, error) {
	s, err := p.stat(pid)
	if err != nil {
		return Usage{}, err
	}
	memory, err := p.memory(pid)
	if err != nil {
		return Usage{}, err
	}
	return Usage{CPU: ticks(s.own), MemoryMost: memory["VmHWM"]}, nil
}

// family is the usage of a process with its children, those that have ended too.
func (p processes) family(pid int) (Usage, error) {
	parent, err := p.stat(pid)
	if err != nil {
		return Usage{}, err
	}
	total, shared := Usage{CPU: ticks(parent.own + parent.reaped)}, int64(0)
	children, err := p.children(pid)
	if err != nil {
		return Usage{}, err
	}
	for _, child := range append(children, pid) {
		memory, err := p.memory(child)
		if err != nil {
			continue // it has ended meanwhile, and is its parent's account
		}
		total.MemoryMost += memory["RssAnon"]
		shared = max(shared, memory["RssShmem"])
		if child == pid {
			continue
		}
		if s, err := p.stat(child); err == nil {
			total.CPU += ticks(s.own)
		}
	}
	total.MemoryMost += shared
	return total, nil
}

func (p processes) children(pid int) ([]int, error) {
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	var children []int
	for _, entry := range entries {
		child, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if s, err := p.stat(child); err == nil && s.parent == pid {
			children = append(children, child)
		}
	}
	return children, nil
}

// memory reads the sizes of /proc/PID/status in bytes.
func (p processes) memory(pid int) (map[string]int64, error) {
	body, err := os.ReadFile(filepath.Join(p.dir, strconv.Itoa(pid), "status"))
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	return parseStatus(string(body)), nil
}

func parseStatus(text string) map[string]int64 {
	sizes := map[string]int64{}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(line, ":")
		number, kilobytes := strings.CutSuffix(strings.TrimSpace(value), " kB")
		if size, err := strconv.ParseInt(number, 10, 64); kilobytes && err == nil {
			sizes[name] = size << 10
		}
	}
	return sizes
}

// machineBusy is the processor time that everything on the machine has used, as
// /proc/stat counts it, and that which the host gave to others meanwhile.
func (p processes) machineBusy() (busy, stolen time.Duration, err error) {
	body, err := os.ReadFile(filepath.Join(p.dir, "stat"))
	if err != nil {
		return 0, 0, fmt.Errorf("bench: %w", err)
	}
	return parseMachine(string(body))
}

// parseMachine reads the first line of /proc/stat: user, nice, system, idle, iowait,
// irq, softirq, steal (proc_stat(5)).
func parseMachine(text string) (busy, stolen time.Duration, err error) {
	line, _, _ := strings.Cut(text, "\n")
	fields := strings.Fields(line)
	if len(fields) < 9 || fields[0] != "cpu" {
		return 0, 0, fmt.Errorf("bench: no processors in %q", line)
	}
	for i, field := range fields[1:9] {
		count, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, 0, fmt.Errorf("bench: %w", err)
		}
		switch i {
		case 3, 4: // at rest
		case 7:
			stolen = ticks(count)
		default:
			busy += ticks(count)
		}
	}
	return busy, stolen, nil
}
