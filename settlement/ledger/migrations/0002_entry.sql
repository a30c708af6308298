CREATE TABLE IF NOT EXISTS ledger_entry (
	entry_id       UUID        NOT NULL,
	region         TEXT        NOT NULL,
	payment_id     UUID        NOT NULL,
	subject_id     UUID        NOT NULL,
	sequence       SMALLINT    NOT NULL,
	kind           TEXT        NOT NULL,
	debit_account  TEXT        NOT NULL,
	credit_account TEXT        NOT NULL,
	currency       TEXT        NOT NULL,
	amount_minor   BIGINT      NOT NULL,
	window_id      UUID        NOT NULL,
	booked_at      TIMESTAMPTZ NOT NULL,
	CONSTRAINT ledger_entry_pk PRIMARY KEY (entry_id),
	CONSTRAINT ledger_entry_once UNIQUE (subject_id, sequence),
	CONSTRAINT ledger_entry_positive CHECK (amount_minor > 0),
	CONSTRAINT ledger_entry_two_sided CHECK (debit_account <> credit_account),
	CONSTRAINT ledger_entry_kind CHECK (kind IN ('PAYMENT', 'RETURN', 'MARKUP', 'ROUNDING', 'FEE'))
)
