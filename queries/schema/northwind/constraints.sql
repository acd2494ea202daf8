-- One statement a constraint: several connections run those of different tables at the same time.
--
-- Keys first: foreign keys are checked through the primary keys' indexes. The foreign keys of the two large
-- tables are declared at once, which takes moments and only needs the keys that they refer to, and are validated
-- after that. Together it takes as long as to add them validated, but validating locks the referring table alone:
-- the indexes of orders are built while the order of each line is looked up. Every key ends validated.

ALTER TABLE northwind.categories ADD CONSTRAINT pk_categories PRIMARY KEY (category_id);
ALTER TABLE northwind.customer_demographics
  ADD CONSTRAINT pk_customer_demographics PRIMARY KEY (customer_type_id);
ALTER TABLE northwind.customers ADD CONSTRAINT pk_customers PRIMARY KEY (customer_id);
ALTER TABLE northwind.customer_customer_demo
  ADD CONSTRAINT pk_customer_customer_demo PRIMARY KEY (customer_id, customer_type_id);
ALTER TABLE northwind.employees ADD CONSTRAINT pk_employees PRIMARY KEY (employee_id);
ALTER TABLE northwind.region ADD CONSTRAINT pk_region PRIMARY KEY (region_id);
ALTER TABLE northwind.territories ADD CONSTRAINT pk_territories PRIMARY KEY (territory_id);
ALTER TABLE northwind.employee_territories
  ADD CONSTRAINT pk_employee_territories PRIMARY KEY (employee_id, territory_id);
ALTER TABLE northwind.shippers ADD CONSTRAINT pk_shippers PRIMARY KEY (shipper_id);
ALTER TABLE northwind.suppliers ADD CONSTRAINT pk_suppliers PRIMARY KEY (supplier_id);
ALTER TABLE northwind.products ADD CONSTRAINT pk_products PRIMARY KEY (product_id);
ALTER TABLE northwind.us_states ADD CONSTRAINT pk_us_states PRIMARY KEY (state_id);
ALTER TABLE northwind_sales.product_costs ADD CONSTRAINT pk_product_costs PRIMARY KEY (product_id, year);
ALTER TABLE northwind_sales.segments ADD CONSTRAINT pk_segments PRIMARY KEY (segment_id);
ALTER TABLE northwind_sales.customer_segments ADD CONSTRAINT pk_customer_segments PRIMARY KEY (customer_id);
ALTER TABLE northwind_sales.sales_targets ADD CONSTRAINT pk_sales_targets PRIMARY KEY (employee_id, quarter);
ALTER TABLE northwind.orders ADD CONSTRAINT pk_orders PRIMARY KEY (order_id);

ALTER TABLE northwind.orders
  ADD CONSTRAINT fk_orders_customers FOREIGN KEY (customer_id) REFERENCES northwind.customers NOT VALID;
ALTER TABLE northwind.orders
  ADD CONSTRAINT fk_orders_employees FOREIGN KEY (employee_id) REFERENCES northwind.employees NOT VALID;
ALTER TABLE northwind.orders
  ADD CONSTRAINT fk_orders_shippers FOREIGN KEY (ship_via) REFERENCES northwind.shippers NOT VALID;
ALTER TABLE northwind.order_details
  ADD CONSTRAINT fk_order_details_orders FOREIGN KEY (order_id) REFERENCES northwind.orders NOT VALID;
ALTER TABLE northwind.order_details
  ADD CONSTRAINT fk_order_details_products FOREIGN KEY (product_id) REFERENCES northwind.products NOT VALID;

-- Only now: nothing refers to it, and what comes before would wait for its index.
ALTER TABLE northwind.order_details ADD CONSTRAINT pk_order_details PRIMARY KEY (order_id, product_id);

ALTER TABLE northwind.customer_customer_demo
  ADD CONSTRAINT fk_customer_customer_demo_customers FOREIGN KEY (customer_id) REFERENCES northwind.customers;
