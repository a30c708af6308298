-- The tariff: what each scope, leg and currency is priced under. An empty text
-- means all. terms is the JSON of the rule.
CREATE TABLE IF NOT EXISTS fx_rule (
	corridor   TEXT        NOT NULL,
	partner_id TEXT        NOT NULL,
	product    TEXT        NOT NULL,
	leg        TEXT        NOT NULL,
	currency   TEXT        NOT NULL,
	terms      BYTEA       NOT NULL,
	changed_at TIMESTAMPTZ NOT NULL,
	CONSTRAINT fx_rule_pk PRIMARY KEY (corridor, partner_id, product, leg, currency),
	CONSTRAINT fx_rule_leg CHECK (leg IN ('payer', 'merchant'))
)
