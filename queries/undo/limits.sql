-- Names are given with their schemas.
SET lock_timeout = '{lockMs}ms';
SET statement_timeout = '60s';
SET search_path = pg_catalog;
-- Rows that a policy hides would pass for gone: the server fails instead.
SET row_security = off;
