package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/settlement/recon"
)

// Limits of the inbox: files looked at in one round, and the longest message,
// which is what the engine takes.
const (
	inboxPoll  = 5 * time.Second
	inboxFiles = 100
	inboxMax   = 4 << 20
)

// Folders of the inbox into which its files go.
const (
	inboxTaken   = "taken"
	inboxRefused = "refused"
)

// watchInbox takes what settlement banks leave in the inbox, until ctx ends.
func (n *Node) watchInbox(ctx context.Context) {
	ticker := time.NewTicker(inboxPoll)
	defer ticker.Stop()
	for {
		if err := n.emptyInbox(ctx, n.config.Settlement.Inbox); err != nil && ctx.Err() == nil {
			n.telemetry.Logger().LogAttrs(ctx, slog.LevelWarn, "settlement inbox not read", slog.Any("problem", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// emptyInbox takes the messages in a directory, in the order of their names, and
// moves each into a folder that says what came of it. A crash between the commit
// and the move takes a message again, which changes nothing. What could not be
// decided stays for the next round.
func (n *Node) emptyInbox(ctx context.Context, dir string) error {
	for _, folder := range []string{inboxTaken, inboxRefused} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o750); err != nil {
			return fmt.Errorf("settlement.inbox: %w", err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("settlement.inbox: %w", err)
	}
	left := inboxFiles
	for _, entry := range entries {
		// A bank writes under another name and renames when the file is whole.
		if !entry.Type().IsRegular() || !strings.HasSuffix(entry.Name(), ".xml") {
			continue
		}
		if left--; left < 0 {
			break
		}
		if err := n.takeFile(ctx, dir, entry.Name()); err != nil {
			return err
		}
	}
	return nil
}

func (n *Node) takeFile(ctx context.Context, dir, name string) error {
	path, folder := filepath.Join(dir, name), inboxTaken
	err := n.takeMessage(ctx, path)
	switch kind := reason.Of(err); {
	case err == nil:
	case kind == reason.InvalidRequest || kind == reason.Inconsistent:
		folder = inboxRefused
	default:
		return fmt.Errorf("settlement.inbox: %s: %w", name, err)
	}
	n.telemetry.Logger().LogAttrs(ctx, slog.LevelInfo, "settlement message", slog.String("file", name),
		slog.String("outcome", folder), slog.Any("problem", err))
	if err := os.Rename(path, unused(filepath.Join(dir, folder, name))); err != nil {
		return fmt.Errorf("settlement.inbox: %w", err)
	}
	return nil
}

// unused is a path at which nothing is yet: some banks give all their files one name, and
// what was taken before is evidence.
func unused(path string) string {
	free := path
	for number := 2; ; number++ {
		if _, err := os.Lstat(free); err != nil {
			return free
		}
		free = fmt.Sprintf("%s.%d", path, number)
	}
}

func (n *Node) takeMessage(ctx context.Context, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Size() > inboxMax {
		return reason.Wrap(reason.InvalidRequest, "node.takeMessage", errors.New("the message is too long"))
	}
	message, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if statements, err := recon.ReadCamt053("", message); err == nil {
		return n.reconcile(ctx, statements)
	}
	_, err = n.engine.TakeSettlement(ctx, message)
	return err
}
