-- The indexes of the original. Some are redundant (order_details by order is a prefix of its primary key):
-- they are kept because the original has them and a study of indexes needs something to find.
CREATE INDEX categories_category_name ON northwind.categories (category_name);
CREATE INDEX customers_city ON northwind.customers (city);
CREATE INDEX customers_company_name ON northwind.customers (company_name);
CREATE INDEX customers_postal_code ON northwind.customers (postal_code);
CREATE INDEX customers_region ON northwind.customers (region);
CREATE INDEX employees_last_name ON northwind.employees (last_name);
CREATE INDEX employees_postal_code ON northwind.employees (postal_code);
CREATE INDEX order_details_order_id ON northwind.order_details (order_id);
CREATE INDEX order_details_product_id ON northwind.order_details (product_id);
CREATE INDEX orders_customer_id ON northwind.orders (customer_id);
CREATE INDEX orders_employee_id ON northwind.orders (employee_id);
CREATE INDEX orders_order_date ON northwind.orders (order_date);
CREATE INDEX orders_shipped_date ON northwind.orders (shipped_date);
CREATE INDEX orders_ship_via ON northwind.orders (ship_via);
CREATE INDEX orders_ship_postal_code ON northwind.orders (ship_postal_code);
CREATE INDEX products_category_id ON northwind.products (category_id);
CREATE INDEX products_product_name ON northwind.products (product_name);
CREATE INDEX products_supplier_id ON northwind.products (supplier_id);
CREATE INDEX suppliers_company_name ON northwind.suppliers (company_name);
CREATE INDEX suppliers_postal_code ON northwind.suppliers (postal_code);

-- The referencing side of the remaining foreign keys: PostgreSQL does not index it by itself, and GraphQL
-- follows these relations in both directions.
CREATE INDEX customer_customer_demo_customer_type_id ON northwind.customer_customer_demo (customer_type_id);
CREATE INDEX employee_territories_territory_id ON northwind.employee_territories (territory_id);
CREATE INDEX employees_reports_to ON northwind.employees (reports_to);
CREATE INDEX territories_region_id ON northwind.territories (region_id);

-- What the workloads need: the newest orders of a customer, a country's orders by date, a category's
-- products by price; each index delivers its list in the order asked for.
CREATE INDEX orders_customer_newest ON northwind.orders (customer_id, order_date DESC, order_id DESC);
CREATE INDEX orders_country_newest ON northwind.orders (ship_country, order_date DESC, order_id DESC);
CREATE INDEX products_category_price ON northwind.products (category_id, unit_price, product_id);

-- Sales analytics: a segment's customers, a quarter's targets.
CREATE INDEX customer_segments_segment_id ON northwind_sales.customer_segments (segment_id);
CREATE INDEX sales_targets_quarter ON northwind_sales.sales_targets (quarter);
