-- Lines without a key to their order, as they were before somebody thought of it.
ALTER TABLE northwind.order_details DROP CONSTRAINT fk_order_details_orders
