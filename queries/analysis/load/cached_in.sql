-- The Redis servers, not Benchbook's own, in which a run that did not come to store itself cached answers; `arms`: those
-- that alone used it, NULL where they shared it.
SELECT service.address AS address, service.arms AS arms
FROM run, (SELECT unnest(from_json(
  environment -> '$.services',
  '[{"name": "VARCHAR", "origin": "VARCHAR", "address": "VARCHAR", "arms": ["VARCHAR"]}]'
)) AS service)
WHERE run_id = $run AND service.name = 'redis' AND service.origin = 'user'
  AND EXISTS (
    FROM operation
    WHERE operation.run_id = run.run_id AND operation.path LIKE '%+cache'
      AND (service.arms IS NULL OR list_contains(service.arms, operation.arm))
  )
