-- Fills a column of all orders, some rows at a time.
-- Risk: between two batches new rows and old ones differ; programs must bear NULL until the end.
-- Fix: each batch goes through the key, is a transaction of its own and locks its rows for some milliseconds; between
-- batches the users' response time says how soon the next one may come.
-- move: batches northwind.orders order_id
UPDATE northwind.orders SET ship_region_code = upper(left(coalesce(ship_region, ship_country), 2))
WHERE order_id > :after AND order_id <= :upto
