-- Puts a view in the place of the table, which has the region from the customer. Programs read it, insert and update by it as
-- before, as long as they give the region no value; the function that did so is made anew.
-- Risk: an INSERT or UPDATE that gives the region a value fails from here on.
-- Fix: names change, which takes some milliseconds once the lock is there; whoever waits then finds the view by its name.
-- move: lock_timeout, one transaction
ALTER TABLE northwind.orders RENAME TO orders_kept;
CREATE VIEW northwind.orders AS
SELECT
  o.order_id, o.customer_id, o.employee_id, o.order_date, o.required_date, o.shipped_date, o.ship_via, o.freight,
  o.ship_name, o.ship_address, o.ship_city,
  (SELECT c.region FROM northwind.customers c WHERE c.customer_id = o.customer_id) AS ship_region,
  o.ship_postal_code, o.ship_country
FROM northwind.orders_kept o;
DROP FUNCTION northwind.place_order(integer, text, integer, date, integer, numeric, integer[], integer[]);
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
    ship_name, ship_address, ship_city, ship_postal_code, ship_country
  )
  SELECT
    place_order.order_id, c.customer_id, place_order.employee_id, place_order.order_date,
    place_order.order_date + 28, place_order.ship_via, place_order.freight,
    c.company_name, c.address, c.city, c.postal_code, c.country
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
$$
