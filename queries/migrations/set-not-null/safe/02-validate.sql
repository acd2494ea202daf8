-- Old rows are read beside those who write.
-- Risk: a row without a customer ends it with error 23514; the check then stays NOT VALID.
-- Fix: VALIDATE takes SHARE UPDATE EXCLUSIVE, which reads and writes go along with.
-- move: lock_timeout
ALTER TABLE northwind.orders VALIDATE CONSTRAINT customer_id_not_null
