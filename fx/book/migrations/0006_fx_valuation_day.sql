CREATE INDEX IF NOT EXISTS fx_valuation_day ON fx_valuation (currency, value_day)
