-- What only filling needed.
-- move: lock_timeout
DROP FUNCTION northwind_sales.totals_of(text)
