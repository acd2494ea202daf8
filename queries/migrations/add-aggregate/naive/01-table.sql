-- Keeps the number and the freight of each customer's orders in a table, by a trigger.
-- Risk: so that no order is missed or counted twice, SHARE ROW EXCLUSIVE keeps everyone from writing orders until all of them
-- have been added up.
-- Fix: an empty table and the trigger first, then some customers at a time: see safe/.
-- move: one transaction
-- shows: wait ShareRowExclusiveLock northwind.orders
LOCK TABLE northwind.orders IN SHARE ROW EXCLUSIVE MODE;
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
  UPDATE northwind_sales.customer_totals
  SET orders = orders + change, freight = freight + coalesce(amount, 0)
  WHERE customer_id = customer
$$;
CREATE FUNCTION northwind_sales.keep_totals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN PERFORM northwind_sales.count_order(OLD.customer_id, -1, -OLD.freight); END IF;
  IF TG_OP <> 'DELETE' THEN PERFORM northwind_sales.count_order(NEW.customer_id, 1, NEW.freight); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER keep_totals AFTER INSERT OR DELETE OR UPDATE OF customer_id, freight ON northwind.orders
  FOR EACH ROW EXECUTE FUNCTION northwind_sales.keep_totals()
