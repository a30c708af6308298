package position

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

// share names the part of a position that one region was allotted.
type share struct {
	Key
	region string
}

func compareShares(a, b share) int {
	return cmp.Or(cmp.Compare(a.ParticipantID, b.ParticipantID), cmp.Compare(a.Currency, b.Currency),
		cmp.Compare(a.region, b.region))
}

// sums are what is added to the amounts of each share.
type sums map[share]struct{ posted, reserved, paying int64 }

func (s sums) add(at share, posted, reserved, paying int64) {
	sum := s[at]
	sum.posted += posted
	sum.reserved += reserved
	sum.paying += paying
	s[at] = sum
}

// arguments are the sums column by column, in the order of the shares, so that two
// transactions touch the rows in the same order.
func (s sums) arguments() []any {
	shares := make([]share, 0, len(s))
	for at := range s {
		shares = append(shares, at)
	}
	slices.SortFunc(shares, compareShares)
	return []any{
		db.Column(shares, func(at share) string { return at.ParticipantID }),
		db.Column(shares, func(at share) string { return string(at.Currency) }),
		db.Column(shares, func(at share) string { return at.region }),
		db.Column(shares, func(at share) int64 { return s[at].posted }),
		db.Column(shares, func(at share) int64 { return s[at].reserved }),
		db.Column(shares, func(at share) int64 { return s[at].paying }),
	}
}

const reserveAmounts = `
UPDATE participant_position SET reserved_minor = participant_position.reserved_minor + c.reserved
FROM (SELECT unnest($1::TEXT[]) AS participant_id, unnest($2::TEXT[]) AS currency, unnest($3::TEXT[]) AS region,
	unnest($4::BIGINT[]) AS posted, unnest($5::BIGINT[]) AS reserved, unnest($6::BIGINT[]) AS paying) AS c
WHERE participant_position.participant_id = c.participant_id AND participant_position.currency = c.currency
	AND participant_position.region = c.region AND participant_position.posted_minor + participant_position.reserved_minor
		+ participant_position.paying_minor + c.posted + c.reserved + c.paying <= participant_position.cap_minor
RETURNING participant_position.participant_id, participant_position.currency, participant_position.region`

const insertReservations = `
INSERT INTO reservation (reservation_id, region, payment_id, participant_id, currency, amount_minor, state, reserved_at,
	expires_at)
SELECT unnest($1::UUID[]), unnest($2::TEXT[]), unnest($3::UUID[]), unnest($4::TEXT[]), unnest($5::TEXT[]),
	unnest($6::BIGINT[]), 'PENDING', unnest($7::TIMESTAMPTZ[]), unnest($8::TIMESTAMPTZ[])`

// Reserve holds the amount against the part of the participant's cap that the
// reservation's region was allotted. It returns [ErrCapExceeded] without any change
// if the amount does not fit, and [ErrNoPosition] if the participant has no position
// in the currency.
func Reserve(ctx context.Context, tx db.Tx, r Reservation) error {
	refused, err := ReserveAll(ctx, tx, []Reservation{r})
	if err != nil {
		return err
	}
	return refused[0]
}

// ReserveAll makes many reservations, which get what is free in their order. It
// returns for each why it was refused, as [Reserve] does, and nil if it was made.
// Each position is touched once, unless its cap does not cover all. A hopeful
// transaction refuses none.
func ReserveAll(ctx context.Context, tx db.Tx, list []Reservation) (refused []error, err error) {
	wanted := sums{}
	for _, r := range list {
		wanted.add(r.share(), 0, r.Amount.Minor, 0)
	}
	refused = make([]error, len(list))
	if tx.Hopeful() && len(list) > 0 {
		tx.Hope("position: reserve", len(wanted), reserveAmounts, wanted.arguments()...)
		insert(tx, list)
		return refused, nil
	}
	covered, err := reserve(ctx, tx, wanted)
	if err != nil {
		return nil, err
	}
	made := make([]Reservation, 0, len(list))
	for i, r := range list {
		if !covered[r.share()] {
			refused[i] = reserveSingly(ctx, tx, r)
		}
		switch err := refused[i]; {
		case err == nil:
			made = append(made, r)
		case !errors.Is(err, ErrCapExceeded) && !errors.Is(err, ErrNoPosition):
			return nil, err
		}
	}
	insert(tx, made)
	return refused, nil
}

