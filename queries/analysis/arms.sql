-- What was compared, and with what.
SELECT arm_id, name, path, role, overrides FROM arm WHERE run_id = $run ORDER BY arm_id;
