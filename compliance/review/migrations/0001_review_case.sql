CREATE TABLE IF NOT EXISTS review_case (
	case_id     UUID        NOT NULL,
	region      TEXT        NOT NULL,
	payment_id  UUID        NOT NULL,
	decision_id UUID        NOT NULL,
	state       TEXT        NOT NULL,
	version     BIGINT      NOT NULL,
	assignee_id UUID        NOT NULL,
	opened_at   TIMESTAMPTZ NOT NULL,
	due_at      TIMESTAMPTZ NOT NULL,
	proposer_id UUID        NOT NULL,
	decider_id  UUID        NOT NULL,
	closed_at   TIMESTAMPTZ NOT NULL,
	CONSTRAINT review_case_pk PRIMARY KEY (case_id),
	CONSTRAINT review_case_once UNIQUE (payment_id),
	CONSTRAINT review_case_state CHECK (state IN ('OPEN', 'RELEASED', 'REFUSED', 'LAPSED', 'MOOT')),
	CONSTRAINT review_case_four_eyes CHECK (state NOT IN ('RELEASED', 'REFUSED') OR proposer_id <> decider_id),
	CONSTRAINT review_case_in_time CHECK (state NOT IN ('RELEASED', 'REFUSED') OR closed_at < due_at)
)
