-- Places an order: its head with the customer's address as the shipping address, and one line per product at
-- the product's current price. One statement of the caller, so all of it happens or nothing.
--
-- The caller chooses the order's key. In a benchmark every request then has a key that is known before it is
-- sent, so that what it wrote can be read back, compared and removed.
CREATE FUNCTION northwind.place_order(
  order_id integer,
  customer_id text,
  employee_id integer,
  order_date date,
  ship_via integer,
  freight numeric,
  product_ids integer[],
  quantities integer[]
) RETURNS northwind.orders
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  placed northwind.orders;
  lines integer;
BEGIN
  INSERT INTO northwind.orders (
    order_id, customer_id, employee_id, order_date, required_date, ship_via, freight,
    ship_name, ship_address, ship_city, ship_region, ship_postal_code, ship_country
  )
  SELECT
    place_order.order_id, c.customer_id, place_order.employee_id, place_order.order_date,
    place_order.order_date + 28, place_order.ship_via, place_order.freight,
    c.company_name, c.address, c.city, c.region, c.postal_code, c.country
  FROM northwind.customers c
  WHERE c.customer_id = place_order.customer_id
  RETURNING * INTO placed;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'Cannot place order %: customer % does not exist', place_order.order_id, place_order.customer_id
      USING ERRCODE = 'foreign_key_violation';
  END IF;

  INSERT INTO northwind.order_details (order_id, product_id, unit_price, quantity, discount)
  SELECT place_order.order_id, p.product_id, p.unit_price, line.quantity, 0
  FROM unnest(place_order.product_ids, place_order.quantities) AS line (product_id, quantity)
  JOIN northwind.products p ON p.product_id = line.product_id;
  GET DIAGNOSTICS lines = ROW_COUNT;
  IF lines IS DISTINCT FROM cardinality(place_order.product_ids) OR lines = 0 THEN
    RAISE EXCEPTION 'Cannot place order %: % of % products exist', place_order.order_id, lines,
      coalesce(cardinality(place_order.product_ids), 0)
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN placed;
END
$$;

-- PostGraphile's mutation then answers `placeOrder.order` instead of `placeOrder.result`.
COMMENT ON FUNCTION northwind.place_order(integer, text, integer, date, integer, numeric, integer[], integer[])
  IS E'@resultFieldName order\nPlaces an order with its lines at the products'' current prices.';

-- Sales analytics.

-- Order lines with what they brought. A cost that is not known, of an order after the last year with costs, leaves
-- cost and profit empty. The costs are joined from the left, so that a question that only asks for revenue is
-- answered without them.
CREATE VIEW northwind_sales.order_lines AS
SELECT
  d.order_id, d.product_id, o.customer_id, o.employee_id, o.order_date,
  d.quantity, d.unit_price, d.discount,
  round(d.quantity * d.unit_price * (1 - d.discount), 2) AS revenue,
  d.quantity * c.unit_cost AS cost,
  round(d.quantity * d.unit_price * (1 - d.discount), 2) - d.quantity * c.unit_cost AS profit
FROM northwind.order_details d
JOIN northwind.orders o ON o.order_id = d.order_id
LEFT JOIN northwind_sales.product_costs c
  ON c.product_id = d.product_id AND c.year = date_part('year', o.order_date)::integer;

-- The questions of queries/workloads/sales-analytics for GraphQL, which cannot group and order as they do. The
-- files there ask the same without functions, so that a variant of one can be tried without seeding anew. The
-- planner puts each of these in the place of its call.