ALTER TABLE northwind.customer_customer_demo
  ADD CONSTRAINT fk_customer_customer_demo_customer_demographics
    FOREIGN KEY (customer_type_id) REFERENCES northwind.customer_demographics;
ALTER TABLE northwind.employees
  ADD CONSTRAINT fk_employees_employees FOREIGN KEY (reports_to) REFERENCES northwind.employees;
ALTER TABLE northwind.territories
  ADD CONSTRAINT fk_territories_region FOREIGN KEY (region_id) REFERENCES northwind.region;
ALTER TABLE northwind.employee_territories
  ADD CONSTRAINT fk_employee_territories_employees FOREIGN KEY (employee_id) REFERENCES northwind.employees;
ALTER TABLE northwind.employee_territories
  ADD CONSTRAINT fk_employee_territories_territories
    FOREIGN KEY (territory_id) REFERENCES northwind.territories;
ALTER TABLE northwind.products
  ADD CONSTRAINT fk_products_suppliers FOREIGN KEY (supplier_id) REFERENCES northwind.suppliers;
ALTER TABLE northwind.products
  ADD CONSTRAINT fk_products_categories FOREIGN KEY (category_id) REFERENCES northwind.categories;
ALTER TABLE northwind_sales.product_costs
  ADD CONSTRAINT fk_product_costs_products FOREIGN KEY (product_id) REFERENCES northwind.products;
ALTER TABLE northwind_sales.customer_segments
  ADD CONSTRAINT fk_customer_segments_customers FOREIGN KEY (customer_id) REFERENCES northwind.customers;
ALTER TABLE northwind_sales.customer_segments
  ADD CONSTRAINT fk_customer_segments_segments FOREIGN KEY (segment_id) REFERENCES northwind_sales.segments;
ALTER TABLE northwind_sales.sales_targets
  ADD CONSTRAINT fk_sales_targets_employees FOREIGN KEY (employee_id) REFERENCES northwind.employees;

ALTER TABLE northwind.employees ADD CONSTRAINT ck_employees_birth_date CHECK (birth_date < hire_date);
ALTER TABLE northwind.products ADD CONSTRAINT ck_products_unit_price CHECK (unit_price >= 0);
ALTER TABLE northwind.products
  ADD CONSTRAINT ck_products_units CHECK (units_in_stock >= 0 AND units_on_order >= 0 AND reorder_level >= 0);
ALTER TABLE northwind_sales.product_costs ADD CONSTRAINT ck_product_costs_unit_cost CHECK (unit_cost >= 0);
ALTER TABLE northwind_sales.sales_targets ADD CONSTRAINT ck_sales_targets_amount CHECK (amount > 0);
ALTER TABLE northwind_sales.sales_targets
  ADD CONSTRAINT ck_sales_targets_quarter
    CHECK (extract(day FROM quarter) = 1 AND extract(month FROM quarter) IN (1, 4, 7, 10));
ALTER TABLE northwind.orders
  ADD CONSTRAINT ck_orders_dates CHECK (required_date >= order_date AND shipped_date >= order_date);
ALTER TABLE northwind.orders ADD CONSTRAINT ck_orders_freight CHECK (freight >= 0);
ALTER TABLE northwind.order_details ADD CONSTRAINT ck_order_details_unit_price CHECK (unit_price >= 0);
ALTER TABLE northwind.order_details ADD CONSTRAINT ck_order_details_quantity CHECK (quantity > 0);
ALTER TABLE northwind.order_details ADD CONSTRAINT ck_order_details_discount CHECK (discount BETWEEN 0 AND 1);

ALTER TABLE northwind.orders VALIDATE CONSTRAINT fk_orders_customers;
ALTER TABLE northwind.orders VALIDATE CONSTRAINT fk_orders_employees;
ALTER TABLE northwind.orders VALIDATE CONSTRAINT fk_orders_shippers;
ALTER TABLE northwind.order_details VALIDATE CONSTRAINT fk_order_details_orders;
ALTER TABLE northwind.order_details VALIDATE CONSTRAINT fk_order_details_products;
