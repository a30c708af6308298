CREATE INDEX IF NOT EXISTS dispute_by_notice ON dispute (region, notice, notice_at)
