-- Marks the data set $1 as being loaded, with scale $2, seed $3 and generator $4.
INSERT INTO benchbook.dataset (name, scale, seed, generator, status)
VALUES ($1, $2, $3, $4, 'loading')
