-- What kept tiers up beside the load, in order of time.
SELECT tier, relation, kind, began_us AS "beganUs", ended_us AS "endedUs", outcome, error
FROM tier_refresh WHERE run_id = $run ORDER BY began_us, ended_us;
