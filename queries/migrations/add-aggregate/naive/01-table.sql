-- Keeps the number and the freight of each customer's orders, and each month's sales, in tables, by triggers.
-- Risk: so that no order is missed or counted twice, SHARE ROW EXCLUSIVE keeps everyone from writing orders until all of them
-- have been added up.
-- Fix: an empty table and the trigger first, then some customers at a time: see safe/.
-- move: one transaction
-- shows: wait ShareRowExclusiveLock northwind.orders
LOCK TABLE northwind.orders, northwind.order_details IN SHARE ROW EXCLUSIVE MODE;
CREATE TABLE northwind_sales.customer_totals (
  customer_id varchar(5) PRIMARY KEY,
  orders integer NOT NULL,
  freight numeric NOT NULL
);
INSERT INTO northwind_sales.customer_totals
SELECT c.customer_id, count(o.order_id), coalesce(sum(o.freight), 0)
FROM northwind.customers c
LEFT JOIN northwind.orders o ON o.customer_id = c.customer_id
GROUP BY c.customer_id;
CREATE FUNCTION northwind_sales.count_order(customer text, change integer, amount numeric) RETURNS void
LANGUAGE sql AS $$
  -- A customer without a row had no orders until now.
  INSERT INTO northwind_sales.customer_totals AS t VALUES (customer, change, coalesce(amount, 0))
  ON CONFLICT (customer_id) DO UPDATE SET orders = t.orders + excluded.orders, freight = t.freight + excluded.freight
$$;
CREATE FUNCTION northwind_sales.keep_totals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN PERFORM northwind_sales.count_order(OLD.customer_id, -1, -OLD.freight); END IF;
  IF TG_OP <> 'DELETE' THEN PERFORM northwind_sales.count_order(NEW.customer_id, 1, NEW.freight); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER keep_totals AFTER INSERT OR DELETE OR UPDATE OF customer_id, freight ON northwind.orders
  FOR EACH ROW EXECUTE FUNCTION northwind_sales.keep_totals();
CREATE TABLE northwind_sales.month_totals (
  dimension text,
  key text,
  month date,
  lines bigint NOT NULL,
  orders bigint NOT NULL,
  shipped bigint NOT NULL,
  quantity bigint NOT NULL,
  list_revenue numeric NOT NULL,
  revenue numeric NOT NULL,
  costed bigint NOT NULL,
  cost numeric NOT NULL,
  profit numeric NOT NULL,
  PRIMARY KEY (dimension, key, month)
) WITH (fillfactor = 70);
CREATE INDEX month_totals_month ON northwind_sales.month_totals (dimension, month);
-- What a line counts for: `sign` is 1 where it comes, -1 where it goes.
CREATE FUNCTION northwind_sales.line_changes(
  o northwind.orders, d northwind.order_details, sign integer
) RETURNS SETOF northwind_sales.month_totals
LANGUAGE sql STABLE AS $$
  SELECT
    k.dimension, k.key, date_trunc('month', o.order_date::timestamp)::date,
    sign::bigint, 0::bigint, 0::bigint, (sign * d.quantity)::bigint,
    sign * d.quantity * d.unit_price,
    sign * r.revenue,
    -- A cost that is not known leaves cost and profit empty where there is no other.
    (sign * (c.unit_cost IS NOT NULL)::integer)::bigint,
    coalesce(sign * d.quantity * c.unit_cost, 0),
    coalesce(sign * (r.revenue - d.quantity * c.unit_cost), 0)
  FROM (
    VALUES ('customer', o.customer_id::text), ('employee', o.employee_id::text), ('product', d.product_id::text)
  ) k (dimension, key)
  CROSS JOIN (SELECT round(d.quantity * d.unit_price * (1 - d.discount), 2) AS revenue) r
  LEFT JOIN northwind_sales.product_costs c
    ON c.product_id = d.product_id AND c.year = date_part('year', o.order_date)::integer
  WHERE k.key IS NOT NULL AND o.order_date IS NOT NULL
$$;
-- What an order with lines counts for beside these.
CREATE FUNCTION northwind_sales.order_changes(o northwind.orders, sign integer)
RETURNS SETOF northwind_sales.month_totals
LANGUAGE sql STABLE AS $$
  SELECT
    k.dimension, k.key, date_trunc('month', o.order_date::timestamp)::date,
    0::bigint, sign::bigint, (sign * (o.shipped_date IS NOT NULL)::integer)::bigint, 0::bigint,
    0::numeric, 0::numeric, 0::bigint, 0::numeric, 0::numeric
  FROM (VALUES ('customer', o.customer_id::text), ('employee', o.employee_id::text)) k (dimension, key)
  WHERE k.key IS NOT NULL AND o.order_date IS NOT NULL
$$;
-- In one order for all writers: two of them wait for each other one after the other, and never crosswise.
CREATE FUNCTION northwind_sales.add_to_months(changes northwind_sales.month_totals[]) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO northwind_sales.month_totals AS t
  SELECT
    dimension, key, month, sum(lines), sum(orders), sum(shipped), sum(quantity), sum(list_revenue), sum(revenue),
    sum(costed), sum(cost), sum(profit)
  FROM unnest(changes)
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
$$;
-- Whose orders count: those of all.
CREATE FUNCTION northwind_sales.is_counted(customer text) RETURNS boolean
LANGUAGE sql STABLE AS 'SELECT true';
INSERT INTO northwind_sales.month_totals
SELECT
  x.dimension, x.key, x.month, sum(x.lines), sum(x.orders), sum(x.shipped), sum(x.quantity), sum(x.list_revenue),
  sum(x.revenue), sum(x.costed), sum(x.cost), sum(x.profit)
