-- A customer with the newest orders up to a day.
-- :customer_id text
-- :until date
-- :page_size integer
SELECT
  c.customer_id, c.company_name, c.city, c.country,
  (
    SELECT coalesce(
      json_agg(
        json_build_object('order_id', o.order_id, 'order_date', o.order_date, 'shipped_date', o.shipped_date)
        ORDER BY o.order_date DESC, o.order_id DESC
      ),
      '[]'
    )
    FROM (
      SELECT o.order_id, o.order_date, o.shipped_date
      FROM northwind.orders o
      WHERE o.customer_id = c.customer_id AND o.order_date <= :until
      ORDER BY o.order_date DESC, o.order_id DESC
      LIMIT :page_size
    ) o
  ) AS orders
FROM northwind.customers c
WHERE c.customer_id = :customer_id
