CREATE TABLE IF NOT EXISTS operator (
	operator_id UUID        NOT NULL,
	name        TEXT        NOT NULL,
	token_hash  BYTEA       NOT NULL,
	roles       TEXT        NOT NULL,
	active      BOOLEAN     NOT NULL,
	created_at  TIMESTAMPTZ NOT NULL,
	CONSTRAINT operator_pk PRIMARY KEY (operator_id),
	CONSTRAINT operator_token UNIQUE (token_hash),
	CONSTRAINT operator_has_name CHECK (name <> ''),
	CONSTRAINT operator_has_role CHECK (roles <> '')
)
