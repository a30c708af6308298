-- What an acquirer's contract says about its merchants: nothing, that they are
-- registered at once, or that people decide about each.
ALTER TABLE participant ADD COLUMN IF NOT EXISTS registration TEXT NOT NULL DEFAULT ''
