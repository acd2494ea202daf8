-- Indexes a country's newest orders, with the columns that a list of them shows.
-- Risk: SHARE keeps everyone from writing until all rows have been read and sorted.
-- Fix: CREATE INDEX CONCURRENTLY: see safe/.
-- shows: wait ShareLock northwind.orders
CREATE INDEX orders_country_list ON northwind.orders (ship_country, order_date DESC, order_id DESC)
  INCLUDE (customer_id, freight, ship_city)