FROM (
  SELECT x.* FROM northwind.orders o JOIN northwind.order_details d ON d.order_id = o.order_id,
    northwind_sales.line_changes(o, d, 1) x
  UNION ALL
  SELECT x.* FROM northwind.orders o, northwind_sales.order_changes(o, 1) x
  WHERE EXISTS (SELECT FROM northwind.order_details d WHERE d.order_id = o.order_id)
) x
GROUP BY x.dimension, x.key, x.month;
-- Lines that went, and lines that came, by one statement.
CREATE FUNCTION northwind_sales.count_lines(gone northwind.order_details[], came northwind.order_details[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  ids integer[] := ARRAY(SELECT DISTINCT order_id FROM unnest(gone || came) ORDER BY order_id);
BEGIN
  -- Whoever else changes one of these orders or its lines waits: else both might take theirs for the first line.
  PERFORM FROM northwind.orders WHERE order_id = ANY (ids) ORDER BY order_id FOR NO KEY UPDATE;
  PERFORM northwind_sales.add_to_months(ARRAY(
    WITH counted AS (
      SELECT o FROM northwind.orders o
      WHERE o.order_id = ANY (ids) AND northwind_sales.is_counted(o.customer_id)
    ), moved AS (
      SELECT d, -1 AS sign FROM unnest(gone) d UNION ALL SELECT d, 1 FROM unnest(came) d
    ), lines AS (
      SELECT
        c.o,
        (SELECT count(*) FROM northwind.order_details l WHERE l.order_id = (c.o).order_id) AS now,
        (SELECT coalesce(sum(m.sign), 0) FROM moved m WHERE (m.d).order_id = (c.o).order_id) AS more
      FROM counted c
    )
    SELECT x FROM moved m JOIN counted c ON (c.o).order_id = (m.d).order_id,
      northwind_sales.line_changes(c.o, m.d, m.sign) x
    UNION ALL
    SELECT x FROM lines l, northwind_sales.order_changes(l.o, (l.now > 0)::integer - (l.now - l.more > 0)::integer) x
    WHERE (l.now > 0) <> (l.now - l.more > 0)
  ));
END $$;
CREATE FUNCTION northwind_sales.keep_months_of_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  gone northwind.order_details[] := '{}';
  came northwind.order_details[] := '{}';
BEGIN
  IF TG_OP <> 'INSERT' THEN gone := ARRAY(SELECT ROW(d.*)::northwind.order_details FROM old_lines d); END IF;
  IF TG_OP <> 'DELETE' THEN came := ARRAY(SELECT ROW(d.*)::northwind.order_details FROM new_lines d); END IF;
  IF cardinality(gone) + cardinality(came) > 0 THEN PERFORM northwind_sales.count_lines(gone, came); END IF;
  RETURN NULL;
END $$;
-- An order that goes has lost its lines before, and one that comes has none yet.
CREATE FUNCTION northwind_sales.keep_months_of_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM northwind_sales.add_to_months(ARRAY(
    WITH states AS (
      SELECT OLD::northwind.orders AS o, -1 AS sign WHERE northwind_sales.is_counted(OLD.customer_id)
      UNION ALL SELECT NEW::northwind.orders, 1 WHERE northwind_sales.is_counted(NEW.customer_id)
    )
    SELECT x FROM states s JOIN northwind.order_details d ON d.order_id = NEW.order_id,
      northwind_sales.line_changes(s.o, d, s.sign) x
    WHERE (OLD.customer_id, OLD.employee_id, OLD.order_date) IS DISTINCT FROM (NEW.customer_id, NEW.employee_id, NEW.order_date)
    UNION ALL
    SELECT x FROM states s, northwind_sales.order_changes(s.o, s.sign) x
    WHERE EXISTS (SELECT FROM northwind.order_details d WHERE d.order_id = NEW.order_id)
  ));
  RETURN NULL;
END $$;
CREATE TRIGGER keep_months AFTER UPDATE OF customer_id, employee_id, order_date, shipped_date ON northwind.orders
  FOR EACH ROW
  WHEN (
    (OLD.customer_id, OLD.employee_id, OLD.order_date, OLD.shipped_date IS NULL)
    IS DISTINCT FROM (NEW.customer_id, NEW.employee_id, NEW.order_date, NEW.shipped_date IS NULL)
  )
  EXECUTE FUNCTION northwind_sales.keep_months_of_order();
CREATE TRIGGER keep_months_added AFTER INSERT ON northwind.order_details
  REFERENCING NEW TABLE AS new_lines
  FOR EACH STATEMENT EXECUTE FUNCTION northwind_sales.keep_months_of_lines();
CREATE TRIGGER keep_months_changed AFTER UPDATE ON northwind.order_details
  REFERENCING OLD TABLE AS old_lines NEW TABLE AS new_lines
  FOR EACH STATEMENT EXECUTE FUNCTION northwind_sales.keep_months_of_lines();
CREATE TRIGGER keep_months_removed AFTER DELETE ON northwind.order_details
  REFERENCING OLD TABLE AS old_lines
  FOR EACH STATEMENT EXECUTE FUNCTION northwind_sales.keep_months_of_lines()
