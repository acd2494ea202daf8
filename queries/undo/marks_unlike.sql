-- A row that does not have what it would be set back to, and none of the texts like $1: somebody else's, or a user's column.
SELECT key::text AS key
FROM ({seeded}) AS was
WHERE found IS DISTINCT FROM seeded AND found IS DISTINCT FROM substring(found FROM $1)
LIMIT 1
