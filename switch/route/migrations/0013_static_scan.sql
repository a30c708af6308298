-- The last payment that a payer has started by a static code: scanned again while that
-- is open it is the same payment, afterwards another one. The key is a hash of code,
-- wallet and payer.
CREATE TABLE IF NOT EXISTS static_scan (
	scan_hash  BYTEA NOT NULL,
	region     TEXT  NOT NULL,
	payment_id UUID  NOT NULL,
	CONSTRAINT static_scan_pk PRIMARY KEY (scan_hash)
)
