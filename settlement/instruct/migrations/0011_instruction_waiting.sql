-- Instructions about single payments that were not handed to a settlement bank yet.
CREATE TABLE IF NOT EXISTS instruction_waiting (
	region         TEXT NOT NULL,
	instruction_id UUID NOT NULL,
	obligation_id  UUID NOT NULL,
	CONSTRAINT instruction_waiting_pk PRIMARY KEY (region, instruction_id)
)
