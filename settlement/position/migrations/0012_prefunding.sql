CREATE TABLE IF NOT EXISTS prefunding_movement (
	movement_id    UUID        NOT NULL,
	participant_id TEXT        NOT NULL,
	currency       TEXT        NOT NULL,
	amount_minor   BIGINT      NOT NULL,
	evidence       TEXT        NOT NULL,
	moved_at       TIMESTAMPTZ NOT NULL,
	CONSTRAINT prefunding_movement_pk PRIMARY KEY (movement_id),
	CONSTRAINT prefunding_movement_evidence_once UNIQUE (participant_id, evidence),
	CONSTRAINT prefunding_movement_not_zero CHECK (amount_minor <> 0),
	CONSTRAINT prefunding_movement_has_evidence CHECK (evidence <> '')
)
