-- An empty table.
-- move: lock_timeout
CREATE TABLE northwind_sales.customer_totals (
  customer_id varchar(5) PRIMARY KEY,
  orders integer NOT NULL,
  freight numeric NOT NULL
)
