-- An index with all that the report on employees reads of an order, so that PostgreSQL need not look into the table.
CREATE INDEX CONCURRENTLY orders_report ON northwind.orders (order_date) INCLUDE (employee_id, order_id, freight);
