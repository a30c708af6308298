-- Lines of both sides. One is open until it is matched, or its break is resolved;
-- belongs_to is its match or break.
CREATE TABLE IF NOT EXISTS recon_line (
	line_id       UUID        NOT NULL,
	account_id    TEXT        NOT NULL,
	side          TEXT        NOT NULL,
	statement_id  UUID        NOT NULL,
	line_refs     TEXT        NOT NULL,
	own_reference TEXT        NOT NULL,
	counterparty  TEXT        NOT NULL,
	currency      TEXT        NOT NULL,
	amount_minor  BIGINT      NOT NULL,
	value_day     TIMESTAMPTZ NOT NULL,
	line_text     TEXT        NOT NULL,
	booked_at     TIMESTAMPTZ NOT NULL,
	state         TEXT        NOT NULL,
	belongs_to    UUID        NOT NULL,
	CONSTRAINT recon_line_pk PRIMARY KEY (line_id),
	CONSTRAINT recon_line_side CHECK (side IN ('OURS', 'THEIRS')),
	CONSTRAINT recon_line_state CHECK (state IN ('OPEN', 'MATCHED', 'RESOLVED'))
)
