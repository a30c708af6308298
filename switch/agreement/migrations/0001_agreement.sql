CREATE TABLE IF NOT EXISTS agreement (
	agreement_id    UUID        NOT NULL,
	region          TEXT        NOT NULL,
	acquirer_id     TEXT        NOT NULL,
	wallet_id       TEXT        NOT NULL,
	client_id       TEXT        NOT NULL,
	reference_id    TEXT        NOT NULL,
	checked_hash    BYTEA       NOT NULL,
	state           TEXT        NOT NULL,
	payer_reference TEXT        NOT NULL,
	created_at      TIMESTAMPTZ NOT NULL,
	changed_at      TIMESTAMPTZ NOT NULL,
	CONSTRAINT agreement_pk PRIMARY KEY (agreement_id),
	CONSTRAINT agreement_key UNIQUE (acquirer_id, client_id, reference_id),
	CONSTRAINT agreement_state CHECK (state IN ('PREPARED', 'ACTIVE', 'CANCELLED'))
)
