CREATE TABLE IF NOT EXISTS message_record (
	message_id  UUID        NOT NULL,
	region      TEXT        NOT NULL,
	payment_id  UUID        NOT NULL,
	partner_id  TEXT        NOT NULL,
	direction   TEXT        NOT NULL,
	name        TEXT        NOT NULL,
	body        BYTEA       NOT NULL,
	recorded_at TIMESTAMPTZ NOT NULL,
	CONSTRAINT message_record_pk PRIMARY KEY (message_id),
	CONSTRAINT message_record_direction CHECK (direction IN ('IN', 'OUT'))
)
