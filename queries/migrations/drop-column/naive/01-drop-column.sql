-- Drops the region that an order goes to: it is the customer's.
-- Risk: it takes a millisecond, and from then on every program that asks for the column gets error 42703.
-- Fix: a view that shows the column goes in the table's place before it is dropped: see safe/.
-- shows: error 42703
ALTER TABLE northwind.orders DROP COLUMN ship_region
