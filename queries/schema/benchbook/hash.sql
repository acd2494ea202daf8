-- Count and order-independent hash of a table's rows. What the text of a row depends on is pinned by the
-- settings of pin.sql.
SELECT count(*)::float8 AS rows, coalesce(sum(hashtextextended(t::text, 0)), 0)::text AS sum
FROM :table AS t
