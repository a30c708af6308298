-- Persons who are to be forgotten. Who it is stands here until the work is done.
CREATE TABLE IF NOT EXISTS erasure (
	erasure_id      UUID        NOT NULL,
	region          TEXT        NOT NULL,
	wallet_id       TEXT        NOT NULL,
	payer_reference TEXT        NOT NULL,
	state           TEXT        NOT NULL,
	before          TIMESTAMPTZ NOT NULL,
	after_id        UUID        NOT NULL,
	payments        BIGINT      NOT NULL,
	agreements      BIGINT      NOT NULL,
	kept            BIGINT      NOT NULL,
	asked_at        TIMESTAMPTZ NOT NULL,
	done_at         TIMESTAMPTZ NOT NULL,
	CONSTRAINT erasure_pk PRIMARY KEY (erasure_id),
	CONSTRAINT erasure_state CHECK (state IN ('PAYMENTS', 'AGREEMENTS', 'DONE'))
)
