-- What CONCURRENTLY needs to tell rows apart. It keeps out who would write the view, which only a refresh does.
-- Risk: SHARE on the view keeps refreshes out until the index is built.
-- Fix: readers go along with SHARE.
-- move: lock_timeout
CREATE UNIQUE INDEX category_days_day ON northwind_sales.category_days (order_date, category_id)
