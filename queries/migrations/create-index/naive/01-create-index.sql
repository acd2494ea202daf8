-- Indexes the orders by the city they are shipped to.
-- Risk: SHARE keeps everyone from writing until all rows have been read and sorted.
-- shows: wait ShareLock northwind.orders
CREATE INDEX orders_ship_city ON northwind.orders (ship_city)
