-- The index that a refresh beside readers needs, which finds one customer's months too; and one that finds a month's rows.
-- Risk: CREATE INDEX takes SHARE on the new view alone, which nobody uses yet.
-- Fix: programs are told to read the view when this is done.
-- move: lock_timeout
CREATE UNIQUE INDEX sales_months_key ON northwind_sales.sales_months (dimension, key, month);
CREATE INDEX sales_months_month ON northwind_sales.sales_months (dimension, month);
ANALYZE northwind_sales.sales_months
