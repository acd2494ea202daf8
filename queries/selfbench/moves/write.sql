-- A client writes number $1.
INSERT INTO shop.item VALUES ($1, 'late')
