-- Whoever writes the old column writes the new one too.
-- Risk: CREATE TRIGGER takes SHARE ROW EXCLUSIVE for a millisecond; each write then runs the function.
-- Fix: from here on no write is lost to the new column, whichever batch comes first.
-- move: lock_timeout, one transaction
CREATE FUNCTION northwind.quantity_in_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.quantity_wide := NEW.quantity;
  RETURN NEW;
END $$;
CREATE TRIGGER quantity_in_step BEFORE INSERT OR UPDATE ON northwind.order_details
  FOR EACH ROW EXECUTE FUNCTION northwind.quantity_in_step()
