-- Which server this is: the same for a server and its replicas, and nobody else's. Only for roles that may ask: naming
-- the function is refused to others, even in a branch that is not taken.
SELECT system_identifier::text AS system FROM pg_control_system()
