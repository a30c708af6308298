-- Those of everybody who has none of its own.
INSERT INTO position_threshold (participant_id, percent) VALUES ('', 75), ('', 90), ('', 100)
ON CONFLICT (participant_id, percent) DO NOTHING
