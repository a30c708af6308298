package recon

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
)

// successor returns the statement that goes on from a statement, ids.Nil if there is none.
func successor(ctx context.Context, reader db.Reader, id ids.ID) (ids.ID, error) {
	var after ids.ID
	err := reader.QueryRow(ctx, selectAfter, id).Scan(&after)
	if err != nil && !db.NoRows(err) {
		return ids.Nil, fmt.Errorf("recon: continuity: %w", err)
	}
	return after, nil
}

// continuity holds a statement that was just taken, and those whose predecessor is now
// another one, against the statement before each. neighbour is what went on from the
// statement before it was corrected.
func continuity(ctx context.Context, tx db.Tx, id, neighbour ids.ID, said event) error {
	after, err := successor(ctx, tx, id)
	if err != nil {
		return err
	}
	checked := []ids.ID{ids.Nil}
	for _, statement := range []ids.ID{id, after, neighbour} {
		if slices.Contains(checked, statement) {
			continue
		}
		checked = append(checked, statement)
		if err := opensRightly(ctx, tx, statement, said); err != nil {
			return err
		}
	}
	return nil
}

// opening is how a statement begins.
type opening struct {
	account  string
	currency money.Currency
	from     time.Time
	said     bool
	balance  int64
	// before is the closing balance of the statement before; if there is none, it is the
	// opening one.
	before int64
}

func readOpening(ctx context.Context, reader db.Reader, id ids.ID) (o opening, err error) {
	err = reader.QueryRow(ctx, selectOpening, id).Scan(&o.account, &o.currency, &o.from, &o.said, &o.balance)
	if err != nil {
		return o, fmt.Errorf("recon: continuity: %w", err)
	}
	o.before = o.balance
	err = reader.QueryRow(ctx, selectBefore, id).Scan(&o.before)
	if err != nil && !db.NoRows(err) {
		return o, fmt.Errorf("recon: continuity: %w", err)
	}
	return o, nil
}

// opensRightly has a break open if a statement does not begin where the one before
// ended, and none otherwise. A difference of other amounts is another break.
func opensRightly(ctx context.Context, tx db.Tx, id ids.ID, said event) error {
	o, err := readOpening(ctx, tx, id)
	if err != nil {
		return err
	}
	last, count, err := lastBalance(ctx, tx, id)
	if err != nil {
		return err
	}
	differs := o.said && o.balance != o.before
	same := count > 0 && last.Ours == o.before && last.Theirs == o.balance
	if last.State == Open && (!differs || !same) {
		if _, err := tx.Exec(ctx, clearBreak, last.ID, said.at, said.name); err != nil {
			return fmt.Errorf("recon: continuity: %w", err)
		}
	}
	if !differs {
		return nil
	}
	if !same {
		last.ID = ids.Derive(id, "balance", count)
	}
	_, err = tx.Exec(ctx, insertBreaks, []ids.ID{last.ID}, o.account, []string{string(BalanceDiffers)}, string(o.currency),
		[]int64{o.before}, []int64{o.balance}, []time.Time{o.from}, said.at)
	if err != nil {
		return fmt.Errorf("recon: continuity: %w", err)
	}
	return nil
}

// lastBalance returns the last break of a statement's opening balance, and how many there
// are: each correction may have made one.
func lastBalance(ctx context.Context, reader db.Reader, id ids.ID) (last Case, count int64, err error) {
	for {
		list, err := queryCases(ctx, reader, selectCase, ids.Derive(id, "balance", count))
		if err != nil || len(list) == 0 {
			return last, count, err
		}
		last, count = list[0], count+1
	}
}
