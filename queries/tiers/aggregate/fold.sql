-- Adds up what writers have noted. What one of them has not committed yet is left for the next batch.
WITH taken AS (
  DELETE FROM northwind_sales.month_changes RETURNING *
)
INSERT INTO northwind_sales.month_totals AS t
SELECT
  dimension, key, month, sum(lines), sum(orders), sum(shipped), sum(quantity), sum(list_revenue), sum(revenue),
  sum(costed), sum(cost), sum(profit)
FROM taken
GROUP BY dimension, key, month
ORDER BY dimension, key, month
ON CONFLICT (dimension, key, month) DO UPDATE SET
  lines = t.lines + excluded.lines,
  orders = t.orders + excluded.orders,
  shipped = t.shipped + excluded.shipped,
  quantity = t.quantity + excluded.quantity,
  list_revenue = t.list_revenue + excluded.list_revenue,
  revenue = t.revenue + excluded.revenue,
  costed = t.costed + excluded.costed,
  cost = t.cost + excluded.cost,
  profit = t.profit + excluded.profit
