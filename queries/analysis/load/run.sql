INSERT INTO run (
  run_id, label, kind, scenario, started_at, ended_at, status, verdict, seed, config, environment, git_commit,
  search_id
)
VALUES (
  $run_id, $label, $kind, $scenario, $started_at, $ended_at, $status, $verdict, $seed, $config, $environment,
  $git_commit, $search_id
);
