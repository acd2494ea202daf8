-- It was killed: it ended with the last of its runs.
UPDATE run SET
  status = 'crashed',
  ended_at = (SELECT max(ended_at) FROM run AS probe WHERE probe.search_id = $run)
WHERE run_id = $run;
