-- A second column of the new name.
-- Risk: ACCESS EXCLUSIVE, for a millisecond, once it has it.
-- Fix: programs of both kinds work from here to the end; the old name goes when nobody asks for it any more.
-- move: lock_timeout
ALTER TABLE northwind.orders ADD COLUMN freight_amount numeric(12, 2)
