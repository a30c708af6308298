-- Whose the merchant codes of payment schemes are. institution and alias_hash narrow
-- an identifier, at most one of them; empty means that it is not narrowed.
CREATE TABLE IF NOT EXISTS account_owner (
	identifier     TEXT NOT NULL,
	institution    TEXT NOT NULL,
	alias_hash     TEXT NOT NULL,
	participant_id TEXT NOT NULL,
	mode           TEXT NOT NULL,
	CONSTRAINT account_owner_pk PRIMARY KEY (identifier, institution, alias_hash),
	CONSTRAINT account_owner_narrow CHECK (institution = '' OR alias_hash = ''),
	CONSTRAINT account_owner_mode CHECK (mode IN ('PrivateOrderCode', 'PushPayment', 'EntryCode'))
)
