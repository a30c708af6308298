-- Of which final states an acquirer's contract wants to be notified: of every one, or
-- of those that no answer to a request of its own has told.
ALTER TABLE participant ADD COLUMN IF NOT EXISTS notices TEXT NOT NULL DEFAULT ''
