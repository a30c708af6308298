-- What each payment, return or deal adds to the hub's exposure, once. cost_minor
-- and income_worth_minor are in the book's currency.
CREATE TABLE IF NOT EXISTS fx_flow (
	flow_id            UUID        NOT NULL,
	region             TEXT        NOT NULL,
	subject_id         UUID        NOT NULL,
	payment_id         UUID        NOT NULL,
	corridor           TEXT        NOT NULL,
	partner_id         TEXT        NOT NULL,
	currency           TEXT        NOT NULL,
	value_date         DATE        NOT NULL,
	amount_minor       BIGINT      NOT NULL,
	cost_minor         BIGINT      NOT NULL,
	income_minor       BIGINT      NOT NULL,
	income_worth_minor BIGINT      NOT NULL,
	booked_at          TIMESTAMPTZ NOT NULL,
	CONSTRAINT fx_flow_pk PRIMARY KEY (flow_id)
)
