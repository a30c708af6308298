-- Declarations that still tell of a person, by their age.
CREATE INDEX IF NOT EXISTS customs_declaration_by_age ON customs_declaration (region, declared_at) WHERE personal
