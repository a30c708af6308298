-- Instructions after the first of an obligation.
CREATE TABLE IF NOT EXISTS obligation_instruction (
	instruction_id UUID        NOT NULL,
	obligation_id  UUID        NOT NULL,
	attempt        BIGINT      NOT NULL,
	body           BYTEA       NOT NULL,
	created_at     TIMESTAMPTZ NOT NULL,
	CONSTRAINT obligation_instruction_pk PRIMARY KEY (instruction_id),
	CONSTRAINT obligation_instruction_once UNIQUE (obligation_id, attempt)
)
