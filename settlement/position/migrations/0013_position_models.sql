ALTER TABLE position_limit
	DROP CONSTRAINT IF EXISTS position_limit_model,
	DROP CONSTRAINT IF EXISTS position_limit_models,
	ADD CONSTRAINT position_limit_models CHECK (model IN ('DEFERRED_NET', 'PREFUNDED'))
