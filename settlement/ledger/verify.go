package ledger

import (
	"bytes"
	"context"
	"fmt"
	"strconv"

	"github.com/causeway-pay/causeway/internal/chain"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

// pageSize is how many links [Verify] holds at a time, and breaksMax after how
// many breaks of one sort it looks for no more: the ledger is not what it was.
const (
	pageSize  = 1000
	breaksMax = 100
)

// Break is a place where the ledger does not hold.
type Break struct {
	// Region is empty for what concerns all regions.
	Region string `json:"region,omitempty"`
	// Place is the number of a link, or the id of an entry or account.
	Place   string `json:"place"`
	Problem string `json:"problem"`
}

// Chain is what was looked at in one region.
type Chain struct {
	Head         Head
	Links, Seals int64
}

// Report is what a verification found.
type Report struct {
	Chains []Chain
	// Waiting are the youngest entries, which no chain holds yet.
	Waiting []Waiting
	Breaks  []Break
}

// Verifier checks a signature that the hub made with a version of its key.
type Verifier interface {
	Verify(ctx context.Context, version int, text, signature []byte) error
}

// Verify goes through every region's chain from its first link to its head and
// through its seals, and compares entries with chains and balances. Of a ledger
// that holds, no entry was changed, moved, added or removed since it was linked, as
// far as the last seal that verifies, or a head that was noted elsewhere, reaches:
// the chains must still hold those that are given as expected. A nil verifier leaves
// signatures alone. It may run beside payments.
func Verify(ctx context.Context, reader db.Reader, verifier Verifier, expected ...Head) (Report, error) {
	c := &check{reader: reader, verifier: verifier}
	heads, err := Heads(ctx, reader)
	if err != nil {
		return Report{}, err
	}
	noted := map[string][]Head{}
	for _, head := range expected {
		noted[head.Name] = append(noted[head.Name], head)
	}
	for _, head := range heads {
		if err := c.chain(ctx, head, noted[head.Name]); err != nil {
			return Report{}, err
		}
		delete(noted, head.Name)
	}
	for region := range noted {
		c.found(region, "", "there is no such chain")
	}
	for _, p := range problems {
		rows, err := findProblems(ctx, reader, p.query, breaksMax)
		if err != nil {
			return Report{}, err
		}
		for _, row := range rows {
			c.found(row.region, row.place, p.says)
		}
	}
	c.report.Waiting, err = AllWaiting(ctx, reader)
	return c.report, err
}

// check is a verification in progress.
type check struct {
	reader   db.Reader
	verifier Verifier
	report   Report
}

func (c *check) found(region, place, problem string) {
	c.report.Breaks = append(c.report.Breaks, Break{region, place, problem})
}

func (c *check) foundAt(region string, number int64, problem string) {
	c.found(region, strconv.FormatInt(number, 10), problem)
}

func (c *check) chain(ctx context.Context, head Head, noted []Head) error {
	signed, err := seals(ctx, c.reader, head.Name)
	if err != nil {
		return err
	}
	asked := chain.Ask(signed, noted)
	links, err := c.walk(ctx, head, asked)
	if err != nil {
		return err
	}
	for _, n := range noted {
		if !asked.Holds(n) {
			c.foundAt(head.Name, n.Number, "it is not the link that was noted elsewhere")
		}
	}
	for _, seal := range signed {
		c.seal(ctx, seal, asked.Holds(seal.Head))
	}
	c.report.Chains = append(c.report.Chains, Chain{Head: head, Links: links, Seals: int64(len(signed))})
	return nil
}

// walk goes from the first link to the head, keeps the hashes that are asked for,
// and returns how many links there are.
func (c *check) walk(ctx context.Context, head Head, asked chain.Asked) (int64, error) {
	previous, count := Link{Region: head.Name, Hash: chain.Zero()}, int64(0)
	for breaks := len(c.report.Breaks); len(c.report.Breaks)-breaks < breaksMax; {
		page, err := linksAfter(ctx, c.reader, head, previous.Number, pageSize)
		if err != nil {
			return 0, err
		}
		records, err := recordsOf(ctx, c.reader, db.Column(page, func(l Link) posting { return l.posting }))
		if err != nil {
			return 0, err
		}
		for _, link := range page {
			count++
			c.link(link, previous, records)
			asked.Meet(link.Number, link.Hash)
			previous = link
		}
		if len(page) < pageSize {
			break
		}
	}
	if !head.Same(previous.Number, previous.Hash) {
		c.foundAt(head.Name, head.Number, fmt.Sprintf("the head does not fit the last link, %d", previous.Number))
	}
	return count, nil
}

func (c *check) link(link, previous Link, records map[ids.ID][]record) {
	entries := records[link.EntryID]
	switch {
	case link.Number != previous.Number+1:
		c.foundAt(link.Region, link.Number, fmt.Sprintf("links %d to %d are missing", previous.Number+1, link.Number-1))
	case len(entries) != int(link.Entries):
		c.foundAt(link.Region, link.Number, "an entry of it is gone")
	case !bytes.Equal(link.Hash, linkHash(previous.Hash, link.Region, link.Number, entries)):
		c.foundAt(link.Region, link.Number, "the hash does not fit the entries and the link before it")
	}
}

func (c *check) seal(ctx context.Context, seal Seal, holds bool) {
	if !holds {
		c.foundAt(seal.Name, seal.Number, "the seal is for another link")
	}
	if c.verifier == nil {
		return
	}
	if err := c.verifier.Verify(ctx, seal.KeyVersion, seal.SealText(sealLabel, seal.At), seal.Signature); err != nil {
		c.foundAt(seal.Name, seal.Number, "the signature of the seal is not good")
	}
}
