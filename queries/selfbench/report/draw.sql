-- The n-th number from 0 to 1 that belongs to a slot: always the same.
CREATE TEMP MACRO draw(slot, n) AS hash(slot, n) / 18446744073709551616.0;
-- Of a list of unknown length DuckDB expects one row, and would compare each slot with each phase.
SET asof_loop_join_threshold = 0;
