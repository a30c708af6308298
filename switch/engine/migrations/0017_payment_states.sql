-- PUSHING and PUSH: the acquirer decides about a payment whose payer was debited.
ALTER TABLE payment
	DROP CONSTRAINT IF EXISTS payment_states,
	DROP CONSTRAINT IF EXISTS payment_duties,
	ADD CONSTRAINT payment_states CHECK (state IN ('CREATED', 'RESERVED', 'UNRESOLVED', 'PUSHING', 'CANCELLING',
		'HELD', 'POSTED', 'DECLINED', 'CANCELLED', 'REJECTED')),
	ADD CONSTRAINT payment_duties CHECK (duty IN ('NONE', 'INQUIRE', 'CANCEL', 'EXPIRE', 'PUSH'))
