-- Of each of $segments (JSON, as in responses.sql): WAL bytes a second of all servers, NULL where it was not sampled,
-- and the rate of cache hits by when requests were due, NULL where nothing was looked up.
WITH part AS (
  SELECT unnest(
    from_json($segments, '[{"segment": "VARCHAR", "startUs": "BIGINT", "endUs": "BIGINT"}]'), recursive := true
  )
),
server AS (
  SELECT p.segment, avg(s.value) AS rate
  FROM sample s
  JOIN part p ON s.at_us > p."startUs" AND s.at_us <= p."endUs"
  WHERE s.run_id = $run AND s.source = 'postgres' AND s.metric = 'wal_bytes'
  GROUP BY p.segment, s.labels ->> '$.instance'
),
wal AS (
  SELECT segment, sum(rate) AS rate FROM server GROUP BY segment
),
lookups AS (
  SELECT p.segment, count(*) FILTER (r.cache = 'hit') / count(*) AS rate
  FROM request r
  JOIN part p ON r.intended_us >= p."startUs" AND r.intended_us < p."endUs"
  WHERE r.run_id = $run AND r.cache IS NOT NULL
  GROUP BY p.segment
)
SELECT p.segment, w.rate AS "walBytesPerSecond", l.rate AS "hitRate"
FROM part p
LEFT JOIN wal w USING (segment)
LEFT JOIN lookups l USING (segment)
ORDER BY p."startUs";
