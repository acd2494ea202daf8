-- All that a role needs for this scenario: it owns nothing, and may create nothing. Every table of the schema is
-- counted, so every one may be read; rows are written into one of them and removed again.
GRANT USAGE ON SCHEMA shop TO bench;
GRANT SELECT ON ALL TABLES IN SCHEMA shop TO bench;
GRANT INSERT, DELETE ON shop.purchase TO bench;