func (r Reservation) share() share { return share{Key{r.ParticipantID, r.Amount.Currency}, r.Region} }

// reserve adds to the shares that have room for the whole, and returns which had.
func reserve(ctx context.Context, tx db.Tx, wanted sums) (map[share]bool, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	rows, err := tx.Query(ctx, reserveAmounts, wanted.arguments()...)
	if err != nil {
		return nil, fmt.Errorf("position: reserve: %w", err)
	}
	covered := map[share]bool{}
	var at share
	_, err = pgx.ForEachRow(rows, []any{&at.ParticipantID, &at.Currency, &at.region}, func() error {
		covered[at] = true
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("position: reserve: %w", err)
	}
	return covered, nil
}

// reserveSingly tries a reservation by itself, where there is no room for all.
func reserveSingly(ctx context.Context, tx db.Tx, r Reservation) error {
	one := sums{}
	one.add(r.share(), 0, r.Amount.Minor, 0)
	covered, err := reserve(ctx, tx, one)
	if err != nil || covered[r.share()] {
		return err
	}
	return refusal(ctx, tx, r)
}

const countPositions = `SELECT count(*) FROM participant_position WHERE participant_id = $1 AND currency = $2`

// refusal tells a full cap from a position that is not there.
func refusal(ctx context.Context, tx db.Tx, r Reservation) error {
	var count int64
	if err := tx.QueryRow(ctx, countPositions, r.ParticipantID, r.Amount.Currency).Scan(&count); err != nil {
		return fmt.Errorf("position: reserve: %w", err)
	}
	if count == 0 {
		return ErrNoPosition
	}
	return ErrCapExceeded
}

func insert(tx db.Tx, list []Reservation) {
	if len(list) == 0 {
		return
	}
	for i, r := range list {
		if r.ExpiresAt.IsZero() {
			list[i].ExpiresAt = r.At.Add(ReservationLife)
		}
	}
	tx.Later(db.Written("position: reserve"), insertReservations,
		db.Column(list, func(r Reservation) ids.ID { return r.ID }),
		db.Column(list, func(r Reservation) string { return r.Region }),
		db.Column(list, func(r Reservation) ids.ID { return r.PaymentID }),
		db.Column(list, func(r Reservation) string { return r.ParticipantID }),
		db.Column(list, func(r Reservation) string { return string(r.Amount.Currency) }),
		db.Column(list, func(r Reservation) int64 { return r.Amount.Minor }),
		db.Column(list, func(r Reservation) time.Time { return r.At }),
		db.Column(list, func(r Reservation) time.Time { return r.ExpiresAt }))
}

// statePending is handed to statements that know the reservations they want: a server that
// read it in their text might take the index of all that are pending, whose number grows.
const statePending = "PENDING"

const resolveReservations = `
UPDATE reservation SET state = $2
WHERE reservation_id = ANY($1::UUID[]) AND state = $3
RETURNING participant_id, currency, region, amount_minor`

const postReservations = `
UPDATE reservation SET state = 'POSTED'
FROM (SELECT unnest($1::UUID[]) AS reservation_id, unnest($2::TEXT[]) AS participant_id, unnest($3::TEXT[]) AS currency,
	unnest($4::TEXT[]) AS region, unnest($5::BIGINT[]) AS amount_minor) AS r
WHERE reservation.reservation_id = r.reservation_id AND reservation.state = $6
	AND reservation.participant_id = r.participant_id AND reservation.currency = r.currency
	AND reservation.region = r.region AND reservation.amount_minor = r.amount_minor`

// Post turns pending reservations into posted debits of the amounts that were reserved,
// and changes posted positions that were not reserved. A reservation that is not pending
// is [ErrResolved], and the caller's transaction must not commit. What else is said of
// the reservations is what a hopeful transaction takes for reserved.
func Post(ctx context.Context, tx db.Tx, reservations []Reservation, changes ...Change) error {
	added := sums{}
	resolved := func(at share, amount int64) { added.add(at, amount, -amount, 0) }
	if tx.Hopeful() && len(reservations) > 0 {
		tx.Hope("position: post", len(reservations), postReservations,
			db.Column(reservations, func(r Reservation) ids.ID { return r.ID }),
			db.Column(reservations, func(r Reservation) string { return r.ParticipantID }),
			db.Column(reservations, func(r Reservation) string { return string(r.Amount.Currency) }),
			db.Column(reservations, func(r Reservation) string { return r.Region }),
			db.Column(reservations, func(r Reservation) int64 { return r.Amount.Minor }), statePending)
		for _, r := range reservations {
			resolved(r.share(), r.Amount.Minor)
		}
	} else if err := resolve(ctx, tx, idsOf(reservations), "POSTED", resolved); err != nil {
		return err
	}
	apply(tx, added, changes)
	return nil
}

func idsOf(reservations []Reservation) []ids.ID {
	return db.Column(reservations, func(r Reservation) ids.ID { return r.ID })
}

// Void releases pending reservations. One that is not pending is [ErrResolved], and
// the caller's transaction must not commit.
func Void(ctx context.Context, tx db.Tx, reservations []ids.ID) error {
	added := sums{}
	err := resolve(ctx, tx, reservations, "VOIDED", func(at share, amount int64) { added.add(at, 0, -amount, 0) })
	if err != nil {
		return err
	}
	apply(tx, added, nil)
	return nil
}

// resolve ends reservations and tells of each where it was and how much it held.
func resolve(
	ctx context.Context, tx db.Tx, reservations []ids.ID, state string, resolved func(at share, amount int64),
) error {
	if len(reservations) == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, resolveReservations, reservations, state, statePending)
	if err != nil {
		return fmt.Errorf("position: resolve: %w", err)
	}
	var at share
	var amount int64
	tag, err := pgx.ForEachRow(rows, []any{&at.ParticipantID, &at.Currency, &at.region, &amount}, func() error {
		resolved(at, amount)
		return nil
	})
	switch {
	case err != nil:
		return fmt.Errorf("position: resolve: %w", err)
	case tag.RowsAffected() != int64(len(reservations)):
		return ErrResolved
	default:
		return nil
	}
}

