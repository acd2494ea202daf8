-- What is written under either name is written under both.
-- Risk: CREATE TRIGGER takes SHARE ROW EXCLUSIVE for a millisecond; each write then runs the function.
-- Fix: an update of something else leaves the old name's value and copies it, also where the new name has none yet.
-- move: lock_timeout, one transaction
CREATE FUNCTION northwind.freight_in_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.freight := coalesce(NEW.freight, NEW.freight_amount);
  ELSIF NEW.freight_amount IS DISTINCT FROM OLD.freight_amount THEN
    NEW.freight := NEW.freight_amount;
  END IF;
  NEW.freight_amount := NEW.freight;
  RETURN NEW;
END $$;
CREATE TRIGGER freight_in_step BEFORE INSERT OR UPDATE ON northwind.orders
  FOR EACH ROW EXECUTE FUNCTION northwind.freight_in_step()
