-- The audit log is that of internal/audit.
DROP TABLE IF EXISTS audit_entry
