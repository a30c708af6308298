CREATE INDEX IF NOT EXISTS recon_comment_by_break ON recon_comment (break_id, written_at, comment_id)
