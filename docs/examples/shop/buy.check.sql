-- What a purchase left behind, without its key.
-- :purchase_id bigint
SELECT visitor_id, product_id, quantity FROM shop.purchase WHERE purchase_id = :purchase_id
