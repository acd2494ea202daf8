-- Gives the freight of orders the name freight_amount.
-- Risk: it takes a millisecond, and from then on every program that asks for the old name gets error 42703.
-- Fix: both names side by side, kept in step, until no program asks for the old one: see safe/.
-- shows: error 42703
ALTER TABLE northwind.orders RENAME COLUMN freight TO freight_amount
