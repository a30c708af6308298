-- A line that the next version of its statement does not have.
ALTER TABLE recon_line
	DROP CONSTRAINT IF EXISTS recon_line_state,
	DROP CONSTRAINT IF EXISTS recon_line_states,
	ADD CONSTRAINT recon_line_states CHECK (state IN ('OPEN', 'MATCHED', 'RESOLVED', 'REPLACED'))
