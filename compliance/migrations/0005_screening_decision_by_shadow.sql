CREATE INDEX IF NOT EXISTS screening_decision_by_shadow ON screening_decision (shadow_version, outcome, shadow_outcome)
	WHERE shadow_version > 0
