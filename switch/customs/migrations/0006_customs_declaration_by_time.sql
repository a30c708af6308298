CREATE INDEX IF NOT EXISTS customs_declaration_by_time ON customs_declaration (declared_at, declaration_id)
