-- The index that a refresh beside readers needs, and the one that reports go by; nobody reads the view yet.
-- Risk: CREATE INDEX takes SHARE on the new view alone, which nobody uses yet.
-- Fix: the indexes come before the swap, so that no report is slow in between.
-- move: lock_timeout
CREATE UNIQUE INDEX order_lines_line ON northwind_sales.order_lines_kept (order_id, product_id);
CREATE INDEX order_lines_order_date ON northwind_sales.order_lines_kept (order_date);
ANALYZE northwind_sales.order_lines_kept
