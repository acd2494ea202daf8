-- Indexes the orders by the city they are shipped to, beside those who write.
-- Fix: CONCURRENTLY takes SHARE UPDATE EXCLUSIVE, which reads and writes go along with. It reads the table twice, waits for
-- transactions that are older, and leaves an INVALID index where it fails, which is removed then.
-- move: concurrently northwind.orders_ship_city
CREATE INDEX CONCURRENTLY orders_ship_city ON northwind.orders (ship_city)
