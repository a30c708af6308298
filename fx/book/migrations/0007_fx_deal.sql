-- Deals with liquidity providers, each approved by two people.
CREATE TABLE IF NOT EXISTS fx_deal (
	deal_id       UUID        NOT NULL,
	region        TEXT        NOT NULL,
	counterparty  TEXT        NOT NULL,
	reference     TEXT        NOT NULL,
	buy_currency  TEXT        NOT NULL,
	buy_minor     BIGINT      NOT NULL,
	sell_currency TEXT        NOT NULL,
	sell_minor    BIGINT      NOT NULL,
	value_date    DATE        NOT NULL,
	booked_at     TIMESTAMPTZ NOT NULL,
	CONSTRAINT fx_deal_pk PRIMARY KEY (deal_id),
	CONSTRAINT fx_deal_once UNIQUE (counterparty, reference),
	CONSTRAINT fx_deal_amounts CHECK (buy_minor > 0 AND sell_minor > 0 AND buy_currency <> sell_currency)
)
