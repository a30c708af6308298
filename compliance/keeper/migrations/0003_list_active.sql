CREATE TABLE IF NOT EXISTS list_active (
	list         TEXT        NOT NULL,
	version      TEXT        NOT NULL,
	activated_at TIMESTAMPTZ NOT NULL,
	confirmed_at TIMESTAMPTZ NOT NULL,
	next_at      TIMESTAMPTZ NOT NULL,
	CONSTRAINT list_active_pk PRIMARY KEY (list)
)
