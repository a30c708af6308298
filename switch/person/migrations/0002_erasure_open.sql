-- What is still to be done.
CREATE INDEX IF NOT EXISTS erasure_open ON erasure (region, asked_at) WHERE state <> 'DONE'
