-- Those that were pending before reservations had an expiry are looked at now.
UPDATE reservation SET expires_at = reserved_at WHERE state = 'PENDING' AND expires_at IS NULL
