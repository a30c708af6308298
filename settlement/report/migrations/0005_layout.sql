-- The column map that a participant's files of a window were first issued with,
-- so that they are the same when they are issued again under another map.
CREATE TABLE IF NOT EXISTS report_layout (
	window_id      UUID        NOT NULL,
	participant_id TEXT        NOT NULL,
	columns        TEXT        NOT NULL,
	created_at     TIMESTAMPTZ NOT NULL,
	CONSTRAINT report_layout_pk PRIMARY KEY (window_id, participant_id)
)
