-- Makes an entry of each search that has runs and none: it was killed before it could write one.
INSERT INTO run (
  run_id, label, kind, scenario, started_at, ended_at, status, verdict, seed, config, environment, git_commit
)
SELECT
  search_id, NULL, 'find-rate', arg_min(scenario, started_at), min(started_at), max(ended_at), 'crashed', NULL,
  arg_min(seed, started_at), arg_min(config, started_at), arg_min(environment, started_at),
  arg_min(git_commit, started_at)
FROM run
WHERE search_id IS NOT NULL AND search_id NOT IN (SELECT run_id FROM run)
GROUP BY search_id
RETURNING run_id;
