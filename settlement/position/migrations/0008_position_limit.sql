CREATE TABLE IF NOT EXISTS position_limit (
	participant_id   TEXT     NOT NULL,
	currency         TEXT     NOT NULL,
	region           TEXT     NOT NULL,
	model            TEXT     NOT NULL,
	limit_minor      BIGINT   NOT NULL,
	prefunded_minor  BIGINT   NOT NULL,
	alerted_percent  SMALLINT NOT NULL,
	alerts           BIGINT   NOT NULL,
	CONSTRAINT position_limit_pk PRIMARY KEY (participant_id, currency),
	CONSTRAINT position_limit_not_negative CHECK (limit_minor >= 0),
	CONSTRAINT position_limit_prefunded_not_negative CHECK (prefunded_minor >= 0),
	CONSTRAINT position_limit_model CHECK (model IN ('DEFERRED_NET', 'GROSS', 'PREFUNDED')),
	CONSTRAINT position_limit_prefunded_only CHECK (model <> 'PREFUNDED' OR limit_minor = 0)
)
