-- Raw numbers as the segments hold them: NaN, -1 and 0 stand for null until load/timing.sql gives them types.
CREATE OR REPLACE TEMP TABLE staging (
  slot DOUBLE, intended DOUBLE, woke DOUBLE, acquired DOUBLE, sent DOUBLE, done DOUBLE,
  rows INTEGER, bytes INTEGER,
  worker USMALLINT, phase USMALLINT, operation USMALLINT, error USMALLINT,
  attempt UTINYINT, outcome UTINYINT, cache TINYINT
);
