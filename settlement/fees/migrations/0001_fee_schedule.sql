-- What participants are charged or paid for a window beside payments. A line is
-- never changed: one that is effective later takes its place from then on.
CREATE TABLE IF NOT EXISTS fee_schedule (
	kind           TEXT        NOT NULL,
	participant_id TEXT        NOT NULL,
	corridor       TEXT        NOT NULL,
	product        TEXT        NOT NULL,
	currency       TEXT        NOT NULL,
	effective_at   TIMESTAMPTZ NOT NULL,
	paid           BOOLEAN     NOT NULL,
	points         BIGINT      NOT NULL,
	fixed_minor    BIGINT      NOT NULL,
	least_minor    BIGINT      NOT NULL,
	most_minor     BIGINT      NOT NULL,
	CONSTRAINT fee_schedule_pk PRIMARY KEY (kind, participant_id, corridor, product, currency, effective_at),
	CONSTRAINT fee_schedule_kind CHECK (kind IN ('INTERCHANGE', 'SCHEME', 'TAX')),
	CONSTRAINT fee_schedule_points CHECK (points >= 0 AND points <= 10000),
	CONSTRAINT fee_schedule_amounts CHECK (fixed_minor >= 0 AND least_minor >= 0 AND most_minor >= 0)
)
