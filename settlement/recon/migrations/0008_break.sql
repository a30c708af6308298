-- Differences, until they clear by themselves or people resolve them.
CREATE TABLE IF NOT EXISTS recon_break (
	break_id         UUID        NOT NULL,
	account_id       TEXT        NOT NULL,
	kind             TEXT        NOT NULL,
	currency         TEXT        NOT NULL,
	ours_minor       BIGINT      NOT NULL,
	theirs_minor     BIGINT      NOT NULL,
	value_day        TIMESTAMPTZ NOT NULL,
	state            TEXT        NOT NULL,
	owner            TEXT        NOT NULL,
	opened_at        TIMESTAMPTZ NOT NULL,
	closed_at        TIMESTAMPTZ,
	closed_by        TEXT        NOT NULL,
	resolution       TEXT        NOT NULL,
	CONSTRAINT recon_break_pk PRIMARY KEY (break_id),
	CONSTRAINT recon_break_kind CHECK (kind IN ('MISSING_WITH_US', 'MISSING_WITH_THEM', 'AMOUNT_DIFFERS', 'DATE_DIFFERS',
		'DUPLICATE', 'BALANCE_DIFFERS')),
	CONSTRAINT recon_break_state CHECK (state IN ('OPEN', 'CLEARED', 'RESOLVED')),
	CONSTRAINT recon_break_closed CHECK ((state = 'OPEN') = (closed_at IS NULL))
)
