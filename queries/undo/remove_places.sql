-- Removes the rows with the key $1 that lie in the places $2 of {relation} alone: others have the same key.
DELETE FROM ONLY {relation}
WHERE {key} = $1::bigint AND ctid = ANY ($2::tid[])
