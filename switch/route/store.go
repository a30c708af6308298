package route

import (
	"context"
	"embed"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the steps that make this package's tables.
func Migrations() ([]db.Migration, error) { return db.LoadMigrations("route", files) }

const insertParticipant = `
INSERT INTO participant (participant_id, role, name, region, country, currency, client_id, endpoint, connector,
	code_prefix, fee_basis_points, suspended, notices)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (participant_id) DO UPDATE SET name = excluded.name, endpoint = excluded.endpoint,
	code_prefix = excluded.code_prefix, fee_basis_points = excluded.fee_basis_points, suspended = excluded.suspended`

const insertKey = `
INSERT INTO participant_key (participant_id, key_version, public_key) VALUES ($1, $2, $3)
ON CONFLICT (participant_id, key_version) DO UPDATE SET public_key = excluded.public_key`

// SaveParticipant adds a participant or changes what may change: name,
// endpoint, prefix, fee, suspension and keys. Role, region, country, currency and
// what its contract says about notifications stay as they were.
func SaveParticipant(ctx context.Context, tx db.Tx, p Participant) error {
	_, err := tx.Exec(ctx, insertParticipant, p.ID, p.Role, p.Name, p.Region, p.Country, p.Currency, p.ClientID,
		p.Endpoint, p.Connector, p.CodePrefix, p.FeeBasisPoints, p.Suspended, string(p.Notices))
	if err != nil {
		return fmt.Errorf("route: save participant %s: %w", p.ID, err)
	}
	for version, key := range p.Keys {
		if _, err := tx.Exec(ctx, insertKey, p.ID, int16(version), key); err != nil {
			return fmt.Errorf("route: save key %d of %s: %w", version, p.ID, err)
		}
	}
	return nil
}

const setSuspended = `UPDATE participant SET suspended = $2 WHERE participant_id = $1`

// Suspend stops a participant from starting payments, or lets it again.
func Suspend(ctx context.Context, tx db.Tx, participantID string, suspended bool) error {
	changed, err := tx.Exec(ctx, setSuspended, participantID, suspended)
	if err != nil {
		return fmt.Errorf("route: suspend: %w", err)
	}
	if changed == 0 {
		return fmt.Errorf("route: suspend: no participant %s", participantID)
	}
	return nil
}

const selectParticipants = `
SELECT participant_id, role, name, region, country, currency, client_id, endpoint, connector, code_prefix,
	fee_basis_points, suspended, registration, notices, inbound_per_second, inbound_burst, inbound_at_once,
	outbound_per_second, outbound_burst, outbound_at_once
FROM participant ORDER BY participant_id`

const selectKeys = `SELECT participant_id, key_version, public_key FROM participant_key`

// Load reads the present directory. Its version is read first, so that it is never
// one whose change the directory lacks.
func Load(ctx context.Context, reader db.Reader) (*Directory, error) {
	version, err := loadVersion(ctx, reader)
	if err != nil {
		return nil, fmt.Errorf("route: load version: %w", err)
	}
	participants, err := loadParticipants(ctx, reader)
	if err != nil {
		return nil, fmt.Errorf("route: load participants: %w", err)
	}
	corridors, err := loadCorridors(ctx, reader)
	if err != nil {
		return nil, fmt.Errorf("route: load corridors: %w", err)
	}
	codes, err := loadMerchantCodes(ctx, reader)
	if err != nil {
		return nil, fmt.Errorf("route: load merchant codes: %w", err)
	}
	accounts, err := loadAccountOwners(ctx, reader)
	if err != nil {
		return nil, fmt.Errorf("route: load account owners: %w", err)
	}
	issuers, err := loadIssuerPrefixes(ctx, reader)
	if err != nil {
		return nil, fmt.Errorf("route: load issuer prefixes: %w", err)
	}
	directory := NewDirectory(participants, corridors).WithCodes(codes).WithAccounts(accounts).WithIssuers(issuers)
	directory.version = version
	return directory, nil
}

func loadParticipants(ctx context.Context, reader db.Reader) ([]Participant, error) {
	keys, err := loadKeys(ctx, reader)
	if err != nil {
		return nil, err
	}
	rows, err := reader.Query(ctx, selectParticipants)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Participant, error) {
		var p Participant
		err := row.Scan(&p.ID, &p.Role, &p.Name, &p.Region, &p.Country, &p.Currency, &p.ClientID, &p.Endpoint,
			&p.Connector, &p.CodePrefix, &p.FeeBasisPoints, &p.Suspended, &p.Registration, &p.Notices,
			&p.Inbound.PerSecond, &p.Inbound.Burst, &p.Inbound.AtOnce,
			&p.Outbound.PerSecond, &p.Outbound.Burst, &p.Outbound.AtOnce)
		p.Keys = keys[p.ID]
		return p, err
	})
}

func loadKeys(ctx context.Context, reader db.Reader) (map[string]map[int]string, error) {
	rows, err := reader.Query(ctx, selectKeys)
	if err != nil {
		return nil, err
	}
	keys := map[string]map[int]string{}
	var participant, key string
	var version int16
	_, err = pgx.ForEachRow(rows, []any{&participant, &version, &key}, func() error {
		if keys[participant] == nil {
			keys[participant] = map[int]string{}
		}
		keys[participant][int(version)] = key
		return nil
	})
	return keys, err
}
