-- The statement of each operation over each arm of a run, and its fingerprint.
SELECT DISTINCT ON (arm, name) arm, name AS operation, path, statement, fingerprint
FROM operation
WHERE run_id = $run
ORDER BY arm, name, operation_id;
