-- What only filling needed.
-- Risk: DROP TABLE waits for writers that looked into the list before it was done with, and others would wait behind it.
-- Fix: it gives up after a moment, and tries again; in a step after the one that stops looking.
-- move: lock_timeout
DROP TABLE northwind_sales.months_unfilled;
DROP FUNCTION northwind_sales.fill_months(text[]);
ANALYZE northwind_sales.month_totals
