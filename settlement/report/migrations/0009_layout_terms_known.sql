-- Of files that were issued before, the names and the moment when the settlement file was due
-- tell: 08:00 UTC+8 of the value date is its beginning in UTC. The first window follows when
-- they are issued again.
UPDATE report_layout SET
	value_date = coalesce(value_date, (SELECT min(f.due_at) FROM report_file f
		WHERE f.window_id = report_layout.window_id AND f.participant_id = report_layout.participant_id AND f.kind = 'settlement')),
	agreement = coalesce(agreement, (SELECT min(split_part(f.path, '_', 5)) FROM report_file f
		WHERE f.window_id = report_layout.window_id AND f.participant_id = report_layout.participant_id AND f.kind = 'settlement'))
WHERE value_date IS NULL OR agreement IS NULL
