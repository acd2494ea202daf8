-- Adds a column, which takes a millisecond: once it has its lock.
-- Risk: ACCESS EXCLUSIVE waits for the report, and whoever comes after it waits behind it, readers too. The table is
-- away for as long as the report takes.
-- Fix: a short lock_timeout, and another try after a while: see safe/.
-- shows: wait AccessExclusiveLock northwind.orders | stall
ALTER TABLE northwind.orders ADD COLUMN gift_note text
