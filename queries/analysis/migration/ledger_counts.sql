-- Writes of a run's ledger by outcome and by what became of them, with an example of each.
SELECT
  outcome, verified, problem, count(*) AS n,
  min_by(op || ', client ' || client || ', write ' || seq || ', slot ' || slot, slot) AS example
FROM ledger
WHERE run_id = $run
GROUP BY outcome, verified, problem
ORDER BY outcome, verified, problem;
