-- Whether a run that did not come to store itself cached answers in a Redis that is not Benchbook's own and still there.
SELECT count(*)::INTEGER AS arms
FROM run, (SELECT unnest(from_json(environment -> '$.services', '[{"name": "VARCHAR", "origin": "VARCHAR"}]')) AS service)
WHERE run_id = $run AND service.name = 'redis' AND service.origin = 'user'
  AND EXISTS (FROM operation WHERE operation.run_id = run.run_id AND operation.path LIKE '%+cache')
