CREATE TABLE IF NOT EXISTS ledger_link (
	region   TEXT   NOT NULL,
	number   BIGINT NOT NULL,
	entry_id UUID   NOT NULL,
	hash     BYTEA  NOT NULL,
	CONSTRAINT ledger_link_pk PRIMARY KEY (region, number),
	CONSTRAINT ledger_link_once UNIQUE (region, entry_id)
)
