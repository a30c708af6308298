CREATE TABLE IF NOT EXISTS audit_row (
	chain       TEXT        NOT NULL,
	sequence    BIGINT      NOT NULL,
	entry_id    UUID        NOT NULL,
	recorded_at TIMESTAMPTZ NOT NULL,
	actor       TEXT        NOT NULL,
	action      TEXT        NOT NULL,
	subject     TEXT        NOT NULL,
	detail      BYTEA       NOT NULL,
	hash        BYTEA       NOT NULL,
	CONSTRAINT audit_row_pk PRIMARY KEY (chain, sequence),
	CONSTRAINT audit_row_once UNIQUE (entry_id),
	CONSTRAINT audit_row_has_actor CHECK (actor <> ''),
	CONSTRAINT audit_row_has_action CHECK (action <> '')
)
