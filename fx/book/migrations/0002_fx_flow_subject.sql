CREATE INDEX IF NOT EXISTS fx_flow_subject ON fx_flow (subject_id)
