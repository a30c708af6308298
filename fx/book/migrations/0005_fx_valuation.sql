-- What a revaluation found of each position: the chart of exposure and profit.
CREATE TABLE IF NOT EXISTS fx_valuation (
	corridor       TEXT   NOT NULL,
	partner_id     TEXT   NOT NULL,
	currency       TEXT   NOT NULL,
	value_date     DATE   NOT NULL,
	value_day      DATE   NOT NULL,
	amount_minor   BIGINT NOT NULL,
	worth_minor    BIGINT NOT NULL,
	gain_minor     BIGINT NOT NULL,
	realised_minor BIGINT NOT NULL,
	CONSTRAINT fx_valuation_pk PRIMARY KEY (corridor, partner_id, currency, value_date, value_day)
)
