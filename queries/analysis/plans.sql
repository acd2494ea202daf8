-- The plan of each operation of which one was taken; the first one, where it was taken before a change and after it.
SELECT o.name AS operation, o.arm, p.plan
FROM plan p
JOIN operation o ON o.run_id = p.run_id AND o.operation_id = p.operation_id
WHERE p.run_id = $run
QUALIFY row_number() OVER (PARTITION BY p.operation_id ORDER BY p.at_us) = 1
ORDER BY p.operation_id;
