-- What must be true of Northwind's data, a column each: tasks/seed/northwind/checks.ts says what is expected of
-- them. Each of the large tables is read once.
WITH order_counts AS MATERIALIZED (
  SELECT
    o.customer_id, o.employee_id, o.order_date,
    grouping(o.customer_id) = 0 AS by_customer,
    grouping(o.employee_id) = 0 AS by_employee,
    grouping(o.order_date) = 0 AS by_day,
    count(*) AS n,
    count(*) FILTER (WHERE o.shipped_date IS NULL) AS on_their_way
  FROM northwind.orders o
  GROUP BY GROUPING SETS ((o.customer_id), (o.employee_id), (o.order_date))
), line_counts AS MATERIALIZED (
  SELECT
    d.product_id, d.quantity,
    grouping(d.product_id) = 0 AS by_product,
    count(*) AS n,
    count(*) FILTER (WHERE d.discount = 0) AS undiscounted
  FROM northwind.order_details d
  GROUP BY GROUPING SETS ((d.product_id), (d.quantity))
), days AS (
  SELECT
    sum(n) AS orders,
    sum(on_their_way) AS on_their_way,
    sum(n) FILTER (WHERE extract(isodow FROM order_date) > 5) AS weekend,
    sum(n) FILTER (WHERE extract(isodow FROM order_date) = 5) AS friday,
    sum(n) FILTER (WHERE extract(month FROM order_date) = 12) AS december,
    sum(n) FILTER (WHERE extract(month FROM order_date) = 6) AS june,
    sum(n) FILTER (WHERE extract(year FROM order_date) = 2021) AS first_year,
    sum(n) FILTER (WHERE extract(year FROM order_date) = 2025) AS last_year
  FROM order_counts
  WHERE by_day
), customers AS (
  -- A tenth of all customers, also of those who have not ordered.
  SELECT sum(n) AS top
  FROM (
    SELECT n FROM order_counts WHERE by_customer
    ORDER BY n DESC LIMIT (SELECT ceil(count(*) / 10.0) FROM northwind.customers)
  ) c
), products AS (
  SELECT sum(n) AS top
  FROM (
    SELECT n FROM line_counts WHERE by_product
    ORDER BY n DESC LIMIT (SELECT ceil(count(*) / 10.0) FROM northwind.products)
  ) p
), quantities AS (
  SELECT quantity, n, undiscounted, sum(n) OVER (ORDER BY quantity) AS until, sum(n) OVER () AS lines
  FROM line_counts
  WHERE NOT by_product
), lines AS (
  SELECT
    sum(n) AS lines,
    sum(undiscounted) AS undiscounted,
    -- Where half of the lines would lie below if each quantity stood for the numbers around it.
    (array_agg(quantity - 0.5 + (lines / 2 - (until - n)) / n ORDER BY quantity) FILTER (WHERE until >= lines / 2))[1]
      AS median
  FROM quantities
)
SELECT
  coalesce(weekend, 0) / orders AS weekend,
  coalesce(friday, 0) / orders AS friday,
  coalesce(december / nullif(coalesce(december, 0) + coalesce(june, 0), 0), 0) AS december,
  coalesce(last_year / nullif(coalesce(first_year, 0) + coalesce(last_year, 0), 0), 0) AS last_year,
  customers.top / orders AS top_customers,
  -- Of all but the vice president, who is there to lead.
  (SELECT coalesce(stddev_samp(ln(n)), 0) FROM order_counts WHERE by_employee AND employee_id > 1) AS employee_spread,
  on_their_way / orders AS on_their_way,
  lines / orders AS lines_per_order,
  products.top / lines AS top_products,
  median AS median_quantity,
  undiscounted / lines AS undiscounted,
  (
    SELECT avg(1 - c.unit_cost / p.unit_price)
    FROM northwind_sales.product_costs c
    JOIN northwind.products p ON p.product_id = c.product_id
    WHERE c.year = 2025
  ) AS margin,
  (SELECT avg((segment_id = 1)::integer) FROM northwind_sales.customer_segments) AS first_segment
FROM days, customers, products, lines
