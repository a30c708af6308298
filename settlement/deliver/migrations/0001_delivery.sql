-- Files that are brought to partners' file servers. The ones that wait go out in
-- the order of place.
CREATE TABLE IF NOT EXISTS report_delivery (
	file_id        UUID        NOT NULL,
	region         TEXT        NOT NULL,
	participant_id TEXT        NOT NULL,
	path           TEXT        NOT NULL,
	due_at         TIMESTAMPTZ NOT NULL,
	place          BIGINT      NOT NULL,
	state          TEXT        NOT NULL,
	attempts       BIGINT      NOT NULL,
	next_at        TIMESTAMPTZ NOT NULL,
	delivered_at   TIMESTAMPTZ,
	problem        TEXT        NOT NULL,
	CONSTRAINT report_delivery_pk PRIMARY KEY (file_id),
	CONSTRAINT report_delivery_state CHECK (state IN ('WAITING', 'DELIVERED')),
	CONSTRAINT report_delivery_done CHECK ((state = 'DELIVERED') = (delivered_at IS NOT NULL))
)
