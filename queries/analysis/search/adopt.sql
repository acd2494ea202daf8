-- Makes an entry of each search that has runs and none: it was killed before it could write one. What is not called
-- as Benchbook calls a search is none.
INSERT INTO run (
  run_id, label, kind, scenario, started_at, ended_at, status, verdict, seed, config, environment, git_commit
)
SELECT
  search_id, NULL, 'find-rate', arg_min(scenario, started_at), min(started_at), max(ended_at), 'crashed', NULL,
  arg_min(seed, started_at), arg_min(config, started_at), arg_min(environment, started_at),
  arg_min(git_commit, started_at)
FROM run
WHERE
  regexp_full_match(search_id, '\d{8}-\d{6}-[0-9a-f]{4}')
  AND kind <> 'find-rate'
  AND search_id NOT IN (SELECT run_id FROM run)
GROUP BY search_id
RETURNING run_id;
