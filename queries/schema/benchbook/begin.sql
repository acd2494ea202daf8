-- Marks the data set $1 as being loaded, with scale $2, seed $3, variation $4, generator $5; the schemas $6 are its own.
INSERT INTO benchbook.dataset (name, scale, seed, variation, generator, schemas, status)
VALUES ($1, $2, $3, $4, $5, $6, 'loading')
