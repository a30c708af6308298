CREATE INDEX IF NOT EXISTS message_record_by_payment ON message_record (payment_id, recorded_at)
