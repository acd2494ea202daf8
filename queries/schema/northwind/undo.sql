-- Removes every row with a reserved key; $1 is the first reserved order_id. Returns rows by table.
WITH lines AS (
  DELETE FROM northwind.order_details WHERE order_id >= $1 RETURNING 1
), heads AS (
  DELETE FROM northwind.orders WHERE order_id >= $1 RETURNING 1
)
SELECT
  (SELECT count(*)::integer FROM lines) AS order_details,
  (SELECT count(*)::integer FROM heads) AS orders;
