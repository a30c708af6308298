package dbserver

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
)

// errNoStandby means that a server is not one of ours that can have a standby.
var errNoStandby = errors.New("dbserver: only a durable PostgreSQL that was started here can have a standby")

// Standby makes a second PostgreSQL that follows this one, in a temporary directory, and
// returns when each commit waits for it to have the commit on its disk, so that nothing
// that was ever confirmed is lost with this server.
func (s *Server) Standby(ctx context.Context) (*Server, error) {
	if s.kind != PostgreSQL || !s.durable {
		return nil, errNoStandby
	}
	p, err := prepare("", PostgreSQL, thisMachine().root)
	if err != nil {
		return nil, fmt.Errorf("dbserver: %w", err)
	}
	standby, err := s.follow(ctx, p)
	if err != nil {
		return nil, errors.Join(err, p.discard())
	}
	if err := s.awaitStandby(ctx); err != nil {
		return nil, errors.Join(err, standby.Stop())
	}
	return standby, nil
}

// follow copies the cluster and starts the copy as a standby, which -R makes of it.
func (s *Server) follow(ctx context.Context, p place) (*Server, error) {
	address, err := url.Parse(s.url)
	if err != nil {
		return nil, fmt.Errorf("dbserver: %w", err)
	}
	password, _ := address.User.Password()
	address.Path = ""
	command := exec.CommandContext(ctx, filepath.Join(s.programs, "pg_basebackup"), "--dbname="+address.String(),
		"--pgdata="+filepath.Join(p.dir, "data"), "--wal-method=stream", "--checkpoint=fast", "--write-recovery-conf")
	command.Dir, command.SysProcAttr = p.dir, attributes(p.owner)
	if output, err := command.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("dbserver: pg_basebackup: %w: %s", err, lastLine(output))
	}
	return launchPostgres(ctx, p, s.programs, password, Options{Durable: true, Log: func(string) {}})
}

// awaitStandby asks for a standby's confirmation of each commit, and waits for one that
// gives it.
func (s *Server) awaitStandby(ctx context.Context) error {
	for _, statement := range []string{`ALTER SYSTEM SET synchronous_standby_names = '*'`, `SELECT pg_reload_conf()`} {
		if err := s.administer(ctx, statement); err != nil {
			return fmt.Errorf("dbserver: %w", err)
		}
	}
	for {
		var state string
		err := s.query(ctx, `SELECT coalesce(max(sync_state), '') FROM pg_stat_replication`, &state)
		if err != nil || state == "sync" {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("dbserver: the standby does not follow: %w", ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Promote makes a standby take over; it returns when the standby accepts writes.
func (s *Server) Promote(ctx context.Context) error {
	var promoted bool
	if err := s.query(ctx, `SELECT pg_promote(true, 60)`, &promoted); err != nil {
		return err
	}
	if !promoted {
		return errors.New("dbserver: the standby was not promoted within a minute")
	}
	return nil
}

// Kill ends the server as a loss of its machine would, without a last word, and waits
// until it is gone.
func (s *Server) Kill() error {
	if s.child == nil {
		return nil
	}
	err := s.child.command.Process.Kill()
	<-s.child.done
	return err
}

func (s *Server) query(ctx context.Context, statement string, into any) error {
	connection, err := pgx.Connect(ctx, s.url)
	if err != nil {
		return fmt.Errorf("dbserver: %w", err)
	}
	err = connection.QueryRow(ctx, statement).Scan(into)
	return errors.Join(err, connection.Close(ctx))
}
