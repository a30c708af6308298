-- The sums of the flows with what revaluation has made of them. Cost, unrealised,
-- realised and income_worth are in the book's currency. The treasury's matured
-- positions have the value date 0001-01-01.
CREATE TABLE IF NOT EXISTS fx_position (
	corridor           TEXT   NOT NULL,
	partner_id         TEXT   NOT NULL,
	currency           TEXT   NOT NULL,
	value_date         DATE   NOT NULL,
	amount_minor       BIGINT NOT NULL,
	cost_minor         BIGINT NOT NULL,
	unrealised_minor   BIGINT NOT NULL,
	realised_minor     BIGINT NOT NULL,
	income_minor       BIGINT NOT NULL,
	income_worth_minor BIGINT NOT NULL,
	CONSTRAINT fx_position_pk PRIMARY KEY (corridor, partner_id, currency, value_date)
)
