-- Until there were regions, a position was in one, with its whole cap.
INSERT INTO position_limit (participant_id, currency, region, model, limit_minor, prefunded_minor, alerted_percent, alerts)
SELECT participant_id, currency, region, 'DEFERRED_NET', cap_minor, 0, 0, 0 FROM participant_position
ON CONFLICT (participant_id, currency) DO NOTHING
