-- What the hub has told settlement banks to pay the participant, and they have not paid
-- yet: it does not cover new debits any more.
ALTER TABLE participant_position ADD COLUMN IF NOT EXISTS paying_minor BIGINT NOT NULL DEFAULT 0
