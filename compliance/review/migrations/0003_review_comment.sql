CREATE TABLE IF NOT EXISTS review_comment (
	case_id    UUID        NOT NULL,
	number     BIGINT      NOT NULL,
	author_id  UUID        NOT NULL,
	written_at TIMESTAMPTZ NOT NULL,
	body       TEXT        NOT NULL,
	CONSTRAINT review_comment_pk PRIMARY KEY (case_id, number)
)
