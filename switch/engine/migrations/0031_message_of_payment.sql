-- Messages of a payment have the same key, which the index holds once; they are put in order when they are read.
CREATE INDEX IF NOT EXISTS message_record_of_payment ON message_record (payment_id)
