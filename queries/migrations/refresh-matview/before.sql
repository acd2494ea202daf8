-- What each category sold on each day, worked out once for all who ask. They ask a function, which adds days up.
CREATE MATERIALIZED VIEW northwind_sales.category_days AS
SELECT
  l.order_date, p.category_id,
  sum(l.quantity * l.unit_price) AS list_revenue,
  sum(l.quantity * l.unit_price - l.revenue) AS discounts,
  sum(l.revenue) AS revenue,
  sum(l.cost) AS cost,
  sum(l.profit) AS profit
FROM northwind_sales.order_lines l
JOIN northwind.products p ON p.product_id = l.product_id
GROUP BY l.order_date, p.category_id;
CREATE INDEX category_days_order_date ON northwind_sales.category_days (order_date);
CREATE OR REPLACE FUNCTION northwind_sales.profitability_by_category(from_date date, to_date date)
RETURNS TABLE (
  category_id integer, category_name varchar, list_revenue numeric, discounts numeric, revenue numeric,
  cost numeric, profit numeric, margin_percent numeric
)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT
    c.category_id, c.category_name,
    sum(d.list_revenue), sum(d.discounts), sum(d.revenue), sum(d.cost), sum(d.profit),
    round(100 * sum(d.profit) / nullif(sum(d.revenue), 0), 2)
  FROM northwind_sales.category_days d
  JOIN northwind.categories c ON c.category_id = d.category_id
  WHERE d.order_date BETWEEN profitability_by_category.from_date AND profitability_by_category.to_date
  GROUP BY c.category_id, c.category_name
  ORDER BY c.category_id
$$
