-- A region that was credited can give more than it was ever given: its part of the
-- cap is less than nothing then.
ALTER TABLE participant_position DROP CONSTRAINT IF EXISTS participant_position_cap_not_negative
