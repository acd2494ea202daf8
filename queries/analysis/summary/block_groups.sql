-- What pairs are compared by: p95 or single times, by kind, in milliseconds, per group of neighbouring rounds, arm and
-- operation. A group goes from its first round to the next group's of the same `kind` and operation. Times are infinite
-- among the never served.
--
-- With $adjust, times but those of a p95 are adjusted for what is no arm's doing; a ratio then is as it would be had
-- all arms met the same, it only strays less. The generator's own lag is taken out, and the typical one of all arms put
-- in. Then the time since the request before: what has idled answers more slowly, and that gap was drawn before the
-- run.
WITH
  starts AS (
    SELECT unnest(
      from_json($groups, '[{"kind": "VARCHAR", "operation": "VARCHAR", "first": "BIGINT"}]'), recursive := true
    )
  ),
  rounds AS (
    SELECT phase_id, arm, row_number() OVER (PARTITION BY arm ORDER BY block) AS round
    FROM phase
    WHERE run_id = $run AND measured
  ),
  slots AS (
    SELECT
      phase_id, operation, response_ms, lag_ms,
      intended_us - lag(intended_us) OVER (ORDER BY intended_us, slot) AS gap_us
    FROM request
    -- A run that ends at a look goes on for a moment after what was looked at.
    WHERE run_id = $run AND intended_us < (SELECT max(end_us) FROM phase WHERE run_id = $run AND measured)
  ),
  gaps AS (
    SELECT (max(intended_us) - min(intended_us)) / count(*) AS mean_us FROM request WHERE run_id = $run
  ),
  typical AS (SELECT coalesce(median(lag_ms), 0) AS lag_ms FROM slots JOIN rounds USING (phase_id)),
  measured AS (
    SELECT
      b.round, b.arm, r.operation, r.response_ms,
      CASE
        WHEN $adjust THEN greatest(0.001, r.response_ms - coalesce(r.lag_ms, 0)) + (SELECT lag_ms FROM typical)
        ELSE r.response_ms
      END AS even_ms,
      CASE
        WHEN NOT $adjust THEN 0
        -- From a sixteenth of the mean on, by powers of two.
        ELSE greatest(-4, least(2, floor(log2(greatest(1, coalesce(gap_us, mean_us)) / greatest(1, mean_us)))))
      END AS gap
    FROM slots r
    JOIN rounds b ON b.phase_id = r.phase_id, gaps
  ),
  served AS (
    SELECT arm, operation, gap, ln(even_ms) AS log
    FROM measured
    WHERE even_ms > 0 AND isfinite(even_ms)
  ),
  middles AS (SELECT arm, operation, median(log) AS middle FROM served GROUP BY ALL),
  effects AS (
    SELECT
      arm, gap, median(log - middle) AS effect,
      -- Where an arm has few of a kind, no arm is adjusted for it.
      min(count(*)) OVER (PARTITION BY gap) >= 30 AS known
    FROM served
    JOIN middles USING (arm, operation)
    GROUP BY arm, gap
  ),
  shares AS (SELECT gap, count(*) / sum(count(*)) OVER () AS share FROM served GROUP BY gap),
  levels AS (
    SELECT arm, coalesce(sum(share * effect) FILTER (known), 0) AS level
    FROM effects
    JOIN shares USING (gap)
    GROUP BY arm
  ),
  placed AS (
    SELECT
      m.round, m.arm, m.operation, m.response_ms,
      CASE
        WHEN $adjust THEN m.even_ms * exp(coalesce(l.level, 0) - CASE WHEN e.known THEN e.effect ELSE 0 END)
        ELSE m.even_ms
      END AS adjusted_ms
    FROM measured m
    LEFT JOIN effects e ON e.arm = m.arm AND e.gap = m.gap
    LEFT JOIN levels l ON l.arm = m.arm
  ),
  -- Each group with the kinds that have it: mostly all do, and then it is looked at once.
  groups AS (
    SELECT operation, first, next, list(kind) AS kinds
    FROM (
      SELECT *, coalesce(lead(first) OVER (PARTITION BY kind, operation ORDER BY first), 9223372036854775807) AS next
      FROM starts
    )
    GROUP BY operation, first, next
  ),
  -- Which groups each round belongs to: a small table, which every row is then looked up in.
  members AS (
    SELECT g.*, n.round
    FROM (SELECT DISTINCT round FROM rounds) n
    JOIN groups g ON n.round >= g.first AND n.round < g.next
  ),
  quantiles AS (
    SELECT
      s.kinds, s.first, s.next, p.arm, p.operation,
      count(p.response_ms) AS n,
      quantile_disc(p.response_ms, 0.95) FILTER (list_contains(s.kinds, 'p95')) AS p95,
      -- 16 of many, evenly spaced by rank, tell as much as all.
      CASE
        WHEN count(p.response_ms) <= 16 THEN min(p.adjusted_ms, 16)
        ELSE quantile_disc(p.adjusted_ms, [
          0.03125, 0.09375, 0.15625, 0.21875, 0.28125, 0.34375, 0.40625, 0.46875,
          0.53125, 0.59375, 0.65625, 0.71875, 0.78125, 0.84375, 0.90625, 0.96875
        ]) FILTER (s.kinds <> ['p95'])
      END AS times
    FROM placed p
    JOIN members s ON p.operation = s.operation AND p.round = s.round
    GROUP BY ALL
  )
SELECT
  kind, first AS round, arm, operation, n,
  CASE WHEN kind = 'p95' THEN p95 END AS p95,
  CASE WHEN kind <> 'p95' THEN times END AS times
FROM (SELECT unnest(kinds) AS kind, * EXCLUDE (kinds) FROM quantiles)
ORDER BY kind, round, arm, operation;
