-- Fills a column of all orders.
-- Risk: one statement locks every row that it has passed until it ends, so writes to these rows wait; it writes all of
-- it at once to the log, and leaves as many dead rows as there are rows.
-- Fix: batches along the key, each a transaction of its own: see safe/.
-- shows: wait row northwind.orders
UPDATE northwind.orders SET ship_region_code = upper(left(coalesce(ship_region, ship_country), 2))
