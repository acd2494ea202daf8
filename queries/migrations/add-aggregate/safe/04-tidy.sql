-- What only filling needed.
-- Risk: a step left out leaves a function behind, and nothing worse.
-- Fix: it takes no lock that anyone waits for.
-- move: lock_timeout
DROP FUNCTION northwind_sales.totals_of(text)
