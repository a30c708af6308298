CREATE TABLE IF NOT EXISTS list_part (
	list    TEXT   NOT NULL,
	version TEXT   NOT NULL,
	number  BIGINT NOT NULL,
	piece   BIGINT NOT NULL,
	format  TEXT   NOT NULL,
	body    BYTEA  NOT NULL,
	CONSTRAINT list_part_pk PRIMARY KEY (list, version, number, piece)
)
