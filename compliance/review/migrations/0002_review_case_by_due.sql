CREATE INDEX IF NOT EXISTS review_case_by_due ON review_case (state, due_at, case_id)
