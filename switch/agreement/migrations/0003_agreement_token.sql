-- A token is a key to a payer's money: only its hash is here.
CREATE TABLE IF NOT EXISTS agreement_token (
	token_hash   BYTEA       NOT NULL,
	agreement_id UUID        NOT NULL,
	kind         TEXT        NOT NULL,
	expires_at   TIMESTAMPTZ NOT NULL,
	ended_at     TIMESTAMPTZ NOT NULL,
	CONSTRAINT agreement_token_pk PRIMARY KEY (token_hash),
	CONSTRAINT agreement_token_kind CHECK (kind IN ('CODE', 'ACCESS', 'REFRESH')),
	CONSTRAINT agreement_token_of FOREIGN KEY (agreement_id) REFERENCES agreement (agreement_id)
)
