package ledger

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

// Limits of a sealer.
const (
	// batchMax is how many postings one transaction links: some 50 KiB, well below what
	// one statement may hold, and short enough to lose little to a conflict. A posting has
	// some five entries, which are read for it.
	batchMax = 500
	// sealEvery is how old an entry gets before it is linked, and signEvery how old
	// a link gets before a signature covers it.
	sealEvery = time.Second
	signEvery = time.Minute
	// leaseDuration is how long the other hubs of a region wait for a sealer that
	// has died: the transactions it may have begun are over by then.
	leaseDuration = 15 * time.Second
)

// ErrNotSealer means that another hub seals the region's entries at present.
var ErrNotSealer = errors.New("ledger: another hub seals this region")

// Signer signs with the hub's key and says with which version of it.
type Signer interface {
	Sign(ctx context.Context, text []byte) (signature []byte, version int, err error)
}

// Sealer links the committed entries of a region into its chain, behind the
// payments and never in their way. Several hubs may run one for the same region:
// the lease in the chain's row lets one work, and even two at once could not harm
// the chain, because a batch only goes behind the head that it was made for.
type Sealer struct {
	pool   *db.Pool
	clock  clock.Clock
	signer Signer
	logger *slog.Logger
	region string
	owner  ids.ID
	// signed is when the head was signed last.
	signed time.Time
}

// NewSealer returns the sealer of one hub for its region.
func NewSealer(pool *db.Pool, c clock.Clock, signer Signer, logger *slog.Logger, region string) *Sealer {
	return &Sealer{pool: pool, clock: c, signer: signer, logger: logger, region: region, owner: ids.New()}
}

// Run seals until ctx ends. What fails is tried again: an entry waits longer then,
// and [Verify] says how many do.
func (s *Sealer) Run(ctx context.Context) {
	ticker := time.NewTicker(sealEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := s.round(ctx); err != nil && !errors.Is(err, ErrNotSealer) && ctx.Err() == nil {
			s.logger.LogAttrs(ctx, slog.LevelWarn, "entries not sealed", slog.Any("problem", err))
		}
	}
}

func (s *Sealer) round(ctx context.Context) error {
	for {
		count, err := s.Seal(ctx)
		if err != nil {
			return err
		}
		if count < batchMax {
			break
		}
	}
	if s.clock.Now().Sub(s.signed) < signEvery {
		return nil
	}
	return s.Sign(ctx)
}

// Seal links one batch of postings and returns how many. It returns [ErrNotSealer]
// if the lease is another's.
func (s *Sealer) Seal(ctx context.Context) (int, error) {
	head, err := s.take(ctx)
	if err != nil {
		return 0, err
	}
	// Read outside of the transaction: entries never change, and a reader of the
	// queue inside would stand in the way of those who post.
	postings, err := unsealed(ctx, s.pool, s.region, batchMax)
	if err != nil || len(postings) == 0 {
		return 0, err
	}
	entries, err := recordsOf(ctx, s.pool, postings)
	if err != nil {
		return 0, err
	}
	list, next := links(head, postings, entries)
	err = s.pool.InTx(ctx, func(_ context.Context, tx db.Tx) error {
		s.append(tx, head, next, list)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("ledger: seal: %w", err)
	}
	return len(list), nil
}

// Sign signs the head, if it has moved since it was signed.
func (s *Sealer) Sign(ctx context.Context) error {
	head, err := s.take(ctx)
	if err != nil {
		return err
	}
	at := s.clock.Now()
	if head.Number > 0 {
		signature, version, err := s.signer.Sign(ctx, head.SealText(sealLabel, at))
		if err != nil {
			return fmt.Errorf("ledger: sign: %w", err)
		}
		seal := Seal{Head: head, At: at, KeyVersion: version, Signature: signature}
		if err := saveSeal(ctx, s.pool, seal); err != nil {
			return err
		}
	}
	s.signed = at
	return nil
}
