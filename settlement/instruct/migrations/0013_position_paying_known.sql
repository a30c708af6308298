-- What was on its way to participants before positions knew of it.
UPDATE participant_position SET paying_minor = coalesce((
	SELECT sum(o.amount_minor - o.discharged_minor)::BIGINT FROM obligation o
	WHERE o.participant_id = participant_position.participant_id AND o.currency = participant_position.currency
		AND o.direction = 'PAY_OUT' AND o.state NOT IN ('SETTLED', 'MOVED', 'COVERED')
		AND coalesce((SELECT a.region FROM participant_position a
			WHERE a.participant_id = o.participant_id AND a.currency = o.currency AND a.region = o.region),
			(SELECT l.region FROM position_limit l WHERE l.participant_id = o.participant_id AND l.currency = o.currency))
			= participant_position.region), 0)
