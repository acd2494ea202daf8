-- Gives every order the moment when it was last changed.
-- Risk: a default that is not the same for all rows has to be written into each: the table is written anew under ACCESS
-- EXCLUSIVE.
-- shows: wait AccessExclusiveLock northwind.orders | rewrite northwind.orders | stall
ALTER TABLE northwind.orders ADD COLUMN changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
