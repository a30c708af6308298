CREATE INDEX IF NOT EXISTS merchant_registration_by_notice ON merchant_registration (region, untold, notice_at)
