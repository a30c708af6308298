package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

type settleReportCommand struct {
	Window      string `arg:"" help:"The window's number or id."`
	Participant string `help:"Only this participant's files."`
	Fetch       string `type:"path" placeholder:"DIR" help:"Download the files below this directory; what is there is resumed and checked."`
}

// Help teaches what the line above cannot.
func (settleReportCommand) Help() string {
	return `The files are those of the window's report, issued when it closed: CSV files, messages, and
checksums with the hub's signature. Issued again they have the same bytes.

Examples:
  switch settle report 01890000-0000-7000-8000-00000000000d
  switch settle report 01890000-0000-7000-8000-00000000000d --participant JP-ACQUIRER --fetch ./files`
}

// Run implements the command.
func (c settleReportCommand) Run(ctx context.Context, s *settleCommand) error {
	id, err := s.windowID(ctx, c.Window)
	if err != nil {
		return err
	}
	list := func(hub *client.Client) (wire.ReportFiles, error) {
		files, err := hub.ReportFiles(ctx, id, c.Participant)
		if err != nil || c.Fetch == "" {
			return files, err
		}
		for _, file := range files.Files {
			if err := fetch(ctx, hub, c.Fetch, file); err != nil {
				return files, err
			}
		}
		return files, nil
	}
	return show(s.access(), list, func(all wire.ReportFiles) ([]string, [][]string) {
		var rows [][]string
		for _, f := range all.Files {
			rows = append(rows, []string{
				f.ParticipantID, f.Kind, fmt.Sprint(f.Rows), fmt.Sprint(f.Bytes), f.DueAt.Format(time.DateTime), f.Path,
				f.ID.String(),
			})
		}
		return []string{"participant", "kind", "rows", "bytes", "due (UTC)", "path", "file"}, rows
	}, 2, 3)
}

// fetch downloads a file below a directory, from where an earlier attempt broke
// off, and checks it.
func fetch(ctx context.Context, hub *client.Client, dir string, file wire.ReportFile) error {
	if !filepath.IsLocal(file.Path) {
		return fmt.Errorf("%s: the hub names a path outside of the directory", file.Path)
	}
	path := filepath.Join(dir, filepath.FromSlash(file.Path))
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	if sum, err := sumOf(path); err == nil && sum == file.SHA256 {
		return nil
	}
	part := path + ".part"
	if err := download(ctx, hub, part, file); err != nil {
		return fmt.Errorf("%s: %w", file.Path, err)
	}
	sum, err := sumOf(part)
	if err != nil {
		return err
	}
	if sum != file.SHA256 {
		return errors.Join(fmt.Errorf("%s: the checksum is %s, want %s", file.Path, sum, file.SHA256), os.Remove(part))
	}
	return os.Rename(part, path)
}

// download adds to a file what it lacks.
func download(ctx context.Context, hub *client.Client, part string, file wire.ReportFile) error {
	out, err := os.OpenFile(part, os.O_CREATE|os.O_WRONLY, 0o640)
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }()
	offset, err := out.Seek(0, io.SeekEnd)
	if err != nil || offset == file.Bytes {
		return err
	}
	if offset > file.Bytes {
		offset = 0
	}
	response, err := hub.OpenReportFile(ctx, file.ID, offset)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	// Who does not know ranges answers with the whole file.
	if response.StatusCode != http.StatusPartialContent {
		offset = 0
	}
	if err := out.Truncate(offset); err != nil {
		return err
	}
	if _, err := out.Seek(offset, io.SeekStart); err != nil {
		return err
	}
	_, err = io.Copy(out, response.Body)
	return errors.Join(err, out.Sync())
}

// sumOf is the checksum of a file; that of no file is an error.
func sumOf(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

type settleDeliverCommand struct {
	Participant string `help:"Only this participant's files."`
	Again       bool   `help:"Try at once what waits for the participant."`
	Limit       int    `default:"20" help:"How many, at most 500."`
}

// Run implements the command.
func (c settleDeliverCommand) Run(ctx context.Context, s *settleCommand) error {
	if c.Again && c.Participant == "" {
		return unusable(errors.New("--again: name the --participant"))
	}
	list := func(hub *client.Client) (wire.Deliveries, error) {
		if c.Again {
			if _, err := hub.Redeliver(ctx, c.Participant); err != nil {
				return wire.Deliveries{}, err
			}
		}
		return hub.Deliveries(ctx, c.Participant, c.Limit)
	}
	return show(s.access(), list, func(all wire.Deliveries) ([]string, [][]string) {
		var rows [][]string
		for _, d := range all.Deliveries {
			at := d.DeliveredAt
			if at.IsZero() {
				at = d.NextAt
			}
			rows = append(rows, []string{
				d.ParticipantID, d.State, at.Format(time.DateTime), fmt.Sprint(d.Attempts), d.Path, d.Problem,
			})
		}
		return []string{"participant", "state", "at, or next (UTC)", "failed", "path", "problem"}, rows
	}, 3)
}
