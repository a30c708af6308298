-- Exposures beyond their limits, from when to when.
CREATE TABLE IF NOT EXISTS fx_alert (
	id          UUID        NOT NULL,
	region      TEXT        NOT NULL,
	currency    TEXT        NOT NULL,
	net_minor   BIGINT      NOT NULL,
	limit_minor BIGINT      NOT NULL,
	raised_at   TIMESTAMPTZ NOT NULL,
	cleared_at  TIMESTAMPTZ NULL,
	CONSTRAINT fx_alert_pk PRIMARY KEY (id)
)
