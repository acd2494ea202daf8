-- All customers are filled in: nobody looks any more whether one is.
-- Risk: a step left out leaves each writer with a question more, and nothing worse.
-- Fix: it takes no lock that anyone waits for.
-- move: lock_timeout
CREATE OR REPLACE FUNCTION northwind_sales.is_counted(customer text) RETURNS boolean
LANGUAGE sql STABLE AS 'SELECT true'
