-- A report that reads the orders in a transaction of its own, as analysts and backups do. It only holds ACCESS SHARE,
-- which keeps nobody from reading or writing; but a change of the table waits for it.
-- hold: 4s
SELECT count(*) FROM northwind.orders
