-- Of the numbers $1 those without a row.
SELECT n::int AS n FROM unnest($1::bigint[]) n WHERE NOT EXISTS (SELECT FROM shop.item i WHERE i.id = n)
