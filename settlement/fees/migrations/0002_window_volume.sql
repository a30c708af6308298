-- What a participant moved in a window, kept with every posting, so that fees
-- take as long for ten million payments as for ten.
CREATE TABLE IF NOT EXISTS window_volume (
	window_id      UUID   NOT NULL,
	participant_id TEXT   NOT NULL,
	corridor       TEXT   NOT NULL,
	product        TEXT   NOT NULL,
	currency       TEXT   NOT NULL,
	payments       BIGINT NOT NULL,
	paid_minor     BIGINT NOT NULL,
	returns        BIGINT NOT NULL,
	returned_minor BIGINT NOT NULL,
	CONSTRAINT window_volume_pk PRIMARY KEY (window_id, participant_id, corridor, product, currency)
)
