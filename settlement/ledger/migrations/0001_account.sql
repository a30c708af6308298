CREATE TABLE IF NOT EXISTS ledger_account (
	account_id     TEXT        NOT NULL,
	owner_id       TEXT        NOT NULL,
	purpose        TEXT        NOT NULL,
	currency       TEXT        NOT NULL,
	debits_minor   BIGINT      NOT NULL,
	credits_minor  BIGINT      NOT NULL,
	CONSTRAINT ledger_account_pk PRIMARY KEY (account_id),
	CONSTRAINT ledger_account_debits_grow CHECK (debits_minor >= 0),
	CONSTRAINT ledger_account_credits_grow CHECK (credits_minor >= 0)
)
