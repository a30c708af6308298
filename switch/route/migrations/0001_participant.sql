CREATE TABLE IF NOT EXISTS participant (
	participant_id   TEXT    NOT NULL,
	role             TEXT    NOT NULL,
	name             TEXT    NOT NULL,
	region           TEXT    NOT NULL,
	country          TEXT    NOT NULL,
	currency         TEXT    NOT NULL,
	client_id        TEXT    NOT NULL,
	endpoint         TEXT    NOT NULL,
	connector        TEXT    NOT NULL,
	code_prefix      TEXT    NOT NULL,
	fee_basis_points BIGINT  NOT NULL,
	suspended        BOOLEAN NOT NULL,
	CONSTRAINT participant_pk PRIMARY KEY (participant_id),
	CONSTRAINT participant_client UNIQUE (client_id),
	CONSTRAINT participant_role CHECK (role IN ('acquirer', 'wallet')),
	CONSTRAINT participant_fee CHECK (fee_basis_points >= 0 AND fee_basis_points < 10000)
)
