CREATE INDEX IF NOT EXISTS proposal_by_time ON proposal (created_at, proposal_id)
