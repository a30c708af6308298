-- A payment's detail names its quotes, which are found by their ids.
DROP INDEX IF EXISTS fx_quote_payment
