-- Sets the sequences $1 to the values $2, unless they are further already, which those that begin anew ($4) never are.
SELECT count(setval(named.sequence::regclass, named.value))
FROM unnest($1::text[], $2::bigint[], $3::int[], $4::boolean[]) AS named (sequence, value, sign, cycle)
WHERE named.cycle
  OR coalesce(pg_sequence_last_value(named.sequence::regclass) * named.sign < named.value * named.sign, true)
