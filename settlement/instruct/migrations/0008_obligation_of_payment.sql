-- An obligation is what is left of a window, or what one payment or return comes to.
ALTER TABLE obligation ADD COLUMN IF NOT EXISTS subject_id UUID
