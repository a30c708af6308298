CREATE TABLE IF NOT EXISTS ledger_unsealed (
	region   TEXT NOT NULL,
	entry_id UUID NOT NULL,
	CONSTRAINT ledger_unsealed_pk PRIMARY KEY (region, entry_id)
)
