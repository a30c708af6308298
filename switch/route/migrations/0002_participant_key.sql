CREATE TABLE IF NOT EXISTS participant_key (
	participant_id TEXT     NOT NULL,
	key_version    SMALLINT NOT NULL,
	public_key     TEXT     NOT NULL,
	CONSTRAINT participant_key_pk PRIMARY KEY (participant_id, key_version),
	CONSTRAINT participant_key_owner FOREIGN KEY (participant_id) REFERENCES participant (participant_id)
)
