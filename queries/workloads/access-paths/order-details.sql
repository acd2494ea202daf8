-- An order with its customer, its employee, its shipper and its lines, each with product and category.
-- :order_id integer
SELECT
  o.order_id, o.order_date, o.required_date, o.shipped_date, o.freight, o.ship_city, o.ship_country,
  json_build_object('customer_id', c.customer_id, 'company_name', c.company_name, 'country', c.country) AS customer,
  json_build_object('employee_id', e.employee_id, 'last_name', e.last_name, 'title', e.title) AS employee,
  json_build_object('shipper_id', s.shipper_id, 'company_name', s.company_name) AS shipper,
  (
    SELECT json_agg(
      json_build_object(
        'quantity', d.quantity,
        'unit_price', d.unit_price,
        'discount', d.discount,
        'product', json_build_object(
          'product_id', p.product_id,
          'product_name', p.product_name,
          'category', json_build_object('category_id', g.category_id, 'category_name', g.category_name)
        )
      )
      ORDER BY d.product_id
    )
    FROM northwind.order_details d
    JOIN northwind.products p ON p.product_id = d.product_id
    JOIN northwind.categories g ON g.category_id = p.category_id
    WHERE d.order_id = o.order_id
  ) AS order_details
FROM northwind.orders o
JOIN northwind.customers c ON c.customer_id = o.customer_id
JOIN northwind.employees e ON e.employee_id = o.employee_id
JOIN northwind.shippers s ON s.shipper_id = o.ship_via
WHERE o.order_id = :order_id
