-- Makes room for more than two billion order lines' quantities.
-- Risk: the type has another form on disk: the table and all its indexes are written anew, and ACCESS EXCLUSIVE keeps
-- readers out as well until that is done.
-- shows: wait AccessExclusiveLock northwind.order_details | rewrite northwind.order_details | stall
ALTER TABLE northwind.order_details ALTER COLUMN quantity TYPE bigint
