-- The same question, asked so that no index of orders helps.
-- :customer_id text
-- :until date
-- :page_size integer
SELECT
  c.customer_id, c.company_name, c.contact_name, c.city, c.country,
  (
    SELECT coalesce(
      json_agg(
        json_build_object(
          'order_id', o.order_id,
          'order_date', o.order_date,
          'shipped_date', o.shipped_date,
          'freight', o.freight
        )
        ORDER BY o.order_date DESC, o.order_id DESC
      ),
      '[]'
    )
    FROM (
      SELECT o.order_id, o.order_date, o.shipped_date, o.freight
      FROM northwind.orders o
      WHERE lower(o.customer_id) = lower(c.customer_id) AND o.order_date <= :until
      ORDER BY o.order_date DESC, o.order_id DESC
      LIMIT :page_size
    ) o
  ) AS orders
FROM northwind.customers c
WHERE c.customer_id = :customer_id
