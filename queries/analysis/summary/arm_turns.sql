-- The share of the time after the warm-up that was each arm's turn.
SELECT arm, sum(end_us - start_us) / sum(sum(end_us - start_us)) OVER () AS share
FROM phase
WHERE run_id = $run AND phase_id >= (SELECT phase_id FROM after_warmup WHERE run_id = $run)
GROUP BY arm;
