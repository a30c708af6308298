-- Which codes that merchants show are an acquirer's own: a code belongs to the
-- longest prefix that it begins with.
CREATE TABLE IF NOT EXISTS merchant_code (
	prefix         TEXT NOT NULL,
	participant_id TEXT NOT NULL,
	mode           TEXT NOT NULL,
	CONSTRAINT merchant_code_pk PRIMARY KEY (prefix),
	CONSTRAINT merchant_code_mode CHECK (mode IN ('PrivateOrderCode', 'PushPayment', 'EntryCode'))
)
