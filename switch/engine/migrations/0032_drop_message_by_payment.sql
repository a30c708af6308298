DROP INDEX IF EXISTS message_record_by_payment
