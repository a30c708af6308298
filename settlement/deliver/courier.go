package deliver

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/settlement/report"
)

// Courier delivers the files of a region to the participants that have a server.
type Courier struct {
	Config
	owner ids.ID
	mu    sync.Mutex
	// collected is until when the due files of a participant were looked for. It only
	// saves reading them again. Guarded by mu.
	collected map[string]time.Time
}

// Config is what a courier works with.
type Config struct {
	Pool   *db.Pool
	Clock  clock.Clock
	Logger *slog.Logger
	Region string
	// Targets are the servers by participant.
	Targets map[string]Target
	// Open opens a file that was issued, writing it again if this hub does not have
	// it.
	Open func(ctx context.Context, file report.IssuedFile) (io.ReadSeekCloser, error)
}

// NewCourier returns a courier, which has an identity of its own among the hubs.
func NewCourier(config Config) *Courier {
	return &Courier{Config: config, owner: ids.New(), collected: map[string]time.Time{}}
}

// Limits of the courier.
const (
	// poll is how often due files are looked for.
	poll = 10 * time.Second
	// horizon is how far back files are looked for when a server becomes known:
	// partners fetch within days, and the API has the older ones.
	horizon = 30 * 24 * time.Hour
	// overlap is how far back they are looked for afterwards: longer than it takes to
	// register those of a window.
	overlap = time.Hour
	// A file may take a minute, and as long as it needs at 64 KiB a second.
	putWait     = time.Minute
	putRate     = 64 << 10
	putWaitMost = 6 * time.Hour
)

// Run delivers until ctx ends. A participant whose server is slow or away does not
// hold up the others.
func (c *Courier) Run(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	for participant := range c.Targets {
		wg.Go(func() { c.serve(ctx, participant) })
	}
}

func (c *Courier) serve(ctx context.Context, participant string) {
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for {
		files, err := c.Round(ctx, participant)
		if err != nil && ctx.Err() == nil {
			c.Logger.LogAttrs(ctx, slog.LevelWarn, "report files not delivered", slog.String("participant", participant),
				slog.Int("delivered", files), slog.Any("problem", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Round delivers what is due to a participant, and returns how many files have
// arrived. It stops at the first that does not, so that none overtakes it; a
// participant that another hub delivers to is left alone.
func (c *Courier) Round(ctx context.Context, participant string) (files int, err error) {
	target, known := c.Targets[participant]
	if !known {
		return 0, errors.New("deliver: no server is known of " + participant)
	}
	mine, err := c.collect(ctx, participant)
	if err != nil || !mine {
		return 0, err
	}
	var on *session
	defer func() {
		if on != nil {
			on.close()
		}
	}()
	for {
		d, found, err := next(ctx, c.Pool, c.Region, participant)
		if err != nil || !found || d.NextAt.After(c.Clock.Now()) {
			return files, err
		}
		if on == nil {
			on, err = dial(ctx, target)
		}
		if err == nil {
			err = c.deliver(ctx, on, d)
		}
		if err := c.conclude(ctx, d, err); err != nil {
			return files, err
		}
		files++
	}
}

// collect lets files that have become due wait for delivery, and reports whether
// this courier delivers them.
func (c *Courier) collect(ctx context.Context, participant string) (mine bool, err error) {
	now := c.Clock.Now()
	c.mu.Lock()
	since, known := c.collected[participant]
	c.mu.Unlock()
	if since = since.Add(-overlap); !known {
		since = now.Add(-horizon)
	}
	due, err := report.Due(ctx, c.Pool, c.Region, participant, since, now)
	if err != nil {
		return false, err
	}
	err = c.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) (err error) {
		if mine, err = take(ctx, tx, c.Region, participant, c.owner, now); err != nil || !mine {
			return err
		}
		return enqueue(ctx, tx, c.Region, participant, due)
	})
	if err != nil || !mine {
		return false, err
	}
	c.mu.Lock()
	c.collected[participant] = now
	c.mu.Unlock()
	return true, nil
}

// deliver brings one file to the server.
func (c *Courier) deliver(ctx context.Context, on *session, d Delivery) error {
	file, found, err := report.FindFile(ctx, c.Pool, d.FileID)
	if err == nil && !found {
		err = errors.New("deliver: the file is not on record")
	}
	if err != nil {
		return err
	}
	// To write a file again may take longer than to send it.
	source, err := c.Open(ctx, file)
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }()
	wait := min(putWait+time.Duration(file.Bytes/putRate)*time.Second, putWaitMost)
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	late := context.AfterFunc(ctx, func() { _ = on.ssh.Close() })
	defer late()
	return on.put(file, source)
}

// conclude puts on record what came of an attempt, and returns why it failed. A hub
// that is stopped has not failed.
func (c *Courier) conclude(ctx context.Context, d Delivery, problem error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	now := c.Clock.Now()
	err := c.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		if problem != nil {
			return failed(ctx, tx, d, problem, now)
		}
		if _, err := take(ctx, tx, c.Region, d.ParticipantID, c.owner, now); err != nil {
			return err
		}
		return delivered(ctx, tx, d, now)
	})
	return errors.Join(problem, err)
}
