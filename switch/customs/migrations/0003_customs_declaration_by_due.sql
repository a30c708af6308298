-- Declarations that the wallet has not answered, by when it is asked again.
CREATE INDEX IF NOT EXISTS customs_declaration_by_due ON customs_declaration (region, due_at) WHERE state = 'SENT'
