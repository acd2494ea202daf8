-- Lines without a key to their order, as they were before somebody thought of it. GraphQL is told of it all the same.
ALTER TABLE northwind.order_details DROP CONSTRAINT fk_order_details_orders;
COMMENT ON TABLE northwind.order_details IS '@foreignKey (order_id) references northwind.orders (order_id)'
