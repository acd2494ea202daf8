-- The plan of each operation of which one was taken.
SELECT o.name AS operation, o.arm, p.plan
FROM plan p
JOIN operation o ON o.run_id = p.run_id AND o.operation_id = p.operation_id
WHERE p.run_id = $run
ORDER BY p.operation_id;
