-- Works out each month's sales by country, customer, employee, product and supplier, which is what dashboards ask for.
-- Risk: it reads all order lines, and takes as much of a core meanwhile.
-- Fix: a new view has no readers who could wait. It reads the tables, and so is as new as its own last refresh alone.
-- move: lock_timeout
CREATE MATERIALIZED VIEW northwind_sales.sales_months AS
WITH lines AS (
  SELECT
    d.order_id, d.product_id, o.customer_id, o.employee_id, o.order_date, o.shipped_date,
    date_trunc('month', o.order_date::timestamp)::date AS month,
    d.quantity,
    d.quantity * d.unit_price AS list_revenue,
    round(d.quantity * d.unit_price * (1 - d.discount), 2) AS revenue,
    d.quantity * c.unit_cost AS cost
  FROM northwind.order_details d
  JOIN northwind.orders o ON o.order_id = d.order_id
  LEFT JOIN northwind_sales.product_costs c
    ON c.product_id = d.product_id AND c.year = date_part('year', o.order_date)::integer
  WHERE o.order_date IS NOT NULL
), orders AS (
  SELECT
    order_id, customer_id, employee_id, month, order_date, shipped_date,
    count(*) AS lines,
    sum(quantity) AS quantity,
    sum(list_revenue) AS list_revenue,
    sum(revenue) AS revenue,
    sum(cost) AS cost,
    sum(revenue - cost) AS profit
  FROM lines
  GROUP BY order_id, customer_id, employee_id, month, order_date, shipped_date
), months AS (
  SELECT
    k.dimension, k.key, o.month,
    sum(o.lines)::bigint AS lines,
    count(*) AS orders,
    count(o.shipped_date) AS shipped,
    sum(o.quantity)::bigint AS quantity,
    sum(o.list_revenue) AS list_revenue,
    sum(o.revenue) AS revenue,
    sum(o.cost) AS cost,
    sum(o.profit) AS profit,
    min(o.order_date) AS first_order,
    max(o.order_date) AS last_order
  FROM orders o
  LEFT JOIN northwind.customers c ON c.customer_id = o.customer_id
  CROSS JOIN LATERAL (
    VALUES ('country', c.country::text), ('customer', o.customer_id::text), ('employee', o.employee_id::text)
  ) k (dimension, key)
  WHERE k.key IS NOT NULL
  GROUP BY k.dimension, k.key, o.month
  UNION ALL
  -- An order has a product once, and may have several of one supplier.
  SELECT
    k.dimension, k.key, l.month,
    count(*), NULL, NULL, sum(l.quantity), sum(l.list_revenue), sum(l.revenue), sum(l.cost), sum(l.revenue - l.cost),
    min(l.order_date), max(l.order_date)
  FROM lines l
  JOIN northwind.products p ON p.product_id = l.product_id
  CROSS JOIN LATERAL (VALUES ('product', l.product_id::text), ('supplier', p.supplier_id::text)) k (dimension, key)
  WHERE k.key IS NOT NULL
  GROUP BY k.dimension, k.key, l.month
)
SELECT
  *,
  -- From the first month on: what a customer was worth until then needs no other row.
  min(first_order) OVER so_far AS first_order_so_far,
  (sum(orders) OVER so_far)::bigint AS orders_so_far,
  sum(profit) OVER so_far AS profit_so_far
FROM months
WINDOW so_far AS (PARTITION BY dimension, key ORDER BY month)
