-- What the check does to the order $1 on purpose: nobody asked for it.
UPDATE northwind.orders SET freight = freight + 1 WHERE order_id = $1::integer
