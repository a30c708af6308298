package audit

import (
	"bytes"
	"context"
	"fmt"

	"github.com/causeway-pay/causeway/internal/chain"
	"github.com/causeway-pay/causeway/internal/db"
)

// pageSize is how many rows [Verify] holds at a time.
const pageSize = 1000

// breaksMax is after how many breaks [Verify] stops: the log is not what it was.
const breaksMax = 100

// Break is a place where a chain does not hold.
type Break struct {
	Sequence int64  `json:"sequence"`
	Problem  string `json:"problem"`
}

// Report is what the verification of one chain found.
type Report struct {
	Head Head
	// Rows and Seals are how many were looked at.
	Rows, Seals int64
	Breaks      []Break
}

// Verifier checks a signature that the hub made with a version of its key.
type Verifier interface {
	Verify(ctx context.Context, owner string, version int, text, signature []byte) error
}

// Owner is whose key signs the seals: the hub's own.
const Owner = "CAUSEWAY"

// Verify goes through a chain from its first row to its head and through its
// seals. Of a chain that holds, no row was changed, moved, added or removed since
// it was written, as far as the last seal that verifies, or a head that was noted
// elsewhere, reaches; the chain must still hold those that are given as expected. A
// nil verifier leaves signatures alone.
func Verify(
	ctx context.Context, reader db.Reader, head Head, verifier Verifier, expected ...Head,
) (Report, error) {
	signed, err := seals(ctx, reader, head.Name)
	if err != nil {
		return Report{}, err
	}
	c := &check{report: Report{Head: head}, asked: chain.Ask(signed, expected)}
	previous := Head{Name: head.Name, Hash: chain.Zero()}
	for len(c.report.Breaks) < breaksMax {
		page, err := After(ctx, reader, head.Name, previous.Number, pageSize)
		if err != nil {
			return Report{}, err
		}
		for _, row := range page {
			c.row(row, previous)
			previous.Number, previous.Hash = row.Sequence, row.Hash
		}
		if len(page) < pageSize {
			break
		}
	}
	if !head.Same(previous.Number, previous.Hash) {
		c.found(head.Number, fmt.Sprintf("the head does not fit the last row, %d", previous.Number))
	}
	for _, noted := range expected {
		if !c.asked.Holds(noted) {
			c.found(noted.Number, "it is not the row that was noted elsewhere")
		}
	}
	for _, seal := range signed {
		c.seal(ctx, seal, verifier)
	}
	return c.report, nil
}

// check is a verification in progress.
type check struct {
	report Report
	asked  chain.Asked
}

func (c *check) found(sequence int64, problem string) {
	if len(c.report.Breaks) < breaksMax {
		c.report.Breaks = append(c.report.Breaks, Break{sequence, problem})
	}
}

func (c *check) row(row Row, previous Head) {
	c.report.Rows++
	c.asked.Meet(row.Sequence, row.Hash)
	switch {
	case row.Sequence != previous.Number+1:
		c.found(row.Sequence, fmt.Sprintf("rows %d to %d are missing", previous.Number+1, row.Sequence-1))
	case !bytes.Equal(row.Hash, row.hash(previous.Hash)):
		c.found(row.Sequence, "the hash does not fit the row and the one before it")
	}
}

func (c *check) seal(ctx context.Context, seal Seal, verifier Verifier) {
	c.report.Seals++
	if !c.asked.Holds(seal.Head) && !seal.Same(0, chain.Zero()) {
		c.found(seal.Number, "the seal is for another row")
	}
	if verifier == nil {
		return
	}
	if err := verifier.Verify(ctx, Owner, seal.KeyVersion, seal.SealText(sealLabel, seal.At), seal.Signature); err != nil {
		c.found(seal.Number, "the signature of the seal is not good")
	}
}
