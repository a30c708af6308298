CREATE TABLE IF NOT EXISTS audit_entry (
	entry_id    UUID        NOT NULL,
	recorded_at TIMESTAMPTZ NOT NULL,
	actor       TEXT        NOT NULL,
	action      TEXT        NOT NULL,
	subject     TEXT        NOT NULL,
	detail      BYTEA       NOT NULL,
	CONSTRAINT audit_entry_pk PRIMARY KEY (entry_id),
	CONSTRAINT audit_entry_has_actor CHECK (actor <> ''),
	CONSTRAINT audit_entry_has_action CHECK (action <> '')
)
