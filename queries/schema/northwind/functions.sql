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

-- Orders, revenue, cost and profit of each month within a range of days.
CREATE FUNCTION northwind_sales.revenue_by_month(from_date date, to_date date)
RETURNS TABLE (month date, orders bigint, customers bigint, revenue numeric, cost numeric, profit numeric)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT
    date_trunc('month', l.order_date::timestamp)::date AS month,
    count(DISTINCT l.order_id) AS orders,
    count(DISTINCT l.customer_id) AS customers,
    sum(l.revenue) AS revenue,
    sum(l.cost) AS cost,
    sum(l.profit) AS profit
  FROM northwind_sales.order_lines l
  WHERE l.order_date BETWEEN revenue_by_month.from_date AND revenue_by_month.to_date
  GROUP BY 1
  ORDER BY 1
$$;

-- The products with most revenue within a range of days.
CREATE FUNCTION northwind_sales.product_performance(from_date date, to_date date, page_size integer)
RETURNS TABLE (
  product_id integer, product_name varchar, category_name varchar, orders bigint, quantity bigint,
  revenue numeric, profit numeric, margin_percent numeric
)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT
    p.product_id, p.product_name, c.category_name,
    s.orders, s.quantity, s.revenue, s.profit,
    round(100 * s.profit / nullif(s.revenue, 0), 2) AS margin_percent
  FROM (
    SELECT
      l.product_id,
      -- An order has a product once.
      count(*) AS orders,
      sum(l.quantity) AS quantity,
      sum(l.revenue) AS revenue,
      sum(l.profit) AS profit
    FROM northwind_sales.order_lines l
    WHERE l.order_date BETWEEN product_performance.from_date AND product_performance.to_date
    GROUP BY l.product_id
    ORDER BY sum(l.revenue) DESC, l.product_id
    LIMIT product_performance.page_size
  ) s
  JOIN northwind.products p ON p.product_id = s.product_id
  JOIN northwind.categories c ON c.category_id = p.category_id
  ORDER BY s.revenue DESC, p.product_id
$$;

-- What each segment's customers bought within a range of days.
CREATE FUNCTION northwind_sales.customer_segmentation(from_date date, to_date date)
RETURNS TABLE (
  segment_id integer, segment_name varchar, customers bigint, active_customers bigint, orders numeric,
  revenue numeric, profit numeric, revenue_per_active_customer numeric
)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT
    g.segment_id, g.segment_name,
    count(m.customer_id) AS customers,
    count(s.customer_id) AS active_customers,
    coalesce(sum(s.orders), 0) AS orders,
    coalesce(sum(s.revenue), 0) AS revenue,
    coalesce(sum(s.profit), 0) AS profit,
    round(sum(s.revenue) / nullif(count(s.customer_id), 0), 2) AS revenue_per_active_customer
  FROM northwind_sales.segments g
  LEFT JOIN northwind_sales.customer_segments m ON m.segment_id = g.segment_id
  LEFT JOIN (
    SELECT l.customer_id, count(DISTINCT l.order_id) AS orders, sum(l.revenue) AS revenue, sum(l.profit) AS profit
    FROM northwind_sales.order_lines l
    WHERE l.order_date BETWEEN customer_segmentation.from_date AND customer_segmentation.to_date
    GROUP BY l.customer_id
  ) s ON s.customer_id = m.customer_id
  GROUP BY g.segment_id, g.segment_name
  ORDER BY g.segment_id
$$;

-- A country's customers with the highest lifetime value, which is their profit up to a day.
CREATE FUNCTION northwind_sales.customer_lifetime_value(country text, until date, page_size integer)
RETURNS TABLE (
  customer_id varchar, company_name varchar, segment_name varchar, first_order date, last_order date,
  orders bigint, revenue numeric, lifetime_value numeric, average_order_value numeric, value_per_year numeric
)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT
    c.customer_id, c.company_name, g.segment_name,
    v.first_order, v.last_order, v.orders, v.revenue,
    v.profit AS lifetime_value,
    round(v.revenue / v.orders, 2) AS average_order_value,
    -- Of the first year no more is known than it has brought.
    round(v.profit / greatest(1, (customer_lifetime_value.until - v.first_order + 1) / 365.25), 2) AS value_per_year
  FROM (
    SELECT
      l.customer_id,
      min(l.order_date) AS first_order,
      max(l.order_date) AS last_order,
      count(DISTINCT l.order_id) AS orders,
      sum(l.revenue) AS revenue,
      sum(l.profit) AS profit
    FROM northwind.customers c
    JOIN northwind_sales.order_lines l ON l.customer_id = c.customer_id
    WHERE c.country = customer_lifetime_value.country AND l.order_date <= customer_lifetime_value.until
    GROUP BY l.customer_id
    ORDER BY sum(l.profit) DESC, l.customer_id
    LIMIT customer_lifetime_value.page_size
  ) v
  JOIN northwind.customers c ON c.customer_id = v.customer_id
  JOIN northwind_sales.customer_segments m ON m.customer_id = c.customer_id
  JOIN northwind_sales.segments g ON g.segment_id = m.segment_id
  ORDER BY v.profit DESC, c.customer_id
$$;

-- Employees by their revenue of a quarter, which is named by its first day, against their targets.
CREATE FUNCTION northwind_sales.sales_rep_leaderboard(quarter date)
RETURNS TABLE (
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
    t.amount AS target,
    round(100 * coalesce(s.revenue, 0) / t.amount, 1) AS attainment_percent
  FROM northwind.employees e
  LEFT JOIN northwind_sales.sales_targets t
    ON t.employee_id = e.employee_id AND t.quarter = sales_rep_leaderboard.quarter
  LEFT JOIN (
    SELECT l.employee_id, count(DISTINCT l.order_id) AS orders, sum(l.revenue) AS revenue, sum(l.profit) AS profit
    FROM northwind_sales.order_lines l
    WHERE l.order_date >= sales_rep_leaderboard.quarter
      AND l.order_date < (sales_rep_leaderboard.quarter + interval '3 months')::date
    GROUP BY l.employee_id
  ) s ON s.employee_id = e.employee_id
  ORDER BY place, e.employee_id
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
