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
  mean AS (SELECT (max(intended_us) - min(intended_us)) / count(*) AS us FROM timing WHERE run_id = $run AND attempt = 0),
  -- Each phase with each operation that its arm may be asked: a small table, which every row is looked up in.
  cells AS (
    SELECT
      row_number() OVER ()::UINTEGER AS cell, phase_id, operation_id, r.arm, round, name AS operation,
      dense_rank() OVER (ORDER BY r.arm)::USMALLINT AS arm_id
    FROM rounds r
    CROSS JOIN operation
    WHERE run_id = $run
  ),
  ordered AS (
    SELECT phase_id, operation_id, response_us, lag_us, intended_us
    FROM slot
    -- A run that ends at a look goes on for a moment after what was looked at.
    WHERE run_id = $run AND intended_us < (SELECT max(end_us) FROM phase WHERE run_id = $run AND measured)
    ORDER BY intended_us, slot
  ),
  -- A window of its own would sort and hold all of it once more.
  slots AS (SELECT * EXCLUDE (intended_us), intended_us - lag(intended_us) OVER () AS gap_us FROM ordered),
  measured AS MATERIALIZED (
    SELECT
      c.cell, c.arm_id, s.operation_id, s.response_us,
      -- Since the generator turned to it.
      CASE WHEN $adjust THEN s.response_us - coalesce(s.lag_us, 0) ELSE s.response_us END AS even_us,
      CASE
        WHEN NOT $adjust THEN 0
        -- From a sixteenth of the mean on, by powers of two.
        ELSE greatest(-4, least(2, floor(log2(greatest(1, coalesce(gap_us, mean.us)) / greatest(1, mean.us)))))
      END::TINYINT AS gap
    FROM slots s
    JOIN cells c ON c.phase_id = s.phase_id AND c.operation_id = s.operation_id
    CROSS JOIN mean
  ),
  lags AS (
    SELECT lag_us, count(*) AS n
    FROM slot
    JOIN rounds USING (phase_id)
    WHERE run_id = $run AND $adjust AND lag_us IS NOT NULL
    GROUP BY ALL
  ),
  typical AS (
    SELECT coalesce(median(lag_us / 1000.0), 0) AS lag_ms
    FROM (SELECT *, sum(n) OVER (ORDER BY lag_us) AS upto, sum(n) OVER () AS total FROM lags)
    WHERE upto >= (total + 1) // 2 AND upto - n < total // 2 + 1
  ),
  -- Times are whole microseconds, so there are far fewer of them than requests.
  counted AS (
    SELECT arm_id, operation_id, gap, even_us, count(*) AS n FROM measured GROUP BY ALL
  ),
  served AS (
    SELECT arm_id, operation_id, gap, n, ln(even_ms) AS log
    FROM (
      SELECT
        *,
        CASE
          WHEN $adjust THEN greatest(0.001, even_us / 1000.0) + (SELECT lag_ms FROM typical)
          ELSE even_us / 1000.0
        END AS even_ms
      FROM counted
    )
    WHERE even_ms > 0 AND isfinite(even_ms)
  ),
  -- The median of what was counted is that of the one or two times in its middle.
  middles AS (
    SELECT arm_id, operation_id, median(log) AS middle
    FROM (
      SELECT
        *,
        sum(n) OVER (PARTITION BY arm_id, operation_id ORDER BY log) AS upto,
        sum(n) OVER (PARTITION BY arm_id, operation_id) AS total
      FROM (SELECT arm_id, operation_id, log, sum(n) AS n FROM served GROUP BY ALL)
    )
    WHERE upto >= (total + 1) // 2 AND upto - n < total // 2 + 1
    GROUP BY arm_id, operation_id
  ),
  strayed AS (
    SELECT arm_id, gap, log - middle AS off, sum(n) AS n
    FROM served
    JOIN middles USING (arm_id, operation_id)
    GROUP BY ALL
  ),
  effects AS (
    SELECT
      arm_id, gap, median(off) AS effect,
      -- Where an arm has few of a kind, no arm is adjusted for it.
      min(any_value(total)) OVER (PARTITION BY gap) >= 30 AS known
    FROM (
      SELECT
        *,
        sum(n) OVER (PARTITION BY arm_id, gap ORDER BY off) AS upto,
        sum(n) OVER (PARTITION BY arm_id, gap) AS total
      FROM strayed
    )
    WHERE upto >= (total + 1) // 2 AND upto - n < total // 2 + 1
    GROUP BY arm_id, gap
  ),
  shares AS (SELECT gap, sum(n) / sum(sum(n)) OVER () AS share FROM served GROUP BY gap),
  levels AS (
    SELECT arm_id, coalesce(sum(share * effect) FILTER (known), 0) AS level
    FROM effects
    JOIN shares USING (gap)
    GROUP BY arm_id
  ),
  -- What times are multiplied by.
  factors AS (
    SELECT
      arm_id, gap,
      CASE
        WHEN $adjust THEN exp(coalesce(l.level, 0) - CASE WHEN e.known THEN e.effect ELSE 0 END)
        ELSE 1
      END AS factor
    FROM (SELECT DISTINCT arm_id, gap FROM counted)
    LEFT JOIN effects e USING (arm_id, gap)
    LEFT JOIN levels l USING (arm_id)
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
  members AS (
    SELECT
      dense_rank() OVER (ORDER BY c.arm, g.operation, g.first, g.next)::UINTEGER AS member, c.cell,
      g.kinds, g.first, c.arm, g.operation,
      list_contains(g.kinds, 'p95') AS with_p95, g.kinds <> ['p95'] AS with_times
    FROM cells c
    JOIN groups g ON g.operation = c.operation AND c.round >= g.first AND c.round < g.next
  ),
  quantiles AS (
    SELECT
      member,
      count(response_us) AS n,
      quantile_disc(response_us, 0.95) FILTER (with_p95) / 1000.0 AS p95,
      -- 16 of many, evenly spaced by rank, tell as much as all.
      CASE
        WHEN count(response_us) <= 16 THEN min(adjusted_ms, 16)
        ELSE quantile_disc(adjusted_ms, [
          0.03125, 0.09375, 0.15625, 0.21875, 0.28125, 0.34375, 0.40625, 0.46875,
          0.53125, 0.59375, 0.65625, 0.71875, 0.78125, 0.84375, 0.90625, 0.96875
        ]) FILTER (with_times)
      END AS times
    FROM (
      SELECT
        s.member, s.with_p95, s.with_times, m.response_us,
        f.factor * CASE
          WHEN $adjust THEN greatest(0.001, m.even_us / 1000.0) + (SELECT lag_ms FROM typical)
          ELSE m.even_us / 1000.0
        END AS adjusted_ms
      FROM measured m
      JOIN factors f USING (arm_id, gap)
      JOIN (SELECT cell, member, with_p95, with_times FROM members) s USING (cell)
    )
    GROUP BY member
  )
SELECT
  kind, first AS round, arm, operation, n,
  CASE WHEN kind = 'p95' THEN p95 END AS p95,
  CASE WHEN kind <> 'p95' THEN times END AS times
FROM (
  SELECT unnest(kinds) AS kind, * EXCLUDE (kinds)
  FROM quantiles
  JOIN (SELECT DISTINCT member, kinds, first, arm, operation FROM members) USING (member)
)
ORDER BY kind, round, arm, operation;
