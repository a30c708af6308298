-- UNDER_REVIEW and SEND: people decide whether the wallet is asked.
ALTER TABLE payment
	DROP CONSTRAINT IF EXISTS payment_states,
	DROP CONSTRAINT IF EXISTS payment_duties,
	ADD CONSTRAINT payment_states CHECK (state IN ('CREATED', 'UNDER_REVIEW', 'RESERVED', 'UNRESOLVED', 'PUSHING',
		'CANCELLING', 'HELD', 'POSTED', 'DECLINED', 'CANCELLED', 'REJECTED')),
	ADD CONSTRAINT payment_duties CHECK (duty IN ('NONE', 'SEND', 'INQUIRE', 'CANCEL', 'EXPIRE', 'PUSH'))
