-- Removes the rows with the keys $1 from {relation} alone: tables that inherit from it belong to somebody else.
DELETE FROM ONLY {relation}
WHERE {key} = ANY ($1::bigint[])
