-- What is written under either name is written under both.
-- move: lock_timeout
CREATE FUNCTION northwind.freight_in_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.freight_amount := coalesce(NEW.freight_amount, NEW.freight);
    NEW.freight := coalesce(NEW.freight, NEW.freight_amount);
  ELSIF NEW.freight IS DISTINCT FROM OLD.freight THEN
    NEW.freight_amount := NEW.freight;
  ELSE
    NEW.freight := NEW.freight_amount;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER freight_in_step BEFORE INSERT OR UPDATE ON northwind.orders
  FOR EACH ROW EXECUTE FUNCTION northwind.freight_in_step()
