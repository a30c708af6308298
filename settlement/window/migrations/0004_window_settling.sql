-- What was instructed is being settled.
UPDATE settlement_window SET state = 'SETTLING' WHERE state = 'INSTRUCTED'
