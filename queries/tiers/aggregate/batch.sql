-- Has writers note what they change, and leaves it to batches to add that up.
CREATE TABLE northwind_sales.month_changes (LIKE northwind_sales.month_totals);
CREATE OR REPLACE FUNCTION northwind_sales.add_to_months(changes northwind_sales.month_totals[]) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO northwind_sales.month_changes SELECT * FROM unnest(changes)
$$
