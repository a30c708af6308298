ALTER TABLE screening_decision
	DROP CONSTRAINT IF EXISTS screening_decision_outcome,
	ADD CONSTRAINT screening_decision_outcome CHECK (outcome IN ('PASS', 'HOLD', 'REJECT'))
