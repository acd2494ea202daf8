-- What moves in a race: little, as only the switch matters.
CREATE SCHEMA shop;
CREATE TABLE shop.item (id bigint PRIMARY KEY, note text NOT NULL);
INSERT INTO shop.item SELECT i, 'note ' || i FROM generate_series(1, 5000) i
