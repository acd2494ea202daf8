-- Keys first: foreign keys are checked through the primary keys' indexes.

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
ALTER TABLE northwind.orders ADD CONSTRAINT pk_orders PRIMARY KEY (order_id);
ALTER TABLE northwind.order_details ADD CONSTRAINT pk_order_details PRIMARY KEY (order_id, product_id);
ALTER TABLE northwind.us_states ADD CONSTRAINT pk_us_states PRIMARY KEY (state_id);

ALTER TABLE northwind.customer_customer_demo
  ADD CONSTRAINT fk_customer_customer_demo_customers
    FOREIGN KEY (customer_id) REFERENCES northwind.customers,
  ADD CONSTRAINT fk_customer_customer_demo_customer_demographics
    FOREIGN KEY (customer_type_id) REFERENCES northwind.customer_demographics;
ALTER TABLE northwind.employees
  ADD CONSTRAINT fk_employees_employees FOREIGN KEY (reports_to) REFERENCES northwind.employees,
  ADD CONSTRAINT ck_employees_birth_date CHECK (birth_date < hire_date);
ALTER TABLE northwind.territories
  ADD CONSTRAINT fk_territories_region FOREIGN KEY (region_id) REFERENCES northwind.region;
ALTER TABLE northwind.employee_territories
  ADD CONSTRAINT fk_employee_territories_employees
    FOREIGN KEY (employee_id) REFERENCES northwind.employees,
  ADD CONSTRAINT fk_employee_territories_territories
    FOREIGN KEY (territory_id) REFERENCES northwind.territories;
ALTER TABLE northwind.products
  ADD CONSTRAINT fk_products_suppliers FOREIGN KEY (supplier_id) REFERENCES northwind.suppliers,
  ADD CONSTRAINT fk_products_categories FOREIGN KEY (category_id) REFERENCES northwind.categories,
  ADD CONSTRAINT ck_products_unit_price CHECK (unit_price >= 0),
  ADD CONSTRAINT ck_products_units CHECK (units_in_stock >= 0 AND units_on_order >= 0 AND reorder_level >= 0);
ALTER TABLE northwind.orders
  ADD CONSTRAINT fk_orders_customers FOREIGN KEY (customer_id) REFERENCES northwind.customers,
  ADD CONSTRAINT fk_orders_employees FOREIGN KEY (employee_id) REFERENCES northwind.employees,
  ADD CONSTRAINT fk_orders_shippers FOREIGN KEY (ship_via) REFERENCES northwind.shippers,
  ADD CONSTRAINT ck_orders_dates CHECK (required_date >= order_date AND shipped_date >= order_date),
  ADD CONSTRAINT ck_orders_freight CHECK (freight >= 0);
ALTER TABLE northwind.order_details
  ADD CONSTRAINT fk_order_details_orders FOREIGN KEY (order_id) REFERENCES northwind.orders,
  ADD CONSTRAINT fk_order_details_products FOREIGN KEY (product_id) REFERENCES northwind.products,
  ADD CONSTRAINT ck_order_details_unit_price CHECK (unit_price >= 0),
  ADD CONSTRAINT ck_order_details_quantity CHECK (quantity > 0),
  ADD CONSTRAINT ck_order_details_discount CHECK (discount BETWEEN 0 AND 1);
