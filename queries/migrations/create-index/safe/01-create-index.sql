-- Indexes a country's newest orders, with the columns that a list of them shows, beside those who write.
-- Risk: it takes two to three times as long, and waits for the longest transaction of the database.
-- Fix: CONCURRENTLY takes SHARE UPDATE EXCLUSIVE, which reads and writes go along with. It reads the table twice, waits for
-- transactions that are older, and leaves an INVALID index where it fails, which is removed then.
-- move: concurrently northwind.orders_country_list
CREATE INDEX CONCURRENTLY orders_country_list ON northwind.orders (ship_country, order_date DESC, order_id DESC)
  INCLUDE (customer_id, freight, ship_city)