-- Month by month, the newest first, what a country's customers ordered, how much of it was shipped, and what it brought.
CREATE FUNCTION northwind_sales.sales_overview(
  country text, from_month date, months integer, page_size integer, skip integer
) RETURNS TABLE (month date, orders bigint, shipped bigint, revenue numeric, cost numeric, profit numeric)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT
    date_trunc('month', o.order_date::timestamp)::date AS month,
    count(DISTINCT o.order_id) AS orders,
    count(DISTINCT o.order_id) FILTER (WHERE o.shipped_date IS NOT NULL) AS shipped,
    sum(l.revenue) AS revenue,
    sum(l.cost) AS cost,
    sum(l.profit) AS profit
  FROM northwind.customers c
  JOIN northwind.orders o ON o.customer_id = c.customer_id
  JOIN northwind_sales.order_lines l ON l.order_id = o.order_id
  WHERE c.country = sales_overview.country
    AND o.order_date >= sales_overview.from_month
    AND o.order_date < (sales_overview.from_month + make_interval(months => sales_overview.months))::date
  GROUP BY 1
  ORDER BY 1 DESC
  LIMIT sales_overview.page_size OFFSET sales_overview.skip
$$;

-- A category's products by what they sold in some months, those with most revenue first.
CREATE FUNCTION northwind_sales.product_performance(
  category_id integer, from_month date, months integer, page_size integer, skip integer
) RETURNS TABLE (
  product_id integer, product_name varchar, orders bigint, quantity bigint, revenue numeric, profit numeric,
  margin_percent numeric
)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT
    p.product_id, p.product_name,
    -- An order has a product once.
    count(*) AS orders,
    sum(l.quantity) AS quantity,
    sum(l.revenue) AS revenue,
    sum(l.profit) AS profit,
    round(100 * sum(l.profit) / nullif(sum(l.revenue), 0), 2) AS margin_percent
  FROM northwind.products p
  JOIN northwind_sales.order_lines l ON l.product_id = p.product_id
  WHERE p.category_id = product_performance.category_id
    AND l.order_date >= product_performance.from_month
    AND l.order_date < (product_performance.from_month + make_interval(months => product_performance.months))::date
  GROUP BY p.product_id
  ORDER BY sum(l.revenue) DESC, p.product_id
  LIMIT product_performance.page_size OFFSET product_performance.skip
$$;

-- A segment's customers who ordered in some months, those with most revenue first, and their value over their lifetime,
-- which is their profit up to the end of these months.
CREATE FUNCTION northwind_sales.customer_value(
  segment_id integer, from_month date, months integer, page_size integer, skip integer
) RETURNS TABLE (
  customer_id varchar, company_name varchar, country varchar, first_order date, last_order date,
  orders bigint, revenue numeric, lifetime_value numeric, value_per_order numeric
)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT
    c.customer_id, c.company_name, c.country,
    v.first_order, v.last_order, v.orders, v.revenue, v.lifetime_value,
    round(v.lifetime_value / v.orders, 2) AS value_per_order
  FROM (
    SELECT
      l.customer_id,
      min(l.order_date) AS first_order,
      max(l.order_date) AS last_order,
      count(DISTINCT l.order_id) AS orders,
      sum(l.revenue) FILTER (WHERE l.order_date >= customer_value.from_month) AS revenue,
      sum(l.profit) AS lifetime_value
    FROM northwind_sales.customer_segments m
    JOIN northwind_sales.order_lines l ON l.customer_id = m.customer_id
    WHERE m.segment_id = customer_value.segment_id
      AND l.order_date < (customer_value.from_month + make_interval(months => customer_value.months))::date
    GROUP BY l.customer_id
    HAVING max(l.order_date) >= customer_value.from_month
  ) v
  JOIN northwind.customers c ON c.customer_id = v.customer_id
  ORDER BY v.revenue DESC, c.customer_id
  LIMIT customer_value.page_size OFFSET customer_value.skip
$$;

