-- From here on orders change the totals of customers that are there. Others' are counted when they are filled in.
-- Risk: from here on each order costs the writer one more UPDATE, and orders of one customer wait for each other.
-- Fix: CREATE TRIGGER takes SHARE ROW EXCLUSIVE on the orders for a millisecond.
-- move: lock_timeout, one transaction
CREATE FUNCTION northwind_sales.count_order(customer text, change integer, amount numeric) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  -- Its foreign key takes the same lock. Whoever fills in a customer holds a stronger one: an order is seen by one of them.
  PERFORM FROM northwind.customers WHERE customer_id = customer FOR KEY SHARE;
  UPDATE northwind_sales.customer_totals
  SET orders = orders + change, freight = freight + coalesce(amount, 0)
  WHERE customer_id = customer;
END $$;
CREATE FUNCTION northwind_sales.keep_totals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN PERFORM northwind_sales.count_order(OLD.customer_id, -1, -OLD.freight); END IF;
  IF TG_OP <> 'DELETE' THEN PERFORM northwind_sales.count_order(NEW.customer_id, 1, NEW.freight); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER keep_totals AFTER INSERT OR DELETE OR UPDATE OF customer_id, freight ON northwind.orders
  FOR EACH ROW EXECUTE FUNCTION northwind_sales.keep_totals();
-- Volatile: it sees what was committed before the customer was locked.
CREATE FUNCTION northwind_sales.totals_of(customer text) RETURNS TABLE (orders bigint, freight numeric)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN QUERY SELECT count(*), coalesce(sum(o.freight), 0) FROM northwind.orders o WHERE o.customer_id = customer;
END $$
