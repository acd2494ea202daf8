-- An empty table.
-- Risk: a new table has no readers; CREATE TABLE locks nothing that is there.
-- Fix: what the naive form does in one transaction is done in steps, each of which ends by itself.
-- move: lock_timeout
CREATE TABLE northwind_sales.customer_totals (
  customer_id varchar(5) PRIMARY KEY,
  orders integer NOT NULL,
  freight numeric NOT NULL
)
