-- Gives every order the moment when it was last changed.
-- Risk: a default that is not the same for all rows has to be written into each: the table is written anew under ACCESS
-- EXCLUSIVE.
-- Fix: the column first, without a value; then the default for new rows, the old rows in batches, and NOT NULL by way of a
-- check: see safe/.
-- shows: wait AccessExclusiveLock northwind.orders | rewrite northwind.orders | stall
ALTER TABLE northwind.orders ADD COLUMN changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
