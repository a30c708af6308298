CREATE TABLE IF NOT EXISTS recon_match (
	match_id         UUID        NOT NULL,
	account_id       TEXT        NOT NULL,
	rule             TEXT        NOT NULL,
	difference_minor BIGINT      NOT NULL,
	matched_at       TIMESTAMPTZ NOT NULL,
	CONSTRAINT recon_match_pk PRIMARY KEY (match_id)
)
