-- Exactly the keys that a run may use, from `from` on, and no table that inherits: copy both.
DELETE FROM ONLY shop.purchase WHERE purchase_id BETWEEN 1000000000 AND 2099999999;
