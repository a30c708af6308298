package dbserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// versionMin is the oldest PostgreSQL that the SQL of the switch is tested on.
const versionMin = 15

// find returns the program's path on PATH, or "".
func (m machine) find(name string) string {
	for _, dir := range filepath.SplitList(m.getenv("PATH")) {
		if path := filepath.Join(dir, name); executable(path) {
			return path
		}
	}
	return ""
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir() && info.Mode()&0o111 != 0
}

// postgres returns the folder with the newest usable postgres and initdb.
func (m machine) postgres() (string, error) {
	best, bestVersion := "", 0
	for _, folder := range m.candidates() {
		if !executable(filepath.Join(folder, "initdb")) || !executable(filepath.Join(folder, "postgres")) {
			continue
		}
		if version := versionOf(folder); version > bestVersion {
			best, bestVersion = folder, version
		}
	}
	if bestVersion < versionMin {
		return "", fmt.Errorf("no PostgreSQL of version %d or newer found", versionMin)
	}
	return best, nil
}

// candidates follows the links on PATH, because a linked postgres finds its
// own files only beside its real place.
func (m machine) candidates() []string {
	var folders []string
	for _, name := range []string{"postgres", "initdb", "pg_ctl"} {
		if path := m.find(name); path != "" {
			if real, err := filepath.EvalSymlinks(path); err == nil {
				folders = append(folders, filepath.Dir(real))
			}
		}
	}
	for _, pattern := range m.folders {
		// The patterns are constants, so the only error, a bad pattern,
		// cannot occur.
		matches, _ := filepath.Glob(pattern)
		sort.Sort(sort.Reverse(sort.StringSlice(matches)))
		folders = append(folders, matches...)
	}
	return folders
}

// versionOf returns the major version of the server in the folder, or 0.
func versionOf(folder string) int {
	output, err := exec.Command(filepath.Join(folder, "postgres"), "--version").Output()
	if err != nil {
		return 0
	}
	match := regexp.MustCompile(`\(PostgreSQL\) (\d+)`).FindSubmatch(output)
	if match == nil {
		return 0
	}
	major, err := strconv.Atoi(string(match[1]))
	if err != nil {
		return 0
	}
	return major
}

// installPostgres installs Debian's package.
func installPostgres(ctx context.Context, log func(string)) error {
	if _, err := exec.LookPath("apt-get"); err != nil {
		return errors.New("no apt-get to install PostgreSQL with")
	}
	log("no database found; installing the package postgresql (this happens once)")
	for _, arguments := range [][]string{
		{"update"},
		{"install", "--yes", "--no-install-recommends", "postgresql"},
	} {
		if err := aptGet(ctx, arguments); err != nil {
			return err
		}
	}
	return nil
}

func aptGet(ctx context.Context, arguments []string) error {
	line := append([]string{"apt-get"}, arguments...)
	if os.Geteuid() != 0 {
		line = append([]string{"sudo", "-n", "--preserve-env=DEBIAN_FRONTEND"}, line...)
	}
	command := exec.CommandContext(ctx, line[0], line[1:]...)
	command.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	output, err := command.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(line, " "), err, lastLine(output))
	}
	return nil
}

func lastLine(output []byte) string {
	text := strings.TrimSpace(string(output))
	return text[strings.LastIndexByte(text, '\n')+1:]
}
