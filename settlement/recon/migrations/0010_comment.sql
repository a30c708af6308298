CREATE TABLE IF NOT EXISTS recon_comment (
	comment_id UUID        NOT NULL,
	break_id   UUID        NOT NULL,
	author     TEXT        NOT NULL,
	body       TEXT        NOT NULL,
	written_at TIMESTAMPTZ NOT NULL,
	CONSTRAINT recon_comment_pk PRIMARY KEY (comment_id)
)