-- A country's employees by their revenue in some months, against their targets for the quarters that begin in these.
CREATE FUNCTION northwind_sales.sales_rep_leaderboard(
  country text, from_month date, months integer, page_size integer, skip integer
) RETURNS TABLE (
  place bigint, employee_id integer, last_name varchar, first_name varchar, title varchar,
  orders bigint, revenue numeric, profit numeric, target numeric, attainment_percent numeric
)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT
    rank() OVER (ORDER BY coalesce(s.revenue, 0) DESC) AS place,
    e.employee_id, e.last_name, e.first_name, e.title,
    coalesce(s.orders, 0) AS orders,
    coalesce(s.revenue, 0) AS revenue,
    coalesce(s.profit, 0) AS profit,
    t.target,
    round(100 * coalesce(s.revenue, 0) / t.target, 1) AS attainment_percent
  FROM northwind.employees e
  LEFT JOIN (
    SELECT q.employee_id, sum(q.amount) AS target
    FROM northwind_sales.sales_targets q
    WHERE q.quarter >= sales_rep_leaderboard.from_month
      AND q.quarter < (sales_rep_leaderboard.from_month + make_interval(months => sales_rep_leaderboard.months))::date
    GROUP BY q.employee_id
  ) t ON t.employee_id = e.employee_id
  LEFT JOIN (
    SELECT l.employee_id, count(DISTINCT l.order_id) AS orders, sum(l.revenue) AS revenue, sum(l.profit) AS profit
    FROM northwind_sales.order_lines l
    WHERE l.order_date >= sales_rep_leaderboard.from_month
      AND l.order_date < (sales_rep_leaderboard.from_month + make_interval(months => sales_rep_leaderboard.months))::date
    GROUP BY l.employee_id
  ) s ON s.employee_id = e.employee_id
  WHERE e.country = sales_rep_leaderboard.country
  ORDER BY place, e.employee_id
  LIMIT sales_rep_leaderboard.page_size OFFSET sales_rep_leaderboard.skip
$$;

-- Suppliers whose products earned at most some percent of their revenue in some months, the least first, and what
-- discounts took.
CREATE FUNCTION northwind_sales.supplier_profitability(
  most_percent integer, from_month date, months integer, page_size integer, skip integer
) RETURNS TABLE (
  supplier_id integer, company_name varchar, list_revenue numeric, discounts numeric, revenue numeric,
  cost numeric, profit numeric, margin_percent numeric
)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT
    s.supplier_id, s.company_name,
    e.list_revenue, e.list_revenue - e.revenue AS discounts, e.revenue, e.cost, e.profit,
    round(100 * e.profit / e.revenue, 2) AS margin_percent
  FROM (
    SELECT
      p.supplier_id,
      sum(l.quantity * l.unit_price) AS list_revenue,
      sum(l.revenue) AS revenue,
      sum(l.cost) AS cost,
      sum(l.profit) AS profit
    FROM northwind_sales.order_lines l
    JOIN northwind.products p ON p.product_id = l.product_id
    WHERE l.order_date >= supplier_profitability.from_month
      AND l.order_date < (supplier_profitability.from_month + make_interval(months => supplier_profitability.months))::date
    GROUP BY p.supplier_id
    HAVING sum(l.revenue) > 0 AND 100 * sum(l.profit) <= supplier_profitability.most_percent * sum(l.revenue)
  ) e
  JOIN northwind.suppliers s ON s.supplier_id = e.supplier_id
  ORDER BY margin_percent, s.supplier_id
  LIMIT supplier_profitability.page_size OFFSET supplier_profitability.skip
$$;

-- What each category earned within a range of days, and what discounts took.
CREATE FUNCTION northwind_sales.profitability_by_category(from_date date, to_date date)
RETURNS TABLE (
  category_id integer, category_name varchar, list_revenue numeric, discounts numeric, revenue numeric,
  cost numeric, profit numeric, margin_percent numeric
)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT
    c.category_id, c.category_name,
    sum(l.quantity * l.unit_price) AS list_revenue,
    sum(l.quantity * l.unit_price - l.revenue) AS discounts,
    sum(l.revenue) AS revenue,
    sum(l.cost) AS cost,
    sum(l.profit) AS profit,
    round(100 * sum(l.profit) / nullif(sum(l.revenue), 0), 2) AS margin_percent
  FROM northwind_sales.order_lines l
  JOIN northwind.products p ON p.product_id = l.product_id
  JOIN northwind.categories c ON c.category_id = p.category_id
  WHERE l.order_date BETWEEN profitability_by_category.from_date AND profitability_by_category.to_date
  GROUP BY c.category_id, c.category_name
  ORDER BY c.category_id
$$;
