ALTER TABLE position_limit
	DROP CONSTRAINT IF EXISTS position_limit_models,
	DROP CONSTRAINT IF EXISTS position_limit_models_known,
	ADD CONSTRAINT position_limit_models_known CHECK (model IN ('DEFERRED_NET', 'GROSS', 'PREFUNDED'))
