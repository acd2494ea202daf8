-- Fills in some customers at a time.
-- Risk: one INSERT for all customers would hold all their rows until it ends.
-- Fix: only orders of these customers wait, for as long as one batch takes; each order is counted once, by its trigger or here.
-- move: batches northwind.customers customer_id
INSERT INTO northwind_sales.customer_totals (customer_id, orders, freight)
SELECT c.customer_id, t.orders, t.freight
FROM (
  SELECT customer_id FROM northwind.customers
  WHERE customer_id > :after AND customer_id <= :upto
  ORDER BY customer_id
  FOR UPDATE
) c
CROSS JOIN LATERAL northwind_sales.totals_of(c.customer_id) t
ON CONFLICT (customer_id) DO NOTHING
