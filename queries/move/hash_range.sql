-- Hashes of the rows of {relation} in a range of its key. The key's values are printed as replication prints them, which a
-- cast to text does not do of char(n).
SELECT jsonb_build_array({columns})::text AS key, hashtextextended(t::text, 0)::text AS hash
FROM {relation} t
WHERE {condition}
