-- What a search came to.
UPDATE run SET
  label = $label, status = $status, verdict = $verdict, started_at = $started, ended_at = $ended, seed = $seed
WHERE run_id = $run;
