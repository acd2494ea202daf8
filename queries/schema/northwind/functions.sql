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