const changeAmounts = `
UPDATE participant_position SET posted_minor = participant_position.posted_minor + c.posted,
	reserved_minor = participant_position.reserved_minor + c.reserved,
	paying_minor = participant_position.paying_minor + c.paying
FROM (SELECT unnest($1::TEXT[]) AS participant_id, unnest($2::TEXT[]) AS currency, unnest($3::TEXT[]) AS region,
	unnest($4::BIGINT[]) AS posted, unnest($5::BIGINT[]) AS reserved, unnest($6::BIGINT[]) AS paying) AS c
WHERE participant_position.participant_id = c.participant_id AND participant_position.currency = c.currency
	AND participant_position.region = c.region`

// changeHome changes positions where the participants are at home.
const changeHome = `
UPDATE participant_position SET posted_minor = participant_position.posted_minor + c.posted,
	reserved_minor = participant_position.reserved_minor + c.reserved,
	paying_minor = participant_position.paying_minor + c.paying
FROM (SELECT unnest($1::TEXT[]) AS participant_id, unnest($2::TEXT[]) AS currency, unnest($3::TEXT[]) AS region,
	unnest($4::BIGINT[]) AS posted, unnest($5::BIGINT[]) AS reserved, unnest($6::BIGINT[]) AS paying) AS c
JOIN position_limit l ON l.participant_id = c.participant_id AND l.currency = c.currency
WHERE participant_position.participant_id = c.participant_id AND participant_position.currency = c.currency
	AND participant_position.region = l.region`

// Add changes posted positions that were not reserved before, such as the credit
// of an acquirer. A credit always fits; a debit is a fee or residue that follows
// from a posting, is covered by it, and is not refused. Nothing changes if one has no
// position: [ErrNoPosition].
func Add(ctx context.Context, tx db.Tx, changes ...Change) error {
	apply(tx, sums{}, changes)
	return nil
}

// apply touches each share of a position once, those of the participants' homes
// apart because their regions are not known here.
func apply(tx db.Tx, elsewhere sums, changes []Change) {
	home := sums{}
	for _, change := range changes {
		at := share{Key{change.ParticipantID, change.Debit.Currency}, change.Region}
		if change.Region == "" {
			home.add(at, change.Debit.Minor, 0, change.Paying)
		} else {
			elsewhere.add(at, change.Debit.Minor, 0, change.Paying)
		}
	}
	update(tx, changeAmounts, elsewhere)
	update(tx, changeHome, home)
}

func update(tx db.Tx, statement string, added sums) {
	if len(added) == 0 {
		return
	}
	tx.Later(db.WrittenAll("position: change", len(added), ErrNoPosition), statement, added.arguments()...)
}
