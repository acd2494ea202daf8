-- Adds a column, and gives up its place in the queue after a moment.
-- Risk: while the report is open, each try fails; the change may take as long as the report does.
-- Fix: with lock_timeout it waits for no longer than users can; it tries again, until the report is over.
-- move: lock_timeout
ALTER TABLE northwind.orders ADD COLUMN gift_note text
