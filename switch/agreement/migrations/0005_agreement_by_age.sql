-- Agreements that still name a payer, by how long they are as they are.
CREATE INDEX IF NOT EXISTS agreement_by_age ON agreement (region, changed_at) WHERE payer_reference <> ''
