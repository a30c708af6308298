-- What happened to obligations after they were instructed, in the words of the
-- bank or of the people who decided; an entry of a bank that belongs to no
-- obligation has none. A bank's word has the same id whenever it comes.
CREATE TABLE IF NOT EXISTS settlement_step (
	step_id       UUID        NOT NULL,
	obligation_id UUID        NOT NULL,
	kind          TEXT        NOT NULL,
	direction     TEXT        NOT NULL,
	currency      TEXT        NOT NULL,
	amount_minor  BIGINT      NOT NULL,
	value_date    TIMESTAMPTZ,
	reference     TEXT        NOT NULL,
	reason        TEXT        NOT NULL,
	at            TIMESTAMPTZ NOT NULL,
	CONSTRAINT settlement_step_pk PRIMARY KEY (step_id),
	CONSTRAINT settlement_step_kind CHECK (kind IN ('CONFIRMED', 'ACCEPTED', 'REJECTED', 'RETRIED', 'MOVED', 'COVERED',
		'UNMATCHED')),
	CONSTRAINT settlement_step_amount CHECK (amount_minor >= 0)
)
