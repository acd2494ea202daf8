-- Fills in some customers at a time.
-- Risk: one INSERT for all customers would hold all rows until it ends.
-- Fix: only orders of these customers, and of the same employees and products in the same months, wait, for as long as one
-- batch takes; each order is counted once, by its trigger or here.
-- move: batches northwind_sales.months_unfilled customer_id
WITH taken AS (
  DELETE FROM northwind_sales.months_unfilled
  WHERE customer_id > :after AND customer_id <= :upto
  RETURNING customer_id
)
SELECT northwind_sales.fill_months(array_agg(customer_id::text)) FROM taken
