-- Rows of our own, for a query as reports are: sales and what each was of.
CREATE TABLE benchbook_likeness.sale AS
SELECT i AS id, date '2020-01-01' + i % 1000 AS day, i % 900 AS customer FROM generate_series(1, 15000) AS made (i);
CREATE TABLE benchbook_likeness.line AS
SELECT
  1 + i % 15000 AS sale, i % 800 AS product, (1 + i % 40)::integer AS quantity,
  (1 + i % 9000 / 100.0)::numeric(12, 2) AS price, (i % 25 / 100.0)::numeric(4, 2) AS discount
FROM generate_series(1, 40000) AS made (i);
ANALYZE benchbook_likeness.sale;
ANALYZE benchbook_likeness.line
