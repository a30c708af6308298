CREATE INDEX IF NOT EXISTS review_case_by_state ON review_case (state, opened_at, case_id)
