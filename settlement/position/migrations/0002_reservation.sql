CREATE TABLE IF NOT EXISTS reservation (
	reservation_id UUID        NOT NULL,
	region         TEXT        NOT NULL,
	payment_id     UUID        NOT NULL,
	participant_id TEXT        NOT NULL,
	currency       TEXT        NOT NULL,
	amount_minor   BIGINT      NOT NULL,
	state          TEXT        NOT NULL,
	reserved_at    TIMESTAMPTZ NOT NULL,
	CONSTRAINT reservation_pk PRIMARY KEY (reservation_id),
	CONSTRAINT reservation_positive CHECK (amount_minor > 0),
	CONSTRAINT reservation_state CHECK (state IN ('PENDING', 'POSTED', 'VOIDED'))
)
