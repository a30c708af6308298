CREATE INDEX IF NOT EXISTS customs_declaration_by_payment ON customs_declaration (payment_id)
