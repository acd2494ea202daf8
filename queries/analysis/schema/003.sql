-- A search for the highest rate is an entry of its own among the runs, and its probes name it. Until now they told by
-- their labels alone; what the search found is not known of these.
ALTER TABLE run ADD COLUMN search_id VARCHAR;

CREATE TABLE rate_search (
  run_id VARCHAR NOT NULL,
  -- The process that searches, so that a search that was killed can be told from one that goes on.
  owner  JSON,
  search JSON NOT NULL
);

UPDATE run
SET search_id = regexp_extract(label, '^find-rate (\d{8}-\d{6}-[0-9a-f]{4}) ', 1)
WHERE
  regexp_full_match(label, 'find-rate \d{8}-\d{6}-[0-9a-f]{4} (warm-up|[0-9.e+-]+/s)')
  -- No search of that time has an entry: what is there is a run, and be it the very one.
  AND regexp_extract(label, '^find-rate (\d{8}-\d{6}-[0-9a-f]{4}) ', 1) NOT IN (SELECT run_id FROM run);

INSERT INTO run (
  run_id, label, kind, scenario, started_at, ended_at, status, verdict, seed, config, environment, git_commit
)
SELECT
  search_id, NULL, 'find-rate', arg_min(scenario, started_at), min(started_at), max(ended_at),
  arg_max(status, started_at), NULL, arg_min(seed, started_at), arg_min(config, started_at),
  arg_min(environment, started_at), arg_min(git_commit, started_at)
FROM run
WHERE search_id IS NOT NULL AND search_id NOT IN (SELECT run_id FROM run)
GROUP BY search_id;

-- A label is what anybody may have given: such runs are listed as probes, and never removed as such.
INSERT INTO rate_search (run_id, owner, search)
SELECT DISTINCT search_id, NULL, '{"schema": 0}' FROM run WHERE search_id IS NOT NULL;
